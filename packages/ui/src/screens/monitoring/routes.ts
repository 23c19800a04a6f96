import type { StageRoutes } from '../../app/routes.ts';
import { oneOf, text } from '../../app/screen.ts';
import { lineageSearch } from '../../graph/lineage-search.ts';

export const screens: StageRoutes['screens'] = [
  { path: 'monitoring', title: 'Monitoring', load: () => import('./monitors.tsx') },
  {
    path: 'monitoring/$endpoint',
    title: 'Watched endpoint',
    load: () => import('./monitor.tsx'),
    search: {
      tab: oneOf('overview', 'windows', 'incidents', 'settings', 'lineage', 'activity'),
      /** The cell of the heat map that is looked at. */
      window: text(60),
      column: text(250),
      span: oneOf('20', '40', '80', '160'),
      ...lineageSearch,
    },
  },
  { path: 'monitoring/incidents', title: 'Incidents', load: () => import('./incidents.tsx') },
  {
    path: 'monitoring/incidents/$incident',
    title: 'Incident',
    load: () => import('./incident.tsx'),
    search: { tab: oneOf('overview', 'activity') },
  },
];
