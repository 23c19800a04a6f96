import type { Run } from '@millwright/contract';
import { studentTQuantile } from '@millwright/stats';
import { numberOf } from '../../charts/prepare/parallel.ts';
import { type SummaryOf, lastOf } from './metric-meaning.ts';
import { valueAt } from './run-values.ts';

export interface Average {
  /** Runs that have a number there. */
  count: number;
  mean: number;
  /** Half the width of the 95 % interval (Student's t); null with fewer than two runs. */
  half: number | null;
}
export interface RunGroup {
  /** What its runs have in common; null: they do not have it. */
  value: string | null;
  runs: readonly Run[];
  metrics: Readonly<Record<string, Average>>;
}

/** Mean and 95 % interval of values; null without any. */
export const averageOf = (values: readonly number[]): Average | null => {
  const count = values.length;
  if (count === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { count, mean, half: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { count, mean, half: studentTQuantile(0.975, count - 1) * Math.sqrt(variance / count) };
};

/** The finite values that runs have of a metric. */
export const numbersOf = (runs: readonly Run[], metric: string, summary: SummaryOf): number[] =>
  runs.flatMap((run) => {
    const value = run.metrics[metric]?.[summary(metric)];
    return typeof value === 'number' && Number.isFinite(value) ? [value] : [];
  });

const byValue = (a: RunGroup, b: RunGroup): number => {
  if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
  const [x, y] = [numberOf(a.value), numberOf(b.value)];
  return x !== null && y !== null ? x - y : a.value.localeCompare(b.value, 'en', { numeric: true });
};

/** Runs that have the same parameter or tag (`parameters.seed`, `tags.team`), with the averages of some metrics. */
export const groupRuns = (
  runs: readonly Run[],
  by: string,
  { metrics, summary }: { metrics: readonly string[]; summary: SummaryOf },
): RunGroup[] => {
  const parts = Map.groupBy(runs, (run) => {
    const value = valueAt(run, by, lastOf);
    return value === null ? null : String(value);
  });
  return [...parts]
    .map(([value, part]) => ({
      value,
      runs: part,
      metrics: Object.fromEntries(
        metrics.flatMap((metric) => {
          const average = averageOf(numbersOf(part, metric, summary));
          return average === null ? [] : [[metric, average] as const];
        }),
      ),
    }))
    .sort(byValue);
};

/** Groups as charts name and colour them. */
export const groupsOf = (runs: readonly Run[], by: string): { value: string; entity: string; runs: readonly Run[] }[] =>
  groupRuns(runs, by, { metrics: [], summary: lastOf }).map((group) => {
    const value = group.value ?? `without ${by.slice(by.indexOf('.') + 1)}`;
    return { value, entity: `${by}=${value}`, runs: group.runs };
  });
