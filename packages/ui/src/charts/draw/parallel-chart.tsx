import { type PointerEvent, useRef, useState } from 'react';
import type { PreparedParallel } from '../prepare/parallel.ts';
import { linesWithin } from '../prepare/parallel.ts';
import { ChartFrame } from './chart-frame.tsx';
import { useWidth } from './use-width.ts';

interface Props {
  title: string;
  prepared: PreparedParallel;
  selected: ReadonlySet<string>;
  /** Which lines are chosen, after a click on one or after dragging along an axis. */
  onSelect: (ids: readonly string[]) => void;
  height?: number;
}
const top = 30;
const bottom = 16;
const sidePx = 56;
const leastGapPx = 110;
type Spans = Record<number, [number, number]>;

/** Straight segments between neighbouring axes; a line stops where it has no value. */
const pathOf = (points: readonly (number | null)[], x: (axis: number) => number, y: (at: number) => number) => {
  let pen = 'M';
  return points
    .map((at, axis) => {
      if (at === null) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${x(axis).toFixed(1)},${y(at).toFixed(1)}`;
      pen = 'L';
      return step;
    })
    .join('');
};

/** Lines through axes. Dragging along an axis chooses those that pass there; the deeper the colour the higher on the last axis. */
export const ParallelChart = ({ title, prepared, selected, onSelect, height = 300 }: Props) => {
  const [holder, width] = useWidth<HTMLDivElement>();
  const [spans, setSpans] = useState<Spans>({});
  const drag = useRef<{ axis: number; from: number } | null>(null);
  const count = prepared.axes.length;
  const drawn = Math.max(width, 2 * sidePx + (count - 1) * leastGapPx);
  const x = (axis: number) => (count === 1 ? drawn / 2 : sidePx + (axis * (drawn - 2 * sidePx)) / (count - 1));
  const y = (at: number) => top + (1 - at) * (height - top - bottom);
  const placeOf = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
    return Math.max(0, Math.min(1, 1 - (event.clientY - (box?.top ?? 0) - top) / (height - top - bottom)));
  };
  const apply = (next: Spans) => {
    setSpans(next);
    onSelect(Object.keys(next).length === 0 ? [] : linesWithin(prepared.lines, next));
  };
  const without = (axis: number): Spans =>
    Object.fromEntries(Object.entries(spans).filter(([at]) => Number(at) !== axis));
  const some = selected.size > 0;
  return (
    <ChartFrame title={title} prepared={prepared} height={height}>
      <div
        ref={holder}
        className="overflow-x-auto"
        tabIndex={drawn > width ? 0 : undefined}
        role="group"
        aria-label={title}
      >
        <svg aria-hidden width={drawn} height={height} className="block text-2xs select-none">
          {[...prepared.lines]
            .sort((a, b) => Number(selected.has(a.id)) - Number(selected.has(b.id)))
            .map((line) => {
              const chosen = selected.has(line.id);
              return (
                <path
                  key={line.id}
                  d={pathOf(line.points, x, y)}
                  fill="none"
                  className="cursor-pointer"
                  stroke={
                    some && !chosen
                      ? 'var(--line-strong)'
                      : `color-mix(in oklab, var(--series-1) ${Math.round(35 + (line.shade ?? 0) * 65)}%, var(--line-strong))`
                  }
                  strokeOpacity={some && !chosen ? 0.25 : 0.85}
                  strokeWidth={chosen ? 2.25 : 1.25}
                  onClick={() =>
                    onSelect(chosen ? [...selected].filter((id) => id !== line.id) : [...selected, line.id])
                  }
                >
                  <title>{line.label}</title>
                </path>
              );
            })}
          {prepared.axes.map((axis, index) => {
            const span = spans[index];
            return (
              <g key={axis.id}>
                <line x1={x(index)} x2={x(index)} y1={y(1)} y2={y(0)} stroke="var(--line-strong)" />
                <text x={x(index)} y={14} textAnchor="middle" fill="var(--ink)" fontWeight={600}>
                  {axis.label.length > 20 ? `${axis.label.slice(0, 19)}…` : axis.label}
                  <title>{axis.label}</title>
                </text>
                {axis.ticks.map((tick) => (
                  <text
                    key={tick.at}
                    x={x(index) + (index === count - 1 ? -5 : 5)}
                    y={y(tick.at) + 3.5}
                    textAnchor={index === count - 1 ? 'end' : 'start'}
                    fill="var(--muted)"
                    stroke="var(--surface)"
                    strokeWidth={3}
                    paintOrder="stroke"
                  >
                    {tick.label.length > 14 ? `${tick.label.slice(0, 13)}…` : tick.label}
                  </text>
                ))}
                {span ? (
                  <rect
                    x={x(index) - 6}
                    width={12}
                    y={y(span[1])}
                    height={Math.max(2, y(span[0]) - y(span[1]))}
                    fill="var(--accent)"
                    fillOpacity={0.25}
                    stroke="var(--accent)"
                  />
                ) : null}
                <rect
                  x={x(index) - 9}
                  width={18}
                  y={top - 8}
                  height={height - top - bottom + 16}
                  fill="transparent"
                  className="cursor-ns-resize touch-none"
                  onPointerDown={(event) => {
                    event.currentTarget.setPointerCapture(event.pointerId);
                    drag.current = { axis: index, from: placeOf(event) };
                  }}
                  onPointerMove={(event) => {
                    if (drag.current?.axis !== index) return;
                    const [a, b] = [drag.current.from, placeOf(event)];
                    if (Math.abs(a - b) > 0.01) setSpans({ ...spans, [index]: [Math.min(a, b), Math.max(a, b)] });
                  }}
                  onPointerUp={(event) => {
                    const from = drag.current?.from ?? 0;
                    const to = placeOf(event);
                    drag.current = null;
                    apply(
                      Math.abs(from - to) > 0.01
                        ? { ...spans, [index]: [Math.min(from, to), Math.max(from, to)] }
                        : without(index),
                    );
                  }}
                />
              </g>
            );
          })}
        </svg>
      </div>
    </ChartFrame>
  );
};
