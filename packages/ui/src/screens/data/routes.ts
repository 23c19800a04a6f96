import type { StageRoutes } from '../../app/routes.ts';
import { integer, oneOf, text } from '../../app/screen.ts';
import { lineageSearch } from '../../graph/lineage-search.ts';

const tab = text(40);

export const screens: StageRoutes['screens'] = [
  { path: 'data', title: 'Data', load: () => import('./list.tsx') },
  {
    path: 'data/$dataset',
    title: 'Data set',
    load: () => import('./dataset.tsx'),
    search: {
      tab,
      before: text(80),
      after: text(80),
      form: oneOf('cards', 'table'),
      from: integer(0, 1e12),
      ...lineageSearch,
    },
  },
  {
    path: 'data/versions/$version',
    title: 'Data set version',
    load: () => import('./version.tsx'),
    search: { tab, form: oneOf('cards', 'table'), from: integer(0, 1e12), ...lineageSearch },
  },
];
