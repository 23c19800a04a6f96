import { type Static, Type } from 'typebox';
import { Id, Nullable } from '../fields.ts';
import { operation } from '../operation.ts';
import { run, tag } from './scope.ts';

/** A data set that a run read. */
export const RunInput = Type.Object({
  name: Type.String(),
  /** As its client gives it; of a version that is here, that of its file. */
  digest: Type.String(),
  /** What the run read it for, e.g. `train`. */
  context: Nullable(Type.String()),
  sourceType: Type.String(),
  /** Usually JSON; its begin, where it is long. */
  source: Type.String(),
  /** The version here that it is. */
  datasetVersionId: Nullable(Id),
});
export type RunInput = Static<typeof RunInput>;

export const listRunInputs = operation({
  id: 'listRunInputs',
  method: 'GET',
  path: '/projects/:project/runs/:run/inputs',
  summary: 'List the data sets a run read',
  tag,
  permission: 'run:read',
  params: run,
  reply: Type.Object({ items: Type.Array(RunInput) }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'runs inputs',
});
