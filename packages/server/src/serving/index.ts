export type { CapturedInput, CapturedRange, CapturedRows } from './capture/captured-rows.ts';
export type { InferAnswer, ServedEndpoint, ServingService } from './service.ts';
