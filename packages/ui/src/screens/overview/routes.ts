import type { StageRoutes } from '../../app/routes.ts';

export const screens: StageRoutes['screens'] = [
  { path: 'overview', title: 'Overview', load: () => import('./overview.tsx') },
];
