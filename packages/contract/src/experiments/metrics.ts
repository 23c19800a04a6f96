import { type Static, Type } from 'typebox';
import { Count, Id, Instant, MetricValue, Strict } from '../fields.ts';
import { operation } from '../operation.ts';
import { RunKey, project, run, tag } from './scope.ts';

/** Clients of MLflow may count with all of 64 bits. */
const digits = Type.String({ description: 'All digits, where a number of JSON does not hold them' });

export const MetricSummary = Type.Object({
  last: MetricValue,
  min: MetricValue,
  max: MetricValue,
  lastStep: Type.Integer(),
  /** The time its logger gave to the last value, epoch ms. */
  lastAt: Type.Integer(),
  exactLastStep: Type.Optional(digits),
  exactLastAt: Type.Optional(digits),
  points: Count,
});
export type MetricSummary = Static<typeof MetricSummary>;

export const MetricPoint = Type.Object({
  step: Type.Integer(),
  at: Instant,
  exactStep: Type.Optional(digits),
  exactAt: Type.Optional(digits),
  value: MetricValue,
});
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

const MetricsWanted = {
  runs: Type.Array(Id, { minItems: 1, maxItems: 200 }),
  keys: Type.Array(RunKey, { minItems: 1, maxItems: 50 }),
};
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
    ...MetricsWanted,
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

/** What a message of followMetrics says of one metric of one run. */
export const MetricUpdate = Type.Object({
  runId: Id,
  key: Type.String(),
  /** How many points there are by now, however many were sent. */
  total: Count,
  /** These points stand for the whole history; otherwise they come after those sent before. */
  replaces: Type.Boolean(),
  /** Whether there are others between them: then these hold the least and the greatest of each stretch. */
  sampled: Type.Boolean(),
  /** In the order of their steps. */
  points: Type.Array(MetricPoint),
  /** Up to where this metric was sent; to go on from there after a lost connection. */
  cursor: Type.String(),
});
export type MetricUpdate = Static<typeof MetricUpdate>;
export const followMetrics = operation({
  id: 'followMetrics',
  method: 'POST',
  path: '/projects/:project/metrics/follow',
  summary: 'Follow metrics of runs while they train (server-sent events)',
  tag,
  description:
    'First what there is, sampled as by getMetricHistory; then, at most twice a second, the points that were committed since, sampled where they are more than `points`. Messages `metrics` hold `{ "updates": [...], "isCurrent": true }`, where `isCurrent` says that with these everything was told that had been committed. A message `ended` says that all runs have ended and everything was sent; the stream ends with it. After a lost connection send the last cursor of every metric in `from`: nothing is missing then, and nothing comes twice.',
  permission: 'run:read',
  params: Type.Object(project),
  body: Strict({
    ...MetricsWanted,
    points: Type.Optional(Type.Integer({ minimum: 10, maximum: 2000, default: 500 })),
    from: Type.Optional(
      Type.Array(Strict({ runId: Id, key: RunKey, cursor: Type.String({ maxLength: 200 }) }), { maxItems: 10_000 }),
    ),
  }),
  replyKind: 'events',
  audit: false,
});
