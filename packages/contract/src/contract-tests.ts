import { type Static, Type } from 'typebox';
import { MetricName } from './evaluation.ts';
import {
  ColumnName,
  Count,
  Digest,
  Id,
  Instant,
  Nullable,
  OneOf,
  PageQuery,
  ProjectName,
  Strict,
  pageOf,
} from './fields.ts';
import { operation } from './operation.ts';
import { ModelRef } from './registry.ts';

const tag = 'registry';

/** How a column is given: numbers include whole numbers. */
export const FieldType = OneOf('boolean', 'integer', 'number', 'text', 'other');
export type FieldType = Static<typeof FieldType>;
const Column = Strict({ name: ColumnName, type: Type.Optional(FieldType) });
const Cell = Type.Union([Type.Null(), Type.Boolean(), Type.Number(), Type.String({ maxLength: 10_000 })]);
const Row = Type.Record(Type.String({ maxLength: 250 }), Cell);
const testName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$' });

/**
 * `required`: has to pass before a version is approved or becomes champion. `where-executable`: the same, but a version
 * it cannot be run on here is let through. `advisory`: only shown.
 */
export const TestWeight = OneOf('required', 'where-executable', 'advisory');
const every = { name: testName, weight: Type.Optional(TestWeight) };

export const ContractTest = Type.Union([
  /** What callers send and expect: a version needs nothing else, and takes and gives these in these types. */
  Strict({
    ...every,
    kind: Type.Literal('signature'),
    inputs: Type.Array(Column, { maxItems: 5000 }),
    outputs: Type.Optional(Type.Array(Column, { maxItems: 500 })),
  }),
  /** Tags every version carries; null: whatever the value. */
  Strict({
    ...every,
    kind: Type.Literal('metadata'),
    tags: Type.Optional(Type.Record(Type.String({ maxLength: 250 }), Nullable(Type.String({ maxLength: 5000 })))),
    description: Type.Optional(Type.Boolean()),
    run: Type.Optional(Type.Boolean()),
  }),
  Strict({ ...every, kind: Type.Literal('size'), maxBytes: Count }),
  /** Paths below the source that must be there. */
  Strict({
    ...every,
    kind: Type.Literal('files'),
    paths: Type.Array(Type.String({ minLength: 1, maxLength: 500 }), { minItems: 1, maxItems: 100 }),
  }),
  /** Rows with what the model must answer, by name of the output; numbers within the tolerance, others exactly. */
  Strict({
    ...every,
    kind: Type.Literal('examples'),
    examples: Type.Array(
      Strict({
        inputs: Row,
        outputs: Type.Record(
          Type.String({ maxLength: 250 }),
          Type.Union([Cell, Type.Array(Type.Number(), { maxItems: 1000 })]),
        ),
      }),
      { minItems: 1, maxItems: 200 },
    ),
    tolerance: Type.Optional(Type.Number({ minimum: 0 })),
  }),
  /** 95th percentile of the time that one call with this row takes here, one call after the other. */
  Strict({
    ...every,
    kind: Type.Literal('latency'),
    row: Row,
    maxP95Ms: Type.Number({ exclusiveMinimum: 0 }),
    calls: Type.Optional(Type.Integer({ minimum: 20, maximum: 1000 })),
  }),
  /** A metric over the rows of a data set version where a column has a value. */
  Strict({
    ...every,
    kind: Type.Literal('slice'),
    datasetVersionId: Id,
    target: ColumnName,
    where: Type.Optional(
      Strict({ column: ColumnName, equals: Type.Union([Type.String(), Type.Number(), Type.Boolean()]) }),
    ),
    metric: MetricName,
    atLeast: Type.Optional(Type.Number()),
    atMost: Type.Optional(Type.Number()),
  }),
]);
export type ContractTest = Static<typeof ContractTest>;

/** All tests of a model, as one numbered revision: a change makes the next one. */
export const ContractSuite = Type.Object({
  modelId: Id,
  modelName: Type.String(),
  /** 0: there never were any. */
  revision: Count,
  tests: Type.Array(ContractTest),
  createdBy: Nullable(Type.String()),
  createdAt: Nullable(Instant),
});
export type ContractSuite = Static<typeof ContractSuite>;

/** `skipped`: cannot be executed here; the message says why. */
export const TestOutcome = OneOf('passed', 'failed', 'skipped');
export const TestResult = Type.Object({
  name: Type.String(),
  kind: Type.String(),
  weight: TestWeight,
  outcome: TestOutcome,
  message: Type.String(),
  observed: Nullable(Type.Number()),
  threshold: Nullable(Type.Number()),
});
export type TestResult = Static<typeof TestResult>;
export const TestTrigger = OneOf('registration', 'on-demand', 'tests-changed', 'files-changed');
export type TestTrigger = Static<typeof TestTrigger>;
export const ContractRun = Type.Object({
  id: Id,
  modelId: Id,
  modelVersionId: Id,
  number: Count,
  revision: Count,
  digest: Nullable(Digest),
  trigger: TestTrigger,
  startedBy: Type.String(),
  /** `red`: a test that has to pass does not. */
  state: OneOf('queued', 'green', 'red'),
  results: Type.Array(TestResult),
  createdAt: Instant,
  finishedAt: Nullable(Instant),
});
export type ContractRun = Static<typeof ContractRun>;

const project = { project: ProjectName };
const model = Type.Object({ ...project, model: ModelRef });
const resource = { type: 'model', param: 'model' };
const version = Type.Object({ ...project, modelVersion: Id });

export const getContractTests = operation({
  id: 'getContractTests',
  method: 'GET',
  path: '/projects/:project/models/:model/contract-tests',
  summary: 'Read the tests that every version of a model is put to',
  tag,
  permission: 'model:read',
  description: 'Without `revision` the newest.',
  params: model,
  resource,
  query: Type.Object({ revision: Type.Optional(Type.Integer({ minimum: 1 })) }),
  reply: ContractSuite,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'models tests',
});
export const setContractTests = operation({
  id: 'setContractTests',
  method: 'PUT',
  path: '/projects/:project/models/:model/contract-tests',
  summary: 'Set the tests that every version of a model is put to; all versions are tested anew',
  tag,
  permission: 'model:approve',
  description: '`basedOn`: the revision that was looked at.',
  params: model,
  resource,
  body: Strict({ tests: Type.Array(ContractTest, { maxItems: 50 }), basedOn: Count }),
  reply: ContractSuite,
  errors: ['NOT_FOUND', 'INVALID_INPUT', 'STALE'],
  audit: 'contract-tests.set',
  cli: 'models set-tests',
});
export const runContractTests = operation({
  id: 'runContractTests',
  method: 'POST',
  path: '/projects/:project/model-versions/:modelVersion/contract-runs',
  summary: 'Put a version to the tests of its model now',
  tag,
  permission: 'model:write',
  status: 202,
  params: version,
  reply: ContractRun,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'contract-tests.start',
  cli: 'model-versions test',
});
export const listContractRuns = operation({
  id: 'listContractRuns',
  method: 'GET',
  path: '/projects/:project/models/:model/contract-runs',
  summary: 'List how versions of a model fared in its tests, newest first',
  tag,
  permission: 'model:read',
  description: '`latest`: of every version only the newest.',
  params: model,
  resource,
  query: Type.Object({
    ...PageQuery,
    modelVersion: Type.Optional(Id),
    latest: Type.Optional(Type.Boolean()),
  }),
  reply: pageOf(ContractRun),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'models test-runs',
});
