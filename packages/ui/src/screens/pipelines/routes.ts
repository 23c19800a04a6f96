import type { StageRoutes } from '../../app/routes.ts';
import { text } from '../../app/screen.ts';

const tab = text(40);

export const screens: StageRoutes['screens'] = [
  { path: 'pipelines', title: 'Pipelines', load: () => import('./list.tsx') },
  { path: 'pipelines/$pipeline', title: 'Pipeline', load: () => import('./pipeline.tsx'), search: { tab } },
  {
    path: 'pipelines/runs/$pipelineRun',
    title: 'Pipeline run',
    load: () => import('./run.tsx'),
    search: { tab, step: text(120) },
  },
];
