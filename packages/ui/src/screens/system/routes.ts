import type { StageRoutes } from '../../app/routes.ts';

export const screens: StageRoutes['screens'] = [
  { path: 'system', title: 'System', load: () => import('./instance.tsx') },
  { path: 'system/jobs', title: 'Jobs', load: () => import('./jobs.tsx') },
  { path: 'system/events', title: 'Events', load: () => import('./events.tsx') },
];
