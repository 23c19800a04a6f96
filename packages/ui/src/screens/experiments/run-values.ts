import { type Run, systemMetricPrefix } from '@millwright/contract';
import type { SummaryOf } from './metric-meaning.ts';

export interface RunKeys {
  metrics: readonly string[];
  parameters: readonly string[];
  tags: readonly string[];
}
export const runTitle = (run: Pick<Run, 'id' | 'name'>): string => run.name || `…${run.id.slice(-8)}`;

/** Keys of all runs: those most runs have first, then by name. */
const keysOf = (runs: readonly Run[], of: (run: Run) => Readonly<Record<string, unknown>>): string[] => {
  const counts = new Map<string, number>();
  for (const run of runs) for (const key of Object.keys(of(run))) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b, 'en', { numeric: true })).map(([key]) => key);
};
export const metricKeys = (runs: readonly Run[]): string[] => keysOf(runs, (run) => run.metrics);
export const tagKeys = (runs: readonly Run[]): string[] => keysOf(runs, (run) => run.tags);
export const parameterKeys = (runs: readonly Run[]): string[] => keysOf(runs, (run) => run.parameters);

/** Whether runs differ in something, a missing value being one of its own. One run never differs. */
export const varies = (runs: readonly Run[], of: (run: Run) => unknown): boolean =>
  new Set(runs.map((run) => JSON.stringify(of(run) ?? null))).size > 1;

const briefLength = 24;
/** Whether a parameter is short enough for a column or an axis: digests, ids and lists of columns are not. */
export const isBrief = (runs: readonly Run[], key: string): boolean =>
  runs.every((run) => (run.parameters[key] ?? '').length <= briefLength);

/** The value behind a column id: `metrics.<key>`, `parameters.<key>` or `tags.<key>`. */
export const valueAt = (run: Run, id: string, summary: SummaryOf): number | string | null => {
  const [group, key] = [id.slice(0, id.indexOf('.')), id.slice(id.indexOf('.') + 1)];
  if (group === 'metrics') return run.metrics[key]?.[summary(key)] ?? null;
  return (group === 'parameters' ? run.parameters[key] : run.tags[key]) ?? null;
};

/** Short parameters that differ between the runs, then their metrics: what parallel coordinates begin with. */
export const axesOf = (runs: readonly Run[]): { id: string; label: string }[] => [
  ...parameterKeys(runs)
    .filter((key) => isBrief(runs, key) && varies(runs, (run) => run.parameters[key]))
    .map((key) => ({ id: `parameters.${key}`, label: key })),
  ...metricKeys(runs).map((key) => ({ id: `metrics.${key}`, label: key })),
];
/** Some parameters and some metrics, the metrics last: lines are shaded by the last axis. */
export const firstAxes = (axes: readonly { id: string }[]): string[] =>
  [
    ...axes.filter(({ id }) => id.startsWith('parameters.')).slice(0, 4),
    ...axes
      .filter(({ id }) => id.startsWith('metrics.'))
      .slice(0, 3)
      .reverse(),
  ].map(({ id }) => id);

/** What at least half of the runs have that log one metric: the metric most runs log that leaves anything to draw it against. */
export const tellingAxes = (runs: readonly Run[]): { id: string; label: string }[] => {
  for (const lead of metricKeys(runs).filter((key) => !isSystemMetric(key))) {
    const having = runs.filter((run) => run.metrics[lead] !== undefined);
    const axes = axesOf(having).filter(
      ({ id }) => having.filter((run) => valueAt(run, id, () => 'last') !== null).length * 2 >= having.length,
    );
    if (axes.length > 1) return axes;
  }
  return axesOf(runs);
};

export interface ComparedRow {
  group: 'Parameters' | 'Metrics' | 'Tags' | 'Run';
  key: string;
  values: (string | number | null)[];
  differs: boolean;
}
/** What runs have, side by side: a row per thing, a value per run. */
export const compareRuns = (runs: readonly Run[]): ComparedRow[] => {
  const row = (group: ComparedRow['group'], key: string, of: (run: Run) => string | number | null | undefined) => ({
    group,
    key,
    values: runs.map((run) => of(run) ?? null),
    differs: varies(runs, of),
  });
  return [
    row('Run', 'Status', (run) => run.status),
    row('Run', 'Experiment', (run) => run.experimentName),
    row('Run', 'Owner', (run) => run.owner),
    ...parameterKeys(runs).map((key) => row('Parameters', key, (run) => run.parameters[key])),
    ...metricKeys(runs).map((key) => row('Metrics', key, (run) => run.metrics[key]?.last)),
    ...tagKeys(runs).map((key) => row('Tags', key, (run) => run.tags[key])),
  ];
};

export const isSystemMetric = (key: string): boolean => key.startsWith(systemMetricPrefix);

/** Those of the training itself, without those of the machine. */
export const ownMetricsOf = (metrics: Run['metrics']): string[] =>
  Object.keys(metrics).filter((key) => !isSystemMetric(key));
