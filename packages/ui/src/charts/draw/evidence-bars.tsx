import { CircleDashed, CircleX, Trophy } from 'lucide-react';
import type { PreparedEvidence } from '../prepare/evidence.ts';
import { ChartFrame } from './chart-frame.tsx';

/** How far the evidence for each claim has come, and the line at which it decides. */
export const EvidenceBars = ({ title, prepared }: { title: string; prepared: PreparedEvidence }) => (
  <ChartFrame title={title} prepared={prepared} height={190}>
    <ul className="flex flex-col gap-3">
      {prepared.bars.map((bar) => {
        const colour = bar.outcome === 'promote' ? 'var(--good)' : 'var(--bad)';
        const Icon = !bar.reached ? CircleDashed : bar.outcome === 'promote' ? Trophy : CircleX;
        return (
          <li key={bar.kind}>
            <div className="flex flex-wrap items-center gap-x-3">
              <span className="inline-flex items-center gap-1.5 font-medium">
                <Icon aria-hidden size={13} className={bar.reached ? '' : 'text-faint'} />
                {bar.label}
              </span>
              <span className="min-w-0 flex-1 basis-52 text-xs text-muted">{bar.words}</span>
              <span className="text-xs tabular-nums">{bar.text}</span>
            </div>
            <svg aria-hidden width="100%" height={16} className="mt-0.5 block">
              <rect x="0" y="3" width="100%" height="10" rx="2" fill="var(--sunken)" />
              <rect
                x={`${prepared.threshold * 100}%`}
                y="3"
                width={`${(1 - prepared.threshold) * 100}%`}
                height="10"
                fill={colour}
                fillOpacity={0.16}
              />
              <rect x="0" y="5" width={`${bar.value * 100}%`} height="6" rx="1" fill={colour} />
              <line
                x1={`${prepared.threshold * 100}%`}
                x2={`${prepared.threshold * 100}%`}
                y1="0"
                y2="16"
                stroke="var(--ink)"
                strokeWidth={2}
              />
            </svg>
          </li>
        );
      })}
    </ul>
    <p className="mt-2 text-xs text-muted">
      {prepared.sentence.slice(prepared.sentence.indexOf('The threshold is'))} The scale is logarithmic.
    </p>
  </ChartFrame>
);
