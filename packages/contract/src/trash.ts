import { type Static, Type } from 'typebox';
import { RunKey } from './experiments/index.ts';
import { Count, Id, Nullable, OneOf, ProjectName, Ref, Strict } from './fields.ts';
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
const manyRuns = Type.Array(Id, { minItems: 1, maxItems: 1000, uniqueItems: true });
/** What became of each run, in the order in which they were named: one that cannot be changed keeps no other from it. */
export const RunOutcomes = Type.Object({
  done: Count,
  failed: Count,
  outcomes: Type.Array(Type.Object({ run: Id, code: Nullable(Type.String()), detail: Nullable(Type.String()) })),
});
export type RunOutcomes = Static<typeof RunOutcomes>;
export const changeRuns = operation({
  id: 'changeRuns',
  method: 'POST',
  path: '/projects/:project/runs/change',
  summary: 'Delete, restore or tag up to 1,000 runs at once',
  tag,
  description:
    'Each by itself, and each is answered for: `code` is null for a run that was changed, otherwise the code of the error. `tags` are set, and those in `removedTags` taken away.',
  permission: 'run:write',
  params: Type.Object(project),
  body: Strict({
    runs: manyRuns,
    action: OneOf('delete', 'restore', 'tag'),
    tags: Type.Optional(Type.Record(RunKey, Type.String({ maxLength: 8000 }))),
    removedTags: Type.Optional(Type.Array(RunKey, { maxItems: 100 })),
  }),
  reply: RunOutcomes,
  errors: ['INVALID_INPUT'],
  audit: 'run.update',
  cli: 'runs change',
});
export const purgeRuns = operation({
  id: 'purgeRuns',
  method: 'POST',
  path: '/projects/:project/runs/purge',
  summary: 'Delete up to 1,000 runs in the trash for good',
  tag,
  description: 'Each by itself, and each is answered for, as by changeRuns.',
  permission: 'run:purge',
  params: Type.Object(project),
  body: Strict({ runs: manyRuns }),
  reply: RunOutcomes,
  audit: 'run.purge',
  cli: 'runs purge-many',
});
