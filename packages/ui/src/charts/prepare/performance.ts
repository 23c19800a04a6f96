import type { Window } from '@millwright/contract';
import { formatNumber, formatPercent } from '../../ui/format.ts';
import { type PreparedSeries, type SeriesMark, formatX, prepareSeries } from './series.ts';

export interface PerformanceOptions {
  /** Classification: the loss is the share of wrong answers. Regression: the mean squared error. */
  task: 'classification' | 'regression';
  /** Of the error rate (classification), as a share of the reference (regression). */
  lossTolerance: number;
  minLabelCoverage: number;
  /** Promotions and other deployments. */
  marks: readonly SeriesMark[];
}
export interface PreparedPerformance {
  loss: PreparedSeries;
  coverage: PreparedSeries;
}

const inOrder = (windows: readonly Window[]) => [...windows].sort((a, b) => a.number - b.number);
export const toleratedLoss = (reference: number, { task, lossTolerance }: PerformanceOptions): number =>
  task === 'classification' ? reference + lossTolerance : reference * (1 + lossTolerance);

/**
 * Loss per window over time: solid where it was judged; pale and dotted where labels are still awaited, beginning at the
 * judged neighbour so that the lines meet; the reference with its tolerance as a band. Below it the label coverage.
 */
export const preparePerformance = (input: readonly Window[], options: PerformanceOptions): PreparedPerformance => {
  const windows = inOrder(input);
  const unit = options.task === 'classification' ? 'share' : 'number';
  const text = (value: number | null) =>
    value === null ? '–' : unit === 'share' ? formatPercent(value) : formatNumber(value);
  const awaits = (window: Window | undefined) => window !== undefined && window.performance.state !== 'judged';
  const what = options.task === 'classification' ? 'Error rate' : 'Mean squared error';
  const drawn = prepareSeries(
    [
      {
        entity: 'champion',
        label: 'Judged',
        points: windows.map((window) => ({
          x: window.endAt,
          y: awaits(window) ? null : window.performance.loss,
        })),
      },
      {
        entity: 'champion',
        label: 'Waiting for labels',
        uncertain: true,
        points: windows.map((window, index) => ({
          x: window.endAt,
          y:
            awaits(window) || awaits(windows[index - 1]) || awaits(windows[index + 1]) ? window.performance.loss : null,
        })),
      },
      {
        entity: 'reference',
        label: 'Reference with tolerance',
        points: windows.map(({ endAt, performance: { referenceLoss } }) => ({
          x: endAt,
          y: referenceLoss,
          low: referenceLoss,
          high: referenceLoss === null ? null : toleratedLoss(referenceLoss, options),
        })),
      },
    ],
    { what, xKind: 'time', unit, marks: options.marks },
  );
  const judged = windows.filter((window) => !awaits(window) && window.performance.loss !== null);
  const worse = judged.filter((window) => window.performance.worse);
  const last = judged.at(-1);
  const waiting = windows.filter((window) => window.performance.state === 'waiting-for-labels').length;
  const sentence = last
    ? `${what}: ${text(last.performance.loss)} in window ${last.number}, the last that was judged, against ${text(last.performance.referenceLoss)} of the reference. ${worse.length} of ${judged.length} judged windows are worse than tolerated; ${waiting} wait for labels.`
    : `${what}: no window was judged yet; ${waiting} wait for labels.`;
  const table = {
    head: ['Window', 'Ends', what, 'Reference', 'Labelled', 'State'],
    rows: windows.map(({ number, endAt, performance }) => [
      String(number),
      formatX('time', endAt),
      text(performance.loss),
      text(performance.referenceLoss),
      formatPercent(performance.coverage),
      performance.state === 'judged'
        ? performance.confirmed
          ? 'worse, confirmed'
          : performance.worse
            ? 'worse'
            : 'as expected'
        : performance.state.replaceAll('-', ' '),
    ]),
  };
  const coverage = prepareSeries(
    [
      {
        entity: 'labels',
        label: 'Label coverage',
        points: windows.map((window) => ({ x: window.endAt, y: window.performance.coverage })),
      },
    ],
    {
      what: 'Label coverage',
      xKind: 'time',
      unit: 'share',
      threshold: { value: options.minLabelCoverage, label: 'needed to judge' },
    },
  );
  return { loss: { ...drawn, sentence, table }, coverage };
};
