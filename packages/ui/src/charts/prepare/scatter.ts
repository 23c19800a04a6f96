import { formatNumber } from '../../ui/format.ts';
import type { Described } from './chart.ts';
import { type ParallelAxis, scaleOf } from './parallel.ts';

export interface ScatterInput {
  id: string;
  label: string;
  x: number | string | null;
  y: number | string | null;
}
export interface PreparedScatter extends Described {
  xTicks: ParallelAxis['ticks'];
  yTicks: ParallelAxis['ticks'];
  xLabel: string;
  yLabel: string;
  points: { id: string; label: string; x: number; y: number; text: string }[];
}

const shown = (value: number | string | null) => (typeof value === 'string' ? value : formatNumber(value));

/** One value against another. Entities that lack either are not drawn, and counted. */
export const prepareScatter = (
  input: readonly ScatterInput[],
  { xLabel, yLabel }: { xLabel: string; yLabel: string },
): PreparedScatter => {
  const [xScale, yScale] = [scaleOf(input.map((one) => one.x)), scaleOf(input.map((one) => one.y))];
  const points = input.flatMap((one) => {
    const [x, y] = [xScale.place(one.x), yScale.place(one.y)];
    return x === null || y === null
      ? []
      : [
          {
            id: one.id,
            label: one.label,
            x,
            y,
            text: `${one.label}: ${xLabel} ${shown(one.x)}, ${yLabel} ${shown(one.y)}`,
          },
        ];
  });
  const lacking = input.length - points.length;
  return {
    xLabel,
    yLabel,
    points,
    xTicks: xScale.ticks,
    yTicks: yScale.ticks,
    note: lacking > 0 ? `${lacking} of ${input.length} lack a value` : null,
    sentence: `${points.length} points, ${yLabel} against ${xLabel}.`,
    table: { head: ['', xLabel, yLabel], rows: input.map((one) => [one.label, shown(one.x), shown(one.y)]) },
  };
};
