import type { StageRoutes } from '../../app/routes.ts';
import { oneOf, text } from '../../app/screen.ts';
import { lineageSearch } from '../../graph/lineage-search.ts';

export const screens: StageRoutes['screens'] = [
  { path: 'registry', title: 'Registry', load: () => import('./models.tsx') },
  {
    path: 'registry/$model',
    title: 'Model',
    load: () => import('./model.tsx'),
    search: {
      tab: oneOf('overview', 'tests', 'lineage', 'activity'),
      ...lineageSearch,
    },
  },
  {
    path: 'registry/approvals',
    title: 'Approvals',
    load: () => import('./approvals.tsx'),
    search: { which: oneOf('mine', 'open', 'all') },
  },
  {
    path: 'registry/approvals/$request',
    title: 'Request for approval',
    load: () => import('./approval.tsx'),
    search: { tab: oneOf('overview') },
  },
  {
    path: 'registry/compare',
    title: 'Compare versions',
    load: () => import('./compare.tsx'),
    search: { from: text(60), to: text(60), all: oneOf('yes') },
  },
  {
    path: 'registry/versions/$version',
    title: 'Model version',
    load: () => import('./version.tsx'),
    search: { tab: oneOf('overview', 'files', 'lineage', 'activity'), ...lineageSearch },
  },
];
