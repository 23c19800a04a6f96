import type { PreparedCurve } from '../prepare/curve.ts';
import { ChartFrame } from './chart-frame.tsx';
import { useWidth } from './use-width.ts';

const left = 56;
const right = 16;
const top = 10;
const bottom = 42;
const widestPx = 560;

/** One value over another: straight between the points, a gap where there is none. */
export const CurveChart = ({
  title,
  prepared,
  height = 320,
}: {
  title: string;
  prepared: PreparedCurve;
  height?: number;
}) => {
  const [holder, fullWidth] = useWidth<HTMLDivElement>();
  const width = Math.min(fullWidth, widestPx);
  const x = (at: number) => left + at * Math.max(0, width - left - right);
  const y = (at: number) => top + (1 - at) * (height - top - bottom);
  return (
    <ChartFrame title={title} prepared={prepared} height={height} legend={prepared.lines}>
      <div ref={holder} style={{ height }}>
        <svg aria-hidden width={width} height={height} className="block text-2xs">
          {prepared.yTicks.map((tick) => (
            <g key={tick.at}>
              <line x1={left} x2={width - right} y1={y(tick.at)} y2={y(tick.at)} stroke="var(--line)" />
              <text x={left - 6} y={y(tick.at) + 4} textAnchor="end" fill="var(--muted)">
                {tick.label}
              </text>
            </g>
          ))}
          {prepared.xTicks.map((tick) => (
            <text key={tick.at} x={x(tick.at)} y={height - bottom + 16} textAnchor="middle" fill="var(--muted)">
              {tick.label}
            </text>
          ))}
          <text x={(left + width - right) / 2} y={height - 6} textAnchor="middle" fill="var(--ink)">
            {prepared.xLabel}
          </text>
          <text
            transform={`translate(12 ${(top + height - bottom) / 2}) rotate(-90)`}
            textAnchor="middle"
            fill="var(--ink)"
          >
            {prepared.yLabel}
          </text>
          {prepared.guess ? (
            <line
              x1={x(0)}
              x2={x(1)}
              y1={y(prepared.guess.from)}
              y2={y(prepared.guess.to)}
              stroke="var(--reference)"
              strokeDasharray="4 4"
            />
          ) : null}
          {prepared.lines.map((line) =>
            line.pieces.map((piece, index) =>
              piece.length === 1 ? (
                <circle key={index} cx={x(piece[0]?.x ?? 0)} cy={y(piece[0]?.y ?? 0)} r={3} fill={line.colour} />
              ) : (
                <polyline
                  key={index}
                  points={piece.map((point) => `${x(point.x)},${y(point.y)}`).join(' ')}
                  fill="none"
                  stroke={line.colour}
                  strokeWidth={2}
                  strokeLinejoin="round"
                />
              ),
            ),
          )}
        </svg>
      </div>
    </ChartFrame>
  );
};
