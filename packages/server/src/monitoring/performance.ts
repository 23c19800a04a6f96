import type { Evaluation, Performance, Signature } from '@millwright/contract';
import { errorRateIncrease, kOfN, studentTSf } from '@millwright/stats';
import { pText } from './drift.ts';
import type { Settings } from './settings.ts';

/** Losses of the champion's answers in one window: 0 or 1 per label (classification), squared errors (regression). */
export interface WindowLoss {
  /** Answers of the champion that did not fail. */
  answered: number;
  labelled: number;
  sum: number;
  sumOfSquares: number;
}

/** Mean loss of a model version on the rows it was evaluated on. */
export interface ReferenceLoss {
  task: Signature['task'];
  loss: number;
  rows: number;
}

/** What is known of a prediction and its outcome, by column. */
export interface LabelledRows {
  rows: number;
  modelVersionId: readonly string[];
  variant: readonly ('champion' | 'challenger')[];
  failed: Uint8Array;
  predictedLabel: readonly (string | null)[] | null;
  predictedValue: Float64Array | null;
  label: readonly (string | null)[];
}

/** The loss on the hold-out; null when the evaluation does not tell it. */
export function referenceLossOf({
  task,
  metrics,
  rows,
}: Pick<Evaluation, 'task' | 'metrics' | 'rows'>): ReferenceLoss | null {
  if (rows === 0) return null;
  if (task === 'classification') {
    const accuracy = metrics['accuracy'];
    return accuracy === undefined ? null : { task, loss: 1 - accuracy, rows };
  }
  const rmse = metrics['rmse'];
  return rmse === undefined ? null : { task, loss: rmse ** 2, rows };
}

/** Losses of the rows [from, to) that the champion `modelVersionId` answered. What cannot be compared with its label counts as unlabelled. */
export function lossBetween(
  rows: LabelledRows,
  task: Signature['task'],
  modelVersionId: string,
  from: number,
  to: number,
): WindowLoss {
  const total: WindowLoss = { answered: 0, labelled: 0, sum: 0, sumOfSquares: 0 };
  for (let row = from; row < to; row++) {
    if (rows.failed[row] === 1 || rows.variant[row] !== 'champion' || rows.modelVersionId[row] !== modelVersionId)
      continue;
    total.answered++;
    const label = rows.label[row] ?? null;
    if (label === null) continue;
    const loss = lossOf(rows, task, row, label);
    if (!Number.isFinite(loss)) continue;
    total.labelled++;
    total.sum += loss;
    total.sumOfSquares += loss * loss;
  }
  return total;
}

function lossOf(rows: LabelledRows, task: Signature['task'], row: number, label: string): number {
  if (task === 'classification') {
    const predicted = rows.predictedLabel?.[row] ?? null;
    return predicted === null ? Number.NaN : Number(predicted !== label);
  }
  return label.trim() === '' ? Number.NaN : ((rows.predictedValue?.[row] ?? Number.NaN) - Number(label)) ** 2;
}

type PerformanceSettings = Pick<Settings, 'lossTolerance' | 'performanceAlpha' | 'minLabelCoverage'>;

/** A window against the hold-out. Whether it is confirmed follows from its series: `confirmWorse`. */
export function judgeLoss(
  loss: WindowLoss,
  reference: ReferenceLoss | null,
  settings: PerformanceSettings,
  asOf: number,
): Performance {
  const coverage = loss.answered === 0 ? 0 : loss.labelled / loss.answered;
  const known = {
    labelled: loss.labelled,
    coverage,
    loss: loss.labelled === 0 ? null : loss.sum / loss.labelled,
    referenceLoss: reference?.loss ?? null,
    asOf,
  };
  if (reference === null) return { ...known, pValue: null, worse: false, confirmed: false, state: 'no-reference' };
  if (loss.labelled === 0 || coverage < settings.minLabelCoverage)
    return { ...known, pValue: null, worse: false, confirmed: false, state: 'waiting-for-labels' };
  const pValue = lossIncrease(loss, reference, settings.lossTolerance);
  return { ...known, pValue, worse: pValue < settings.performanceAlpha, confirmed: false, state: 'judged' };
}

/**
 * One-sided p-value of "the loss rose by more than the tolerance". Classification: error rates (Farrington and Manning).
 * Regression: Student's t on mean squared errors; the hold-out's variance is not kept and is taken to be the window's.
 */
function lossIncrease(loss: WindowLoss, reference: ReferenceLoss, tolerance: number): number {
  if (reference.task === 'classification')
    return errorRateIncrease({
      referenceErrors: Math.round(reference.loss * reference.rows),
      referenceCount: reference.rows,
      windowErrors: loss.sum,
      windowCount: loss.labelled,
      tolerance,
    }).pValue;
  const { labelled: n, sum, sumOfSquares } = loss;
  if (n < 2) return 1;
  const mean = sum / n;
  const variance = Math.max(0, (sumOfSquares - n * mean * mean) / (n - 1));
  const excess = mean - reference.loss * (1 + tolerance);
  const error = Math.sqrt(variance * (1 / n + 1 / reference.rows));
  if (error === 0) return excess > 0 ? 0 : 1;
  return studentTSf(excess / error, n - 1);
}

/** Fills in `confirmed` for the windows of one series, oldest first: only judged windows count. */
export function confirmWorse(
  series: readonly Performance[],
  { persistWindows, ofWindows }: Pick<Settings, 'persistWindows' | 'ofWindows'>,
): Performance[] {
  const history: boolean[] = [];
  return series.map((performance) => {
    if (performance.state !== 'judged')
      return performance.confirmed ? { ...performance, confirmed: false } : performance;
    history.push(performance.worse);
    const confirmed = kOfN(history, persistWindows, ofWindows);
    return confirmed === performance.confirmed ? performance : { ...performance, confirmed };
  });
}

/** Whether the newest judged windows say that all is well again. */
export function isFineAgain(
  judged: readonly Pick<Performance, 'worse' | 'confirmed'>[],
  { persistWindows, ofWindows }: Pick<Settings, 'persistWindows' | 'ofWindows'>,
): boolean {
  const newest = judged.at(-1);
  if (newest === undefined || newest.confirmed) return false;
  return kOfN(
    judged.map(({ worse }) => !worse),
    persistWindows,
    ofWindows,
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** The sentence that says why, with numbers. */
export function describeLoss(
  performance: Performance,
  reference: ReferenceLoss,
  window: { number: number; modelVersion: number },
  settings: Pick<Settings, 'lossTolerance' | 'persistWindows' | 'ofWindows'>,
): string {
  const { loss, labelled, pValue } = performance;
  const classes = reference.task === 'classification';
  const value = (of: number) => (classes ? percent(of) : of.toPrecision(4));
  const allowed = classes ? `${(settings.lossTolerance * 100).toFixed(1)} points` : percent(settings.lossTolerance);
  return (
    `${classes ? 'Error rate' : 'Mean squared error'} ${value(loss ?? 0)} over ${labelled} labelled predictions of window ${window.number}, ` +
    `against ${value(reference.loss)} over ${reference.rows} rows of the hold-out of version ${window.modelVersion} ` +
    `(rise of ${allowed} allowed, p ${pText(pValue ?? 1)}); worse in at least ${settings.persistWindows} of the last ${settings.ofWindows} judged windows.`
  );
}
