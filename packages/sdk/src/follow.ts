import { type Event, addressOf, streamEvents } from '@millwright/contract';
import { type Following, reconnecting, type StreamWatcher } from './reconnecting.ts';

export interface Connection {
  base: string;
  headers: Record<string, string>;
  send: typeof fetch;
  project: string;
}
export interface FollowOptions extends StreamWatcher {
  /** The sequence number of the last event seen; without it only new events come. */
  lastEventId?: string;
  onEvent: (event: Event) => void;
}

export const streamInit = (headers: Record<string, string>, signal: AbortSignal): RequestInit => ({
  headers: { accept: 'text/event-stream', ...headers },
  signal,
  credentials: 'same-origin',
  cache: 'no-store',
});

/** Follows the events of a project; goes on with `Last-Event-ID` after a lost connection. */
export const followEvents = (
  { base, headers, send, project }: Connection,
  { lastEventId, onEvent, ...watcher }: FollowOptions,
): Following => {
  let lastId = lastEventId;
  return reconnecting({
    ...watcher,
    request: (signal) =>
      send(
        base + addressOf(streamEvents, { project }),
        streamInit({ ...headers, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) }, signal),
      ),
    take: (message) => {
      if (message.id !== undefined) lastId = message.id;
      if (message.data !== '') onEvent(JSON.parse(message.data) as Event);
    },
  });
};
