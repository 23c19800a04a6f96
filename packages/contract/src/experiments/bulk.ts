import { type Static, Type } from 'typebox';
import { Count, Id, Nullable, OneOf, Ref, Strict, Text, Title } from '../fields.ts';
import { operation } from '../operation.ts';
import { RunStatus } from './runs.ts';
import { RunKey, project, tag } from './scope.ts';

const manyRuns = Type.Array(Id, { minItems: 1, maxItems: 1000, uniqueItems: true });
/** What became of each run, in the order in which they were named: one that cannot be changed keeps no other from it. */
export const RunOutcomes = Type.Object({
  done: Count,
  failed: Count,
  outcomes: Type.Array(
    Type.Object({
      run: Id,
      code: Nullable(Type.String()),
      detail: Nullable(Type.String()),
      /** The new run, where one was copied. */
      copy: Type.Optional(Id),
    }),
  ),
});
export type RunOutcomes = Static<typeof RunOutcomes>;
export const changeRuns = operation({
  id: 'changeRuns',
  method: 'POST',
  path: '/projects/:project/runs/change',
  summary: 'Delete, restore, edit, move or copy up to 1,000 runs at once',
  tag,
  description: `Each by itself, and each is answered for: \`code\` is null for a run that was changed, otherwise the code of the error.
\`edit\` sets \`tags\` and takes those in \`removedTags\` away, and sets \`note\`, \`status\` and \`name\`; a name may hold \`{name}\`, \`{number}\` (1, 2, 3 ...), \`{experiment}\`, \`{parameters.KEY}\` and \`{tags.KEY}\`.
\`move\` puts runs into \`experiment\`; they keep their id, points, files and links. \`copy\` makes new runs of runs that have ended, in \`experiment\` or where each is; their files are not stored twice. Until a long history is copied, a copy has the tag \`millwright.copying\`.
With \`children\` the runs below them are moved or copied, too.`,
  permission: 'run:write',
  params: Type.Object(project),
  body: Strict({
    runs: manyRuns,
    action: OneOf('delete', 'restore', 'edit', 'move', 'copy'),
    tags: Type.Optional(Type.Record(RunKey, Type.String({ maxLength: 8000 }))),
    removedTags: Type.Optional(Type.Array(RunKey, { maxItems: 100 })),
    name: Type.Optional(Title),
    note: Type.Optional(Text),
    status: Type.Optional(RunStatus),
    experiment: Type.Optional(Ref),
    children: Type.Optional(Type.Boolean()),
  }),
  reply: RunOutcomes,
  errors: ['INVALID_INPUT', 'INVALID_REFERENCE', 'CONFLICT'],
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
