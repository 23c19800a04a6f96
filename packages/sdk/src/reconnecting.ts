import { MillwrightError } from '@millwright/contract';
import { type Message, messagesOf } from './messages.ts';
import { problemOf } from './problems.ts';

export type FollowState = 'connecting' | 'open' | 'lost' | 'closed';
export interface Following {
  close(): void;
}
export interface StreamWatcher {
  onState?: (state: FollowState) => void;
  /** The server refuses (signed out, no permission): following has ended. */
  onRefused?: (error: MillwrightError) => void;
}

const firstDelayMs = 500;
const longestDelayMs = 15_000;
const delay = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });

/**
 * Reads server-sent events with fetch, because EventSource can send neither a token nor a body. Reconnects with growing
 * delays; `request` says each time from where on, so that nothing is missed. `take` answers true for the last message.
 */
export const reconnecting = ({
  request,
  take,
  onState,
  onRefused,
}: StreamWatcher & {
  request: (signal: AbortSignal) => Promise<Response>;
  take: (message: Message) => boolean | void;
}): Following => {
  const stop = new AbortController();
  let delayMs = firstDelayMs;

  const readOnce = async () => {
    const response = await request(stop.signal);
    if (!response.ok) throw await problemOf(response);
    if (response.body === null) return;
    onState?.('open');
    delayMs = firstDelayMs;
    for await (const message of messagesOf(response.body)) if (take(message) === true) stop.abort();
  };
  const run = async () => {
    while (!stop.signal.aborted) {
      onState?.('connecting');
      try {
        await readOnce();
      } catch (error) {
        const refused = error instanceof MillwrightError && error.status < 500 && error.code !== 'TOO_MANY_REQUESTS';
        if (refused) {
          onState?.('closed');
          onRefused?.(error);
          return;
        }
      }
      if (stop.signal.aborted) break;
      onState?.('lost');
      await delay(delayMs, stop.signal);
      delayMs = Math.min(delayMs * 2, longestDelayMs);
    }
    onState?.('closed');
  };
  void run();
  return { close: () => stop.abort() };
};
