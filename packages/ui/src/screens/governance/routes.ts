import type { StageRoutes } from '../../app/routes.ts';

export const screens: StageRoutes['screens'] = [
  { path: 'governance', title: 'Access', load: () => import('./principals.tsx') },
  { path: 'governance/grants', title: 'Roles', load: () => import('./grants.tsx') },
  { path: 'governance/teams', title: 'Teams', load: () => import('./teams.tsx') },
  { path: 'governance/tokens', title: 'API tokens', load: () => import('./tokens.tsx') },
  { path: 'governance/notifications', title: 'Notifications', load: () => import('./channels.tsx') },
  { path: 'governance/deliveries', title: 'Deliveries', load: () => import('./deliveries.tsx') },
  { path: 'governance/audit', title: 'Audit', load: () => import('./audit.tsx') },
];
