import type { PreparedWaterfall, WaterfallRow } from '../prepare/waterfall.ts';
import { ChartFrame } from './chart-frame.tsx';

const percent = (share: number) => `${share * 100}%`;

const Bar = ({ row }: { row: WaterfallRow }) => {
  if (row.kind === 'total')
    return (
      <line
        x1={percent(row.to)}
        x2={percent(row.to)}
        y1="2"
        y2="26"
        stroke={row.colour}
        strokeWidth={3}
        strokeLinecap="round"
      />
    );
  return (
    <>
      <rect
        x={percent(Math.min(row.from, row.to))}
        y="7"
        width={percent(Math.max(Math.abs(row.to - row.from), 0.003))}
        height="14"
        rx="2"
        fill={row.colour}
        fillOpacity={row.kind === 'rest' ? 0.5 : 0.85}
      />
      {row.low === null || row.high === null ? null : (
        <>
          <line x1={percent(row.low)} x2={percent(row.high)} y1="14" y2="14" stroke="var(--ink)" strokeWidth={1.5} />
          {[row.low, row.high].map((end, at) => (
            <line key={at} x1={percent(end)} x2={percent(end)} y1="10" y2="18" stroke="var(--ink)" strokeWidth={1.5} />
          ))}
        </>
      )}
    </>
  );
};

/** Bars that lead from one value to another, each with its interval. */
export const WaterfallChart = ({ title, prepared }: { title: string; prepared: PreparedWaterfall }) => (
  <ChartFrame title={title} prepared={prepared} height={Math.max(120, prepared.rows.length * 34 + 24)}>
    <ul>
      {prepared.rows.map((row, at) => (
        <li
          key={`${row.label} ${at}`}
          className="grid min-h-8 grid-cols-[7rem_minmax(0,1fr)] items-center gap-x-3 sm:grid-cols-[9rem_minmax(0,1fr)_16rem]"
        >
          <span className="truncate" title={row.label}>
            {row.label}
          </span>
          <svg aria-hidden width="100%" height={28} className="overflow-visible">
            <Bar row={row} />
            {at === prepared.rows.length - 1 ? null : (
              <line
                x1={percent(row.to)}
                x2={percent(row.to)}
                y1="14"
                y2="46"
                stroke="var(--line-strong)"
                strokeDasharray="2 3"
              />
            )}
          </svg>
          <span className="col-span-2 text-right text-xs text-muted tabular-nums sm:col-span-1">{row.text}</span>
        </li>
      ))}
    </ul>
    <div aria-hidden className="ml-31 flex justify-between text-2xs text-muted sm:mr-67 sm:ml-39">
      {prepared.ticks.map((tick) => (
        <span key={tick.at}>{tick.label}</span>
      ))}
    </div>
  </ChartFrame>
);
