import { useSyncExternalStore } from 'react';
import { formatDuration, formatInstant, formatRelative } from './format.ts';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const one of listeners) one();
  }, 10_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};
/** Whole seconds: the clock stands still while React compares what it drew with what is. */
const wholeSecond = () => Math.floor(Date.now() / 1000) * 1000;

/** One clock for every relative time on the page; by itself it moves every ten seconds. */
export const useNow = (): number => useSyncExternalStore(subscribe, wholeSecond);

export const RelativeTime = ({ at }: { at: number | null }) => {
  const now = useNow();
  if (at === null) return <span className="text-faint">–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={formatInstant(at)} className="whitespace-nowrap">
      {formatRelative(at, now)}
    </time>
  );
};

/** How long something took, or has taken so far. */
export const Duration = ({ from, to }: { from: number | null; to: number | null }) => {
  const now = useNow();
  if (from === null) return <span className="text-faint">–</span>;
  return <span className="tabular-nums">{formatDuration((to ?? Math.max(now, from)) - from)}</span>;
};
