import { type Event, MillwrightError, addressOf, streamEvents } from '@millwright/contract';
import { problemOf } from './problems.ts';
import { type Message, messagesOf } from './messages.ts';

export type FollowState = 'connecting' | 'open' | 'lost' | 'closed';
export interface FollowOptions {
  /** The sequence number of the last event seen; without it only new events come. */
  lastEventId?: string;
  onEvent: (event: Event) => void;
  onState?: (state: FollowState) => void;
  /** The server refuses (signed out, no permission): following has ended. */
  onRefused?: (error: MillwrightError) => void;
}
export interface Following {
  close(): void;
}
interface Connection extends FollowOptions {
  base: string;
  headers: Record<string, string>;
  send: typeof fetch;
  project: string;
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
 * Reads server-sent events with fetch, because EventSource cannot send a token. Reconnects with growing delays and
 * `Last-Event-ID`, so that nothing is missed.
 */
export const followEvents = ({
  base,
  headers,
  send,
  project,
  lastEventId,
  onEvent,
  onState,
  onRefused,
}: Connection): Following => {
  const stop = new AbortController();
  let lastId = lastEventId;
  let delayMs = firstDelayMs;

  const take = (message: Message) => {
    if (message.id !== undefined) lastId = message.id;
    if (message.data !== '') onEvent(JSON.parse(message.data) as Event);
  };
  const readOnce = async () => {
    const response = await send(base + addressOf(streamEvents, { project }), {
      headers: {
        accept: 'text/event-stream',
        ...headers,
        ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
      },
      signal: stop.signal,
      credentials: 'same-origin',
      cache: 'no-store',
    });
    if (!response.ok) throw await problemOf(response);
    if (response.body === null) return;
    onState?.('open');
    delayMs = firstDelayMs;
    for await (const message of messagesOf(response.body)) take(message);
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
