import type { StageRoutes } from '../../app/routes.ts';
import { integer, oneOf, text } from '../../app/screen.ts';
import { lineageSearch } from '../../graph/lineage-search.ts';

const runsSearch = {
  summary: oneOf('last', 'min', 'max', 'best'),
  view: oneOf('deleted'),
  group: text(300),
  baseline: text(40),
  charts: oneOf('parallel', 'scatter'),
  axes: text(2000),
  x: text(300),
  y: text(300),
};
const curvesSearch = {
  axis: oneOf('step', 'relative', 'time'),
  smoothing: integer(0, 99),
  log: oneOf('on'),
  band: oneOf('interval'),
};
/** Ids of 200 runs. */
const idsLength = 7000;

export const screens: StageRoutes['screens'] = [
  { path: 'experiments', title: 'Runs', load: () => import('./runs.tsx'), search: runsSearch },
  {
    path: 'experiments/list',
    title: 'Experiments',
    load: () => import('./experiments.tsx'),
    search: { view: oneOf('deleted'), folder: text(40) },
  },
  {
    path: 'experiments/compare',
    title: 'Compare runs',
    load: () => import('./compare.tsx'),
    search: {
      runs: text(idsLength),
      diff: oneOf('on'),
      judged: text(300),
      better: oneOf('higher', 'lower'),
      reference: text(300),
      ...runsSearch,
      ...curvesSearch,
    },
  },
  { path: 'experiments/reports', title: 'Reports', load: () => import('./reports/list.tsx') },
  {
    path: 'experiments/reports/$report',
    title: 'Report',
    load: () => import('./reports/report.tsx'),
    search: { edit: oneOf('on') },
  },
  {
    path: 'experiments/reports/$report/copies/$copy',
    title: 'Frozen report',
    load: () => import('./reports/copy.tsx'),
  },
  {
    path: 'experiments/$experiment',
    title: 'Experiment',
    load: () => import('./experiment.tsx'),
    search: { tab: text(40), ...runsSearch },
  },
  {
    path: 'experiments/runs/$run',
    title: 'Run',
    load: () => import('./run.tsx'),
    search: { tab: text(40), ...curvesSearch, ...lineageSearch },
  },
];
