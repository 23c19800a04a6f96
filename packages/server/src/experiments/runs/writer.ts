import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import { type Change, type Grouped, groupChanges } from '#platform/change';
import type { Platform } from '#platform/core';
import { isMillwrightError, type MillwrightError } from '#platform/errors';
import type { KnownMetric } from '../metrics/adding.ts';
import { createKnown } from './known.ts';
import { type AcceptedLog, acceptLogs, type KnownOfRuns, type RunLog, writeLogs } from './logging.ts';
import { type RunStart, type Started, startRuns } from './starting.ts';

/** Whatever adds to runs, at the rate at which training code logs. Requests that come at once share a transaction. */
export interface RunWriter {
  /** Errors: CONFLICT for an experiment that is not there or in the trash. */
  start(ctx: Ctx, run: RunStart): Promise<Started>;
  /** All of it or nothing. Errors: NOT_FOUND, CONFLICT for a parameter with another value and a run in the trash. */
  log(ctx: Ctx, log: Omit<RunLog, 'project'>): Promise<void>;
}

type Input = { start: RunStart } | { log: RunLog };
type Result = Started | null;

/** Bounds the time that others wait for a transaction; about 100 ms on SQLite. */
const rowsPerTransaction = 20_000;

/** Some 8 MB each. */
const mostMetrics = 40_000;
const mostCharacters = 4_000_000;

/** What locks the same rows: the number of runs of an experiment, or the run. */
const keyOf = (input: Input): string => ('start' in input ? `experiment ${input.start.experiment}` : input.log.runId);

const countOf = (values: Readonly<Record<string, string>> = {}): number => Object.keys(values).length;
const weightOf = (input: Input): number =>
  'start' in input
    ? 5 + countOf(input.start.parameters) + countOf(input.start.tags)
    : 5 +
      (input.log.metrics?.length ?? 0) +
      (input.log.modelMetrics?.length ?? 0) +
      countOf(input.log.parameters) +
      countOf(input.log.tags);

export const createRunWriter = ({ changes, database }: Platform, lineage: LineageService): RunWriter => {
  const known: KnownOfRuns = {
    metrics: createKnown<KnownMetric>(mostMetrics, () => 1),
    parameters: createKnown<string>(mostCharacters, (key, value) => key.length + value.length + 50),
  };
  const run = async (change: Change, items: readonly Grouped<Input>[]): Promise<(Result | MillwrightError)[]> => {
    const contexts = new Map<unknown, Change>(
      items.map(({ context, input }) => ['start' in input ? input.start : input.log, change.as(context)]),
    );
    const changeOf = (asked: RunStart | RunLog) => contexts.get(asked) as Change;
    const starts = items.flatMap(({ input }) => ('start' in input ? [input.start] : []));
    const started = starts.length === 0 ? [] : await startRuns(change, lineage, starts, changeOf, known.parameters);
    const logs = items.flatMap(({ input }) => ('log' in input ? [input.log] : []));
    const outcomes = logs.length === 0 ? [] : await acceptLogs(change, logs, known);
    await writeLogs(
      change,
      outcomes.filter((outcome): outcome is AcceptedLog => !isMillwrightError(outcome)),
      changeOf,
      known,
    );
    const results = new Map<unknown, Result | MillwrightError>();
    for (const [index, start] of starts.entries()) results.set(start, started[index] as Started | MillwrightError);
    for (const [index, log] of logs.entries()) {
      const outcome = outcomes[index];
      results.set(log, isMillwrightError(outcome) ? outcome : null);
    }
    return items.map(({ input }) => results.get('start' in input ? input.start : input.log) ?? null);
  };
  // PostgreSQL works beside this process. SQLite works within it, and has one writer.
  const atOnce = database.kind === 'postgres' ? 2 : 1;
  const submit = groupChanges<Input, Result>(changes, { run, weightOf, maxWeight: rowsPerTransaction, atOnce, keyOf });
  return {
    start: async (ctx, start) => (await submit(ctx, { start })) as Started,
    log: async (ctx, log) => {
      await submit(ctx, { log: { ...log, project: ctx.project } });
    },
  };
};
