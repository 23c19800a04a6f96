import type { StageRoutes } from '../../app/routes.ts';
import { text } from '../../app/screen.ts';

export const screens: StageRoutes['screens'] = [
  {
    path: 'api',
    title: 'API reference',
    load: () => import('./reference.tsx'),
    search: { find: text(200), operation: text(80) },
  },
];
