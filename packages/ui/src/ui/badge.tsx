import clsx from 'clsx';
import type { ReactNode } from 'react';
import { type Tone, statusLook } from './status.ts';

const soft: Record<Tone, string> = {
  good: 'bg-good-soft text-good',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  info: 'bg-info-soft text-info',
  idle: 'bg-sunken text-muted',
};
const plain: Record<Tone, string> = {
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
  info: 'text-info',
  idle: 'text-muted',
};

export const Badge = ({
  tone = 'idle',
  children,
  className,
}: {
  tone?: Tone | 'accent';
  children: ReactNode;
  className?: string;
}) => (
  <span
    className={clsx(
      'inline-flex max-w-full items-center gap-1 rounded px-1.5 text-xs font-medium whitespace-nowrap',
      tone === 'accent' ? 'bg-accent-soft text-accent' : soft[tone],
      className,
    )}
  >
    {children}
  </span>
);

/** A state as icon, word and colour: never colour alone. `label` replaces the usual word. */
export const Status = ({ state, label, quiet = false }: { state: string; label?: string; quiet?: boolean }) => {
  const { tone, icon: Icon, word } = statusLook(state);
  const spinning = state === 'running' || state === 'loading';
  return (
    <span
      className={clsx(
        'inline-flex items-center gap-1 align-middle text-xs font-medium whitespace-nowrap',
        quiet ? plain[tone] : clsx('rounded px-1.5', soft[tone]),
      )}
    >
      <Icon aria-hidden size={13} className={clsx('shrink-0', spinning && 'motion-safe:animate-spin')} />
      {label ?? word}
    </span>
  );
};
