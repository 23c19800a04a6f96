import clsx from 'clsx';
import { useLiveState } from '../live/live.tsx';

const words = { connecting: 'Connecting', open: 'Live', lost: 'Reconnecting', closed: 'Not live' };

/** Whether what is shown follows what happens. */
export const LiveMark = () => {
  const state = useLiveState();
  return (
    <span
      role="status"
      className={clsx(
        'mr-1 inline-flex items-center gap-1.5 text-xs',
        state === 'open' ? 'text-good' : state === 'lost' ? 'text-warn' : 'text-muted',
      )}
    >
      <span
        aria-hidden
        className={clsx('size-1.5 rounded-full bg-current', state === 'open' && 'motion-safe:animate-pulse')}
      />
      {words[state]}
    </span>
  );
};
