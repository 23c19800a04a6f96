import { useSyncExternalStore } from 'react';
import { formatDuration, formatInstant, formatRelative } from './format.ts';

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of listeners) one();
  }, 10_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};

/** One clock for every relative time on the page; it moves every ten seconds. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

export const RelativeTime = ({ at }: { at: number | null }) => {
  const current = useNow();
  if (at === null) return <span className="text-faint">–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={formatInstant(at)} className="whitespace-nowrap">
      {formatRelative(at, Math.max(current, Date.now()))}
    </time>
  );
};

/** How long something took, or has taken so far. */
export const Duration = ({ from, to }: { from: number | null; to: number | null }) => {
  const current = useNow();
  if (from === null) return <span className="text-faint">–</span>;
  return <span className="tabular-nums">{formatDuration((to ?? Math.max(current, Date.now())) - from)}</span>;
};
