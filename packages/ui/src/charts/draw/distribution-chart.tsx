import { formatPercent } from '../../ui/format.ts';
import type { PreparedDistribution } from '../prepare/distribution.ts';
import { ChartFrame } from './chart-frame.tsx';
import { useWidth } from './use-width.ts';

const left = 42;
const bottom = 22;

/** Current as bars, the reference as an outline over them. */
export const DistributionChart = ({
  title,
  prepared,
  height = 200,
}: {
  title: string;
  prepared: PreparedDistribution;
  height?: number;
}) => {
  const [holder, width] = useWidth<HTMLDivElement>();
  const plotWidth = Math.max(0, width - left - 8);
  const plotHeight = height - bottom - 8;
  const x = (share: number) => left + share * plotWidth;
  const y = (share: number) => 8 + (1 - share) * plotHeight;
  const outline = prepared.bars
    .map(
      (bar, index) => `${index === 0 ? 'M' : 'L'}${x(bar.from)},${y(bar.reference)}L${x(bar.to)},${y(bar.reference)}`,
    )
    .join('');
  const legend = prepared.hasReference
    ? [
        { label: 'Current', colour: 'var(--series-1)' },
        { label: 'Reference', colour: 'var(--reference)' },
      ]
    : [];
  return (
    <ChartFrame title={title} prepared={prepared} height={height} legend={legend}>
      <div ref={holder} style={{ height }}>
        <svg aria-hidden width={width} height={height} className="block overflow-visible text-2xs">
          {[0, 0.5, 1].map((at) => (
            <g key={at}>
              <line x1={left} x2={left + plotWidth} y1={y(at)} y2={y(at)} stroke="var(--line)" />
              <text x={left - 6} y={y(at) + 4} textAnchor="end" fill="var(--muted)">
                {formatPercent(at * prepared.maxShare)}
              </text>
            </g>
          ))}
          {prepared.bars.map((bar, index) => (
            <rect
              key={index}
              x={x(bar.from) + 0.5}
              y={y(bar.current)}
              width={Math.max(1, (bar.to - bar.from) * plotWidth - 1)}
              height={Math.max(0, bar.current * plotHeight)}
              fill="var(--series-1)"
              fillOpacity={prepared.hasReference ? 0.55 : 0.8}
            >
              <title>{`${bar.label}: ${formatPercent(bar.currentShare)}${prepared.hasReference ? `, reference ${formatPercent(bar.referenceShare)}` : ''}`}</title>
            </rect>
          ))}
          {prepared.hasReference ? <path d={outline} fill="none" stroke="var(--reference)" strokeWidth={2} /> : null}
          {prepared.ticks.map((tick, index) => (
            <text
              key={index}
              x={x(tick.at)}
              y={height - 6}
              textAnchor={tick.at === 0 ? 'start' : tick.at === 1 ? 'end' : 'middle'}
              fill="var(--muted)"
            >
              {tick.label.slice(0, 12)}
            </text>
          ))}
        </svg>
      </div>
    </ChartFrame>
  );
};
