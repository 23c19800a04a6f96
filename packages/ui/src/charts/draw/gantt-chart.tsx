import { statusLook } from '../../ui/status.ts';
import type { PreparedGantt } from '../prepare/gantt.ts';
import { ChartFrame } from './chart-frame.tsx';

const fills = {
  good: 'var(--good)',
  warn: 'var(--warn)',
  bad: 'var(--bad)',
  info: 'var(--info)',
  idle: 'var(--line-strong)',
};

/** When each step ran. A click on a row chooses it. */
export const GanttChart = ({
  title,
  prepared,
  chosen,
  onChoose,
}: {
  title: string;
  prepared: PreparedGantt;
  chosen?: string;
  onChoose?: (id: string) => void;
}) => (
  <ChartFrame title={title} prepared={prepared} height={Math.max(100, prepared.bars.length * 28 + 24)}>
    <div className="relative">
      <div aria-hidden className="relative mr-20 ml-24 hidden h-5 sm:mr-28 sm:ml-32 sm:block text-2xs text-muted">
        {prepared.ticks.map((tick) => (
          <span
            key={tick.label}
            className="absolute -translate-x-1/2 whitespace-nowrap first:translate-x-0"
            style={{ left: `${tick.at * 100}%` }}
          >
            {tick.label}
          </span>
        ))}
      </div>
      <ul>
        {prepared.bars.map((bar) => {
          const { tone, word } = statusLook(bar.state);
          return (
            <li key={bar.id}>
              <button
                type="button"
                onClick={() => onChoose?.(bar.id)}
                aria-pressed={chosen === bar.id}
                className={`flex min-h-7 w-full items-center rounded text-left hover:bg-hover ${chosen === bar.id ? 'bg-accent-soft' : ''}`}
              >
                <span className="w-24 shrink-0 truncate px-1.5 sm:w-32">{bar.label}</span>
                <span className="relative h-4 min-w-0 flex-1 border-l border-line">
                  <span
                    aria-hidden
                    className={`absolute inset-y-0 rounded-sm ${bar.open ? 'motion-safe:animate-pulse' : ''}`}
                    style={{
                      left: `${bar.from * 100}%`,
                      width: `max(${bar.to > bar.from ? 3 : 0}px, ${(bar.to - bar.from) * 100}%)`,
                      background: fills[tone],
                    }}
                  />
                </span>
                <span className="w-20 shrink-0 px-1.5 sm:w-28 text-right text-xs text-muted tabular-nums">
                  {bar.text ? <span className="text-ink">{bar.text} </span> : null}
                  <span className="sr-only">, </span>
                  {bar.text ? '' : word}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  </ChartFrame>
);
