import type { PreparedIntervals } from '../prepare/intervals.ts';
import { ChartFrame } from './chart-frame.tsx';

/** A value with its interval per row, and the line of no difference. */
export const IntervalPlot = ({ title, prepared }: { title: string; prepared: PreparedIntervals }) => (
  <ChartFrame title={title} prepared={prepared} height={Math.max(100, prepared.rows.length * 34 + 24)}>
    <ul>
      {prepared.rows.map((row) => (
        <li
          key={row.label}
          className="grid min-h-8 grid-cols-[6rem_minmax(0,1fr)] items-center gap-x-3 sm:grid-cols-[7rem_minmax(0,1fr)_14rem]"
        >
          <span className="truncate" title={row.label}>
            {row.label}
          </span>
          <svg aria-hidden width="100%" height={24} className="overflow-visible">
            {prepared.zero === null ? null : (
              <line
                x1={`${prepared.zero * 100}%`}
                x2={`${prepared.zero * 100}%`}
                y1="0"
                y2="24"
                stroke="var(--line-strong)"
                strokeDasharray="3 3"
              />
            )}
            <line
              x1={`${row.low * 100}%`}
              x2={`${row.high * 100}%`}
              y1="12"
              y2="12"
              stroke={row.colour}
              strokeWidth={3}
              strokeLinecap="round"
            />
            <circle
              cx={`${row.value * 100}%`}
              cy="12"
              r="5"
              fill={row.colour}
              stroke="var(--surface)"
              strokeWidth={1.5}
            />
          </svg>
          <span className="col-span-2 text-right text-xs text-muted tabular-nums sm:col-span-1">{row.text}</span>
        </li>
      ))}
    </ul>
    <div aria-hidden className="ml-27 flex justify-between sm:mr-59 sm:ml-31 text-2xs text-muted">
      {prepared.ticks.map((tick) => (
        <span key={tick.at}>{tick.label}</span>
      ))}
    </div>
  </ChartFrame>
);
