import type { StageRoutes } from '../../app/routes.ts';
import { text } from '../../app/screen.ts';
import { lineageSearch } from '../../graph/lineage-search.ts';

export const screens: StageRoutes['screens'] = [
  { path: 'evaluation', title: 'Evaluation', load: () => import('./list.tsx') },
  {
    path: 'evaluation/$evaluation',
    title: 'Gate report',
    load: () => import('./report.tsx'),
    search: { tab: text(40), ...lineageSearch },
  },
];
