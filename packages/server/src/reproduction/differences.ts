import type { MetricDifference, MetricSummary, Run } from '@millwright/contract';

type Metrics = Readonly<Record<string, MetricSummary>>;

/** Standard deviations of the runs with other seeds that two results may lie apart. */
const deviations = 2;
/** Fewer runs tell no spread. */
export const seedsAtLeast = 3;

export interface Tolerance {
  /** Share of the greater value. */
  relative: number;
  /** It was asked for: the spread over seeds does not count. */
  isGiven: boolean;
  /** Runs with the same settings and other seeds. */
  alike: readonly Pick<Run, 'metrics'>[];
}

/** Machine metrics differ in every run, and are no result. */
export const isResult = (key: string): boolean => !key.startsWith('system/');

const spreadOf = (values: readonly number[]): number | null => {
  if (values.length < seedsAtLeast) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};

const compare = (key: string, before: Metrics, after: Metrics, tolerance: Tolerance): MetricDifference => {
  const original = before[key]?.last ?? null;
  const reproduced = after[key]?.last ?? null;
  const spread = tolerance.isGiven
    ? null
    : spreadOf(
        [before, ...tolerance.alike.map(({ metrics }) => metrics)].flatMap((metrics) => {
          const value = metrics[key]?.last;
          return typeof value === 'number' ? [value] : [];
        }),
      );
  const isBySeeds = spread !== null && spread > 0;
  const base = { key, original, reproduced, basis: isBySeeds ? ('seeds' as const) : ('relative' as const) };
  const open = { difference: null, relative: null, tolerance: null };
  if (original === null || reproduced === null) return { ...base, ...open, outcome: 'missing' };
  if (typeof original !== 'number' || typeof reproduced !== 'number')
    return { ...base, ...open, outcome: original === reproduced ? 'same' : 'different' };
  const difference = reproduced - original;
  const greater = Math.max(Math.abs(original), Math.abs(reproduced));
  const allowed = isBySeeds ? deviations * spread : tolerance.relative * greater;
  return {
    ...base,
    difference,
    relative: greater === 0 ? 0 : difference / greater,
    tolerance: allowed,
    outcome: difference === 0 ? 'same' : Math.abs(difference) <= allowed ? 'within' : 'different',
  };
};

/** More help nobody, and a run may have thousands. */
const metricsAtMost = 200;

/** The last values of two runs, what differs first. */
export const differencesOf = (before: Metrics, after: Metrics, tolerance: Tolerance): MetricDifference[] => {
  const order = { different: 0, missing: 1, within: 2, same: 3 };
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter(isResult)
    .map((key) => compare(key, before, after, tolerance))
    .sort((a, b) => order[a.outcome] - order[b.outcome] || (a.key < b.key ? -1 : 1))
    .slice(0, metricsAtMost);
};

export const summarise = (
  status: Run['status'],
  metrics: readonly MetricDifference[],
): { outcome: 'running' | 'failed' | 'same' | 'within' | 'different'; sentence: string } => {
  if (status === 'running' || status === 'scheduled') return { outcome: 'running', sentence: 'It is still running.' };
  if (status !== 'finished')
    return { outcome: 'failed', sentence: `It ended as ${status}: there is no result to compare.` };
  const count = (outcome: MetricDifference['outcome']): number =>
    metrics.filter((one) => one.outcome === outcome).length;
  const [different, missing, within] = [count('different'), count('missing'), count('within')];
  const all = metrics.length;
  if (all === 0) return { outcome: 'different', sentence: 'Neither of the two runs has a metric to compare.' };
  if (different + missing > 0) {
    const names = metrics
      .filter(({ outcome }) => outcome === 'different' || outcome === 'missing')
      .map(({ key }) => key);
    const parts = [
      ...(different > 0 ? [`${different} of ${all} metrics differ by more than they may`] : []),
      ...(missing > 0 ? [`${missing} of ${all} are in one of the runs only`] : []),
    ];
    return {
      outcome: 'different',
      sentence: `Not reproduced: ${parts.join('; ')} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}).`,
    };
  }
  return within > 0
    ? {
        outcome: 'within',
        sentence: `Reproduced: ${all - within} of ${all} metrics are the same, ${within} within the tolerance.`,
      }
    : {
        outcome: 'same',
        sentence: `Reproduced exactly: ${all === 1 ? 'the metric is' : `all ${all} metrics are`} the same to the last digit.`,
      };
};
