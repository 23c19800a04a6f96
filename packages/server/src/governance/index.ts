import { defineModule } from '#platform/module';
import { type GovernanceService, createGovernance } from './service.ts';
import { routes } from './routes.ts';

export type { GovernanceService } from './service.ts';

/** Accounts, roles, tokens and the audit trail as seen from outside; the mechanisms are the platform's. */
export const governance = defineModule<Record<never, never>, GovernanceService>({
  name: 'governance',
  create: (platform) => createGovernance(platform),
  routes,
});
