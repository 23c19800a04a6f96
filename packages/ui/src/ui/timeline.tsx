import clsx from 'clsx';
import type { ReactNode } from 'react';
import { type Tone } from './status.ts';
import { RelativeTime } from './time.tsx';

export interface TimelineEntry {
  id: string;
  /** null: known to lie between its neighbours, no more. */
  at: number | null;
  tone?: Tone;
  title: ReactNode;
  text?: ReactNode;
  aside?: ReactNode;
}
const dots: Record<Tone, string> = {
  good: 'bg-good',
  warn: 'bg-warn',
  bad: 'bg-bad',
  info: 'bg-info',
  idle: 'bg-line-strong',
};

/** What happened one after the other, on a line. The dot only repeats what the title says. */
export const Timeline = ({ label, entries }: { label: string; entries: readonly TimelineEntry[] }) => (
  <ol aria-label={label} className="relative">
    {entries.map((entry) => (
      <li key={entry.id} className="group relative flex gap-3 pb-4 last:pb-0">
        <span aria-hidden className="absolute top-3 bottom-0 left-[4.5px] w-px bg-line group-last:hidden" />
        <span
          aria-hidden
          className={clsx('relative mt-1.5 size-2.5 shrink-0 rounded-full', dots[entry.tone ?? 'idle'])}
        />
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
            <div className="flex min-w-0 flex-1 basis-48 flex-wrap items-center gap-x-2 gap-y-1">{entry.title}</div>
            {entry.at === null ? null : (
              <span className="shrink-0 text-xs text-faint">
                <RelativeTime at={entry.at} />
              </span>
            )}
          </div>
          {entry.text ? <div className="mt-0.5 break-words text-muted">{entry.text}</div> : null}
        </div>
        {entry.aside}
      </li>
    ))}
  </ol>
);
