import type uPlot from 'uplot';
import { formatDuration, formatNumber, formatPercent } from '../../ui/format.ts';
import type { PreparedSeries, Unit } from '../prepare/series.ts';
import { timeTicks } from '../prepare/time-ticks.ts';
import { resolveColour } from './theme-colours.ts';
import { valueBox } from './value-box.ts';

export interface Place {
  element: HTMLElement;
  widthPx: number;
  heightPx: number;
  syncKey: string | undefined;
  onZoom: (from: number, to: number) => void;
  /** What is drawn now: new values come into a plot that is there. */
  latest: () => PreparedSeries;
}

const tickText = (unit: Unit, value: number): string =>
  unit === 'share' ? formatPercent(value) : unit === 'durationMs' ? formatDuration(value) : formatNumber(value);

/** Nobody logs half a step. */
const wholeSteps = Array.from({ length: 16 }, (_none, power) => [1, 2, 5].map((part) => part * 10 ** power)).flat();

/** Vertical lines (deployments) and the threshold, below the lines of the series. */
const drawMarks = (prepared: PreparedSeries, mute: string, warn: string, ratio: number) => (plot: uPlot) => {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = ratio;
  ctx.setLineDash([4 * ratio, 4 * ratio]);
  ctx.font = `${11 * ratio}px sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  for (const mark of prepared.marks) {
    const x = Math.round(plot.valToPos(mark.x, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = mute;
    ctx.fillStyle = mute;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(mark.label, x + 4 * ratio, bbox.top + 11 * ratio);
  }
  if (prepared.threshold) {
    const y = Math.round(plot.valToPos(prepared.threshold.value, 'y', true));
    ctx.strokeStyle = warn;
    ctx.fillStyle = warn;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillText(prepared.threshold.label, bbox.left + 4 * ratio, y - 4 * ratio);
  }
  ctx.restore();
};

/** uPlot's options for a prepared chart; draws what was prepared and decides nothing. */
export const plotOptions = (
  prepared: PreparedSeries,
  { element, widthPx, heightPx, syncKey, onZoom, latest }: Place,
): uPlot.Options => {
  const colour = (name: string) => resolveColour(element, name);
  const [line, muted, warn] = [colour('var(--line)'), colour('var(--muted)'), colour('var(--warn)')];
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (const entry of prepared.lines) {
    const stroke = colour(entry.colour);
    const pale = stroke.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.55)');
    const single = entry.ys.filter((value) => value !== null && value !== undefined).length < 2;
    series.push({
      label: entry.label,
      stroke: entry.pale ? pale : stroke,
      width: entry.pale ? 1.25 : 1.75,
      ...(entry.uncertain ? { dash: [2, 3] } : {}),
      spanGaps: false,
      points: { show: single, size: 5, fill: stroke },
    });
    if (entry.lows && entry.highs) {
      const at = series.length;
      series.push(
        { stroke: 'transparent', width: 0, points: { show: false } },
        { stroke: 'transparent', width: 0, points: { show: false } },
      );
      bands.push({ series: [at + 1, at], fill: stroke.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.15)') });
    }
  }
  const axis: uPlot.Axis = {
    stroke: muted,
    font: '11px system-ui, sans-serif',
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 4 },
  };
  const values = [
    ...prepared.lines.flatMap((entry) => [...entry.ys, ...(entry.lows ?? []), ...(entry.highs ?? [])]),
    prepared.threshold?.value ?? null,
  ].filter((value) => value !== null && value !== undefined);
  return {
    width: widthPx,
    height: heightPx,
    series,
    bands,
    ms: 1,
    legend: { show: false },
    padding: [10, 10, 0, 0],
    scales: {
      x: { time: prepared.xKind === 'time' },
      y: prepared.threshold
        ? {
            range: (_plot, low, high) => {
              const pad = (Math.max(high, ...values) - Math.min(low, ...values)) * 0.08 || 1;
              return [Math.min(low, ...values) - pad, Math.max(high, ...values) + pad];
            },
          }
        : prepared.logarithmic
          ? { distr: 3 }
          : {},
    },
    axes: [
      {
        ...axis,
        space: 70,
        label: { step: 'Step', elapsed: 'Time since the start', time: '' }[prepared.xKind],
        labelFont: '11px system-ui, sans-serif',
        labelSize: prepared.xKind === 'time' ? 0 : 16,
        labelGap: 0,
        ...(prepared.xKind === 'time' ? {} : { size: 30 }),
        ...(prepared.xKind === 'step' ? { incrs: wholeSteps } : {}),
        ...(prepared.xKind === 'time' ? { values: (_plot: uPlot, ticks: number[]) => timeTicks(ticks) } : {}),
        ...(prepared.xKind === 'elapsed'
          ? { values: (_plot: uPlot, ticks: number[]) => ticks.map(formatDuration) }
          : {}),
      },
      { ...axis, size: 66, values: (_plot, ticks) => ticks.map((tick) => tickText(prepared.unit, tick)) },
    ],
    cursor: {
      drag: { x: true, y: false, setScale: true },
      points: { size: 6 },
      ...(syncKey ? { sync: { key: syncKey } } : {}),
    },
    plugins: [valueBox(latest)],
    hooks: {
      drawAxes: [drawMarks(prepared, muted, warn, devicePixelRatio)],
      setSelect: [
        (plot) => {
          if (plot.select.width > 0)
            onZoom(plot.posToVal(plot.select.left, 'x'), plot.posToVal(plot.select.left + plot.select.width, 'x'));
        },
      ],
    },
  };
};
