import type { Comparison, Evaluation, GateResult, GateRule } from '@millwright/contract';
import type { BulletInput } from '../../charts/prepare/bullet.ts';
import type { IntervalInput } from '../../charts/prepare/intervals.ts';

export const metricNames: Record<string, string> = {
  accuracy: 'Accuracy',
  rocAuc: 'ROC AUC',
  logLoss: 'Log loss',
  f1: 'F1',
  brier: 'Brier score',
  rmse: 'RMSE',
  mae: 'MAE',
  r2: 'R²',
};
export const metricName = (metric: string): string => metricNames[metric] ?? metric;
export const lowerIsBetter = (metric: string): boolean => ['logLoss', 'brier', 'rmse', 'mae'].includes(metric);

export const baselineNames: Record<Comparison['baseline'], string> = {
  majority: 'majority class',
  persistence: 'persistence',
  champion: 'champion',
};

export const ruleName = (rule: GateRule): string =>
  rule.kind === 'value'
    ? metricName(rule.metric)
    : `${rule.mustBeat ? 'Beats' : 'No worse than'} ${baselineNames[rule.baseline]}`;

const sameScale = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
/** What the champion (else another baseline) has in the same measure; null where no comparison is in that measure. */
const baselineOf = (result: GateResult, comparisons: readonly Comparison[]): number | null => {
  const { observed, rule } = result;
  if (observed === null) return null;
  if (rule.kind === 'baseline') return 0;
  const usable = comparisons.filter((one) => lowerIsBetter(rule.metric) && sameScale(one.loss, observed));
  return (usable.find((one) => one.baseline === 'champion') ?? usable[0])?.baselineLoss ?? null;
};

/**
 * A bar per rule. For a rule against a baseline the bar is the upper end of the interval of the difference in loss:
 * it must stay below the margin, and 0 (no difference) is its baseline.
 */
export const bulletsOf = ({ gate, comparisons }: Pick<Evaluation, 'gate' | 'comparisons'>): BulletInput[] =>
  gate.results.map((result) => {
    const { rule } = result;
    const isUpperBound =
      rule.kind === 'baseline' ||
      rule.atLeast === undefined ||
      (rule.atMost !== undefined && result.threshold === rule.atMost);
    return {
      label: ruleName(rule),
      value: result.observed,
      threshold: result.threshold,
      direction: isUpperBound ? 'at-most' : 'at-least',
      baseline: baselineOf(result, comparisons),
      passed: result.passed,
      skipped: result.skipped,
      signed: rule.kind === 'baseline',
      message: result.message,
    };
  });

export const intervalsOf = (comparisons: readonly Comparison[]): IntervalInput[] =>
  comparisons.map((one) => ({
    entity: one.baseline === 'champion' ? 'champion' : `baseline ${one.baseline}`,
    label: baselineNames[one.baseline],
    value: one.difference,
    low: one.low,
    high: one.high,
  }));

/** The verdict in one sentence, with the numbers behind it. */
export const verdictWords = ({ verdict, results }: Evaluation['gate']): string => {
  const judged = results.filter((result) => !result.skipped);
  const failed = judged.filter((result) => !result.passed);
  const skipped = results.length - judged.length;
  const apart = skipped > 0 ? ` ${skipped} did not apply.` : '';
  if (verdict === 'none') return 'No thresholds were fixed for this evaluation, so there is no verdict.';
  if (verdict === 'green') return `All ${judged.length} conditions that apply are met.${apart}`;
  return `${failed.length} of ${judged.length} conditions are not met: ${failed.map(({ rule }) => ruleName(rule)).join(', ')}.${apart}`;
};
