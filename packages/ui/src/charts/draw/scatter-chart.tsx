import type { PreparedScatter } from '../prepare/scatter.ts';
import { ChartFrame } from './chart-frame.tsx';
import { useWidth } from './use-width.ts';

interface Props {
  title: string;
  prepared: PreparedScatter;
  selected: ReadonlySet<string>;
  onSelect: (ids: readonly string[]) => void;
  height?: number;
}
const left = 62;
const right = 16;
const top = 12;
const bottom = 42;

/** One value against another, a point per entity. A click chooses it, here and wherever the selection is shared. */
export const ScatterChart = ({ title, prepared, selected, onSelect, height = 300 }: Props) => {
  const [holder, width] = useWidth<HTMLDivElement>();
  const x = (at: number) => left + at * Math.max(0, width - left - right);
  const y = (at: number) => top + (1 - at) * (height - top - bottom);
  const some = selected.size > 0;
  return (
    <ChartFrame title={title} prepared={prepared} height={height}>
      <div ref={holder} style={{ height }}>
        <svg aria-hidden width={width} height={height} className="block text-2xs">
          {prepared.yTicks.map((tick) => (
            <g key={tick.at}>
              <line x1={left} x2={width - right} y1={y(tick.at)} y2={y(tick.at)} stroke="var(--line)" />
              <text x={left - 6} y={y(tick.at) + 4} textAnchor="end" fill="var(--muted)">
                {tick.label.slice(0, 10)}
              </text>
            </g>
          ))}
          {prepared.xTicks.map((tick) => (
            <text
              key={tick.at}
              x={x(tick.at)}
              y={height - bottom + 16}
              textAnchor={tick.at === 0 ? 'start' : tick.at === 1 ? 'end' : 'middle'}
              fill="var(--muted)"
            >
              {tick.label.slice(0, 12)}
            </text>
          ))}
          <text x={(left + width - right) / 2} y={height - 6} textAnchor="middle" fill="var(--ink)">
            {prepared.xLabel}
          </text>
          {[...prepared.points]
            .sort((a, b) => Number(selected.has(a.id)) - Number(selected.has(b.id)))
            .map((point) => {
              const chosen = selected.has(point.id);
              return (
                <circle
                  key={point.id}
                  cx={x(point.x)}
                  cy={y(point.y)}
                  r={chosen ? 6 : 4.5}
                  fill={some && !chosen ? 'var(--line-strong)' : 'var(--series-1)'}
                  fillOpacity={some && !chosen ? 0.4 : 0.75}
                  stroke={chosen ? 'var(--ink)' : 'var(--surface)'}
                  className="cursor-pointer"
                  onClick={() =>
                    onSelect(chosen ? [...selected].filter((id) => id !== point.id) : [...selected, point.id])
                  }
                >
                  <title>{point.text}</title>
                </circle>
              );
            })}
        </svg>
      </div>
    </ChartFrame>
  );
};
