import type { PreparedShares } from '../prepare/shares.ts';
import { ChartFrame } from './chart-frame.tsx';

/** Parts of a whole as one stacked bar with words below. */
export const TrafficBar = ({ title, prepared }: { title: string; prepared: PreparedShares }) => (
  <ChartFrame title={title} prepared={prepared} height={80}>
    <svg aria-hidden width="100%" height={22} className="rounded">
      {prepared.parts.map((part) => (
        <rect
          key={part.label}
          x={`${part.from * 100}%`}
          y="0"
          width={`${Math.max(0, part.to - part.from) * 100}%`}
          height="22"
          fill={part.colour}
          stroke="var(--surface)"
          strokeWidth={2}
        />
      ))}
    </svg>
    <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-xs">
      {prepared.parts.map((part) => (
        <li key={part.label} className="inline-flex items-center gap-1.5">
          <svg aria-hidden width="10" height="10">
            <rect width="10" height="10" rx="2" fill={part.colour} />
          </svg>
          {part.label} <span className="font-medium tabular-nums">{part.text}</span>
        </li>
      ))}
    </ul>
  </ChartFrame>
);
