import 'uplot/dist/uPlot.min.css';
import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import type { PreparedSeries } from '../prepare/series.ts';
import { ChartFrame } from './chart-frame.tsx';
import { type Place, plotOptions } from './plot-options.ts';
import { useThemeTurns } from './theme-colours.ts';
import { useWidth } from './use-width.ts';

export interface SeriesChartProps {
  title: string;
  prepared: PreparedSeries;
  height?: number;
  /** Charts with the same key show their crosshairs together. */
  syncKey?: string;
  /** A span was chosen by dragging. */
  onZoom?: (from: number, to: number) => void;
}

const dataOf = ({ xs, lines }: PreparedSeries): uPlot.AlignedData =>
  [
    xs.map(Number),
    ...lines.flatMap((line) => (line.lows && line.highs ? [line.ys, line.lows, line.highs] : [line.ys])),
  ] as uPlot.AlignedData;

const isBlank = ({ lines }: PreparedSeries) => lines.every(({ ys }) => ys.every((y) => typeof y !== 'number'));

const defaultHeightPx = 220;

const Plot = ({ prepared, height = defaultHeightPx, syncKey, onZoom }: Omit<SeriesChartProps, 'title'>) => {
  const [holder, width] = useWidth<HTMLDivElement>();
  const plot = useRef<uPlot | null>(null);
  const data = useMemo(() => dataOf(prepared), [prepared]);
  const ready = width > 0;
  const latest = useRef(prepared);
  useEffect(() => {
    latest.current = prepared;
  });
  const zoom = useEffectEvent((from: number, to: number) => onZoom?.(from, to));
  const makePlot = useEffectEvent((element: HTMLElement, place: Omit<Place, 'element' | 'widthPx'>) => {
    const options = plotOptions(prepared, { ...place, element, widthPx: element.clientWidth });
    return new uPlot(options, data, element);
  });
  useEffect(() => {
    const element = holder.current;
    if (element === null || !ready) return;
    const made = makePlot(element, {
      heightPx: height,
      syncKey,
      onZoom: (from, to) => zoom(from, to),
      latest: () => latest.current,
    });
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [height, syncKey, ready, holder]);
  useEffect(() => plot.current?.setData(data), [data]);
  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height });
  }, [width, height]);
  return (
    <div ref={holder} aria-hidden style={{ height }} className="relative w-full overflow-hidden">
      {prepared.xs.length === 0 || isBlank(prepared) ? (
        <p className="absolute inset-0 grid place-items-center text-faint">
          {prepared.xs.length === 0 ? 'No values yet' : 'All values are NaN or infinite'}
        </p>
      ) : null}
    </div>
  );
};

/** Lines over time or steps: straight segments, gaps where nothing is known, bands between bounds. */
export const SeriesChart = ({ title, prepared, height = defaultHeightPx, syncKey, onZoom }: SeriesChartProps) => {
  const turns = useThemeTurns();
  // A new plot is made only when its form or the theme changes; new values go into the one that is there.
  const form = JSON.stringify([
    turns,
    prepared.xKind,
    prepared.unit,
    prepared.logarithmic,
    prepared.lines.map((line) => [line.label, line.colour, line.uncertain, line.pale, line.lows !== null]),
    prepared.threshold,
    prepared.marks,
  ]);
  const legend = prepared.lines
    .filter((line) => !line.label.endsWith(', raw'))
    .map((line) => ({ label: line.label, colour: line.colour, pale: line.uncertain }));
  // One line that is called like the chart needs no legend.
  const isPlain = legend.length === 1 && legend[0]?.label === title;
  return (
    <ChartFrame title={title} prepared={prepared} height={height} legend={isPlain ? [] : legend}>
      <Plot
        key={form}
        prepared={prepared}
        height={height}
        {...(syncKey ? { syncKey } : {})}
        {...(onZoom ? { onZoom } : {})}
      />
    </ChartFrame>
  );
};
