import type { MetricPoint } from '@millwright/contract';
import { type ExperimentsService, isPointKey, type PointKey } from '#experiments';
import { fail } from '#platform/errors';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import type { Fields } from '../wire/fields.ts';
import { runIdFromWire, runIdOnWire } from '../wire/ids.ts';
import { int64OnWire } from '../wire/int64.ts';
import { refuseMissing, refuseValue } from '../wire/refusals.ts';
import { runIdOf } from './runs.ts';

const maxPoints = 25_000;
const maxRuns = 100;
const maxPointsOfInterval = 2500;

const onWire = (key: string, { value, at, step, exactAt, exactStep }: MetricPoint) => ({
  key,
  value,
  timestamp: int64OnWire(exactAt ?? at),
  step: int64OnWire(exactStep ?? step),
});

const tokenOf = (key: PointKey): string => Buffer.from(JSON.stringify(key)).toString('base64url');
const readToken = (token: string | undefined): PointKey | null => {
  if (token === undefined || token === '') return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(key) && isPointKey(key)) return key;
  } catch {
    // Refused below.
  }
  return fail('INVALID_CURSOR', 'The page token could not be read.');
};

const runIdsOf = (input: Fields, name: string): string[] => {
  const ids = input.texts(name);
  if (ids.length === 0 && name === 'run_ids') refuseMissing(name);
  if (ids.length === 0) fail('INVALID_INPUT', 'GetMetricHistoryBulk request must specify at least one run_id.');
  if (ids.length > maxRuns)
    fail(
      'INVALID_INPUT',
      name === 'run_ids'
        ? `GetMetricHistoryBulkInterval request must specify at most ${maxRuns} run_ids. Received ${ids.length} run_ids. See the API docs for more information about request parameters.`
        : `GetMetricHistoryBulk request cannot specify more than ${maxRuns} run_ids. Received ${ids.length} run_ids.`,
    );
  return (name === 'run_ids' ? ids : [...new Set(ids)].sort()).map(runIdFromWire);
};

export const metricEndpoints = (experiments: ExperimentsService): MlflowEndpoint[] => [
  {
    method: 'GET',
    path: '/metrics/get-history',
    permission: 'run:read',
    async handle(input, ctx) {
      const runId = runIdOf(input);
      const key = input.requiredText('metric_key');
      const asked = input.integer('max_results') ?? maxPoints;
      if (asked < 1)
        fail(
          'INVALID_INPUT',
          `Invalid value ${asked} for parameter 'max_results' supplied. It must be a positive integer.`,
        );
      const limit = Math.min(asked, maxPoints);
      const after = readToken(input.text('page_token'));
      const page = await experiments.metricPage(ctx, runId, key, { limit, after });
      return {
        ...(page.points.length > 0 ? { metrics: page.points.map((point) => onWire(key, point)) } : {}),
        ...(page.next === null ? {} : { next_page_token: tokenOf(page.next) }),
      };
    },
  },
  {
    method: 'GET',
    path: '/metrics/get-history-bulk',
    isAjaxOnly: true,
    permission: 'run:read',
    async handle(input, ctx) {
      const runIds = runIdsOf(input, 'run_id');
      const key =
        input.text('metric_key') ?? fail('INVALID_INPUT', 'GetMetricHistoryBulk request must specify a metric_key.');
      const asked = input.integer('max_results') ?? maxPoints;
      if (asked < 0) refuseValue('max_results', asked, 'It must not be negative.');
      let room = Math.min(asked, maxPoints);
      const metrics: object[] = [];
      for (const runId of runIds) {
        if (room === 0) break;
        const { points } = await experiments.metricPage(ctx, runId, key, { limit: room });
        room -= points.length;
        metrics.push(...points.map((point) => ({ ...onWire(key, point), run_id: runIdOnWire(runId) })));
      }
      return { metrics };
    },
  },
  {
    method: 'GET',
    path: '/metrics/get-history-bulk-interval',
    permission: 'run:read',
    async handle(input, ctx) {
      // A run that is named twice is answered twice.
      const runIds = runIdsOf(input, 'run_ids');
      const key = input.requiredText('metric_key');
      const limit = input.integer('max_results') ?? maxPointsOfInterval;
      if (limit < 1 || limit > maxPointsOfInterval)
        fail(
          'INVALID_INPUT',
          `max_results must be between 1 and ${maxPointsOfInterval}. See the API docs for more information about request parameters.`,
        );
      const [from, to] = [input.int64('start_step'), input.int64('end_step')];
      if ((from === undefined) !== (to === undefined))
        fail('INVALID_INPUT', 'If either start step or end step are specified, both must be specified.');
      if (from !== undefined && to !== undefined && from > to)
        fail('INVALID_INPUT', `end_step must be greater than start_step. Found start_step=${from} and end_step=${to}.`);
      const range = from === undefined || to === undefined ? null : { from, to };
      const metrics: object[] = [];
      for (const runId of runIds) {
        if (!(await experiments.runExists(ctx, runId))) continue;
        for (const point of await experiments.metricSamples(ctx, runId, key, { range, limit }))
          metrics.push({ ...onWire(key, point), run_id: runIdOnWire(runId) });
      }
      return metrics.length > 0 ? { metrics } : {};
    },
  },
];
