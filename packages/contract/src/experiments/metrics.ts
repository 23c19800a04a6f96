import { type Static, Type } from 'typebox';
import { Count, Id, Instant, MetricValue, Strict } from '../fields.ts';
import { operation } from '../operation.ts';
import { RunKey, project, run, tag } from './scope.ts';

export const MetricSummary = Type.Object({
  last: MetricValue,
  min: MetricValue,
  max: MetricValue,
  lastStep: Type.Integer(),
  /** The time its logger gave to the last value, epoch ms. */
  lastAt: Type.Integer(),
  points: Count,
});
export type MetricSummary = Static<typeof MetricSummary>;

export const MetricPoint = Type.Object({ step: Type.Integer(), at: Instant, value: MetricValue });
export type MetricPoint = Static<typeof MetricPoint>;

const step = Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });

export const logMetrics = operation({
  id: 'logMetrics',
  method: 'POST',
  path: '/projects/:project/runs/:run/metrics',
  summary: 'Append metric points; answered after they are durable',
  tag,
  permission: 'run:write',
  params: run,
  status: 204,
  body: Strict({
    points: Type.Array(
      Strict({ key: RunKey, value: MetricValue, step: Type.Optional(step), at: Type.Optional(Instant) }),
      { minItems: 1, maxItems: 10_000 },
    ),
  }),
  errors: ['NOT_FOUND'],
  audit: false,
});

export const getMetricHistory = operation({
  id: 'getMetricHistory',
  method: 'GET',
  path: '/projects/:project/runs/:run/metrics/history',
  summary: 'The points of one metric in step order',
  tag,
  description: 'At most `points` of them: each bucket keeps its minimum and its maximum, so that no spike is hidden.',
  permission: 'run:read',
  params: run,
  query: Type.Object({
    key: RunKey,
    points: Type.Optional(Type.Integer({ minimum: 10, maximum: 100_000, default: 2000 })),
  }),
  reply: Type.Object({ key: Type.String(), total: Count, sampled: Type.Boolean(), points: Type.Array(MetricPoint) }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'runs metric',
});

export const getMetricHistories = operation({
  id: 'getMetricHistories',
  method: 'POST',
  path: '/projects/:project/metrics/histories',
  summary: 'The points of several metrics of several runs',
  tag,
  description:
    'Each sampled as by getMetricHistory. What a run has not logged is left out, and so is a run that does not exist.',
  permission: 'run:read',
  params: Type.Object(project),
  body: Strict({
    runs: Type.Array(Id, { minItems: 1, maxItems: 200 }),
    keys: Type.Array(RunKey, { minItems: 1, maxItems: 50 }),
    points: Type.Optional(Type.Integer({ minimum: 10, maximum: 10_000, default: 500 })),
  }),
  reply: Type.Object({
    histories: Type.Array(
      Type.Object({
        runId: Id,
        key: Type.String(),
        total: Count,
        sampled: Type.Boolean(),
        points: Type.Array(MetricPoint),
      }),
    ),
  }),
  audit: false,
  cli: 'runs metrics',
});
