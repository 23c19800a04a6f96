import { Type } from 'typebox';
import { Id, ProjectName, Ref } from './fields.ts';
import { operation } from './operation.ts';

const tag = 'experiments';
const project = { project: ProjectName };
const experiment = Type.Object({ ...project, experiment: Ref });
const run = Type.Object({ ...project, run: Id });

export const purgeExperiment = operation({
  id: 'purgeExperiment',
  method: 'POST',
  path: '/projects/:project/experiments/:experiment/purge',
  summary: 'Delete an experiment in the trash for good, with its runs and logged models',
  tag,
  description:
    'Gone from all reads at once, and its name is free. What registered models refer to must stay. Contents that nothing refers to any more are deleted by collectGarbage.',
  permission: 'run:purge',
  status: 204,
  params: experiment,
  resource: { type: 'experiment', param: 'experiment' },
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'experiment.purge',
  cli: 'experiments purge',
});
export const purgeRun = operation({
  id: 'purgeRun',
  method: 'POST',
  path: '/projects/:project/runs/:run/purge',
  summary: 'Delete a run in the trash for good',
  tag,
  description:
    'Gone from all reads at once; a long history is removed in the background. A run that a registered model refers to must stay.',
  permission: 'run:purge',
  status: 204,
  params: run,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'run.purge',
  cli: 'runs purge',
});
