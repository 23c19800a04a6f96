export type { RegisterRequest, RegistryService } from './service.ts';
