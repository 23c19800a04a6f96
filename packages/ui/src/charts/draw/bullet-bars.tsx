import type { PreparedBullets } from '../prepare/bullet.ts';
import { Status } from '../../ui/badge.tsx';
import { ChartFrame } from './chart-frame.tsx';

/** Value (bar), threshold (line), baseline (ring) and the allowed side (shade), one row per condition. */
export const BulletBars = ({ title, prepared }: { title: string; prepared: PreparedBullets }) => (
  <ChartFrame title={title} prepared={prepared} height={Math.max(120, prepared.bullets.length * 44)}>
    <ul className="flex flex-col gap-2">
      {prepared.bullets.map((bullet) => (
        <li
          key={bullet.label}
          className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 sm:grid-cols-[11rem_minmax(0,1fr)_9rem_6.5rem]"
        >
          <span className="truncate" title={bullet.label}>
            {bullet.label}
          </span>
          <svg aria-hidden height={18} width="100%" className="order-last col-span-2 sm:order-none sm:col-span-1">
            <rect x="0" y="3" width="100%" height="12" rx="2" fill="var(--sunken)" />
            <rect
              x={`${bullet.allowedFrom * 100}%`}
              y="3"
              width={`${Math.max(0, bullet.allowedTo - bullet.allowedFrom) * 100}%`}
              height="12"
              fill="var(--good)"
              fillOpacity={0.16}
            />
            {bullet.value === null ? null : (
              <rect
                x={`${Math.min(bullet.zero, bullet.value) * 100}%`}
                y="6"
                width={`${Math.abs(bullet.value - bullet.zero) * 100}%`}
                height="6"
                rx="1"
                fill={bullet.passed ? 'var(--good)' : 'var(--bad)'}
              />
            )}
            {bullet.threshold === null ? null : (
              <line
                x1={`${bullet.threshold * 100}%`}
                x2={`${bullet.threshold * 100}%`}
                y1="1"
                y2="17"
                stroke="var(--ink)"
                strokeWidth={2}
              />
            )}
            {bullet.baseline === null ? null : (
              <circle
                cx={`${bullet.baseline * 100}%`}
                cy="9"
                r="4"
                fill="var(--surface)"
                stroke="var(--reference)"
                strokeWidth={2}
              />
            )}
          </svg>
          <span className="text-right text-xs tabular-nums text-muted">{bullet.text}</span>
          <Status state={bullet.skipped ? 'skipped' : bullet.passed ? 'passed' : 'failed'} quiet />
          {bullet.message ? <p className="order-last col-span-full text-xs text-muted">{bullet.message}</p> : null}
        </li>
      ))}
    </ul>
  </ChartFrame>
);
