import type { StageRoutes } from '../../app/routes.ts';
import { oneOf } from '../../app/screen.ts';
import { lineageSearch } from '../../graph/lineage-search.ts';

export const screens: StageRoutes['screens'] = [
  { path: 'serving', title: 'Serving', load: () => import('./endpoints.tsx') },
  {
    path: 'serving/$endpoint',
    title: 'Endpoint',
    load: () => import('./endpoint.tsx'),
    search: { tab: oneOf('overview', 'try', 'predictions', 'lineage', 'rollouts', 'activity'), ...lineageSearch },
  },
  {
    path: 'serving/rollouts/$rollout',
    title: 'Rollout',
    load: () => import('./rollout.tsx'),
    search: { tab: oneOf('overview', 'lineage', 'activity'), ...lineageSearch },
  },
];
