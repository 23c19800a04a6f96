import type { StageRoutes } from '../../app/routes.ts';
import { integer, oneOf } from '../../app/screen.ts';
import { lineageSearch } from '../../graph/lineage-search.ts';

export const screens: StageRoutes['screens'] = [
  { path: 'registry', title: 'Registry', load: () => import('./models.tsx') },
  {
    path: 'registry/$model',
    title: 'Model',
    load: () => import('./model.tsx'),
    search: {
      tab: oneOf('overview', 'lineage', 'versions', 'activity'),
      from: integer(1, 1e9),
      to: integer(1, 1e9),
      all: oneOf('yes'),
      ...lineageSearch,
    },
  },
  {
    path: 'registry/versions/$version',
    title: 'Model version',
    load: () => import('./version.tsx'),
    search: { tab: oneOf('overview', 'lineage', 'activity'), ...lineageSearch },
  },
];
