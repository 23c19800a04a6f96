import { formatNumber } from '../../ui/format.ts';
import type { Described } from './chart.ts';
import { colourOf } from './colours.ts';

export interface WaterfallStep {
  label: string;
  value: number;
  /** The interval of the step; null: nothing tells it. */
  low: number | null;
  high: number | null;
  /** What nothing explains is drawn as such. */
  isRest?: boolean;
}
export interface WaterfallRow {
  label: string;
  kind: 'total' | 'step' | 'rest';
  colour: string;
  /** Ends of the bar, from 0 to 1; of a total both are its place. */
  from: number;
  to: number;
  /** The interval around the end of the bar. */
  low: number | null;
  high: number | null;
  text: string;
}
export interface PreparedWaterfall extends Described {
  rows: WaterfallRow[];
  ticks: { at: number; label: string }[];
}

const signed = (value: number): string => (value > 0 ? `+${formatNumber(value)}` : formatNumber(value));
const intervalText = ({ low, high }: WaterfallStep): string =>
  low === null || high === null ? '' : ` (${signed(low)} to ${signed(high)})`;

/** From one value to another in steps, each bar beginning where the one before ends. */
export const prepareWaterfall = (
  start: { label: string; value: number },
  steps: readonly WaterfallStep[],
  end: { label: string; value: number },
  what: string,
): PreparedWaterfall => {
  let level = start.value;
  const placed = steps.map((step) => {
    const from = level;
    level += step.value;
    return { step, from, to: level };
  });
  const ends = [
    start.value,
    end.value,
    ...placed.flatMap(({ step, from, to }) => [to, from + (step.low ?? step.value), from + (step.high ?? step.value)]),
  ];
  const [least, greatest] = [Math.min(...ends), Math.max(...ends)];
  const pad = (greatest - least || Math.abs(greatest) || 1) * 0.06;
  const origin = least - pad;
  const width = greatest + pad - origin;
  const place = (value: number) => (value - origin) / width;
  const total = ({ label, value }: { label: string; value: number }): WaterfallRow => ({
    label,
    kind: 'total',
    colour: 'var(--ink)',
    from: place(value),
    to: place(value),
    low: null,
    high: null,
    text: formatNumber(value),
  });
  return {
    rows: [
      total(start),
      ...placed.map(
        ({ step, from, to }): WaterfallRow => ({
          label: step.label,
          kind: step.isRest ? 'rest' : 'step',
          colour: step.isRest ? 'var(--reference)' : colourOf(step.value < 0 ? 'decrease' : 'increase'),
          from: place(from),
          to: place(to),
          low: step.low === null ? null : place(from + step.low),
          high: step.high === null ? null : place(from + step.high),
          text: `${signed(step.value)}${intervalText(step)}`,
        }),
      ),
      total(end),
    ],
    ticks: [0, 0.5, 1].map((at) => ({ at, label: formatNumber(origin + at * width) })),
    note: null,
    sentence: `${what} from ${formatNumber(start.value)} to ${formatNumber(end.value)}: ${steps
      .map((step) => `${step.label} ${signed(step.value)}${intervalText(step)}`)
      .join('; ')}.`,
    table: {
      head: ['', 'Part', 'Low', 'High', 'Then'],
      rows: [
        [start.label, '', '', '', formatNumber(start.value)],
        ...placed.map(({ step, to }) => [
          step.label,
          signed(step.value),
          step.low === null ? '–' : signed(step.low),
          step.high === null ? '–' : signed(step.high),
          formatNumber(to),
        ]),
        [end.label, '', '', '', formatNumber(end.value)],
      ],
    },
  };
};
