import type { ServerResponse } from 'node:http';
import { isMillwrightError } from '#platform/errors';
import type { Log } from '#platform/log';
import type { EventsReply } from './replies.ts';

/** A reader that does not keep up is let go; it comes back with Last-Event-ID and misses nothing. */
const waitingBytesAtMost = 4_000_000;

/** Everything that was sent is with the reader, or as good as; or the reader went away. */
const takenUp = (raw: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    if (!raw.writable || !raw.writableNeedDrain) return resolve();
    const done = () => {
      raw.off('drain', done);
      raw.off('close', done);
      resolve();
    };
    raw.on('drain', done);
    raw.on('close', done);
  });

/** The connections that server-sent events go out on. */
export const createEventStreams = (log: Log, beatMs = 15_000) => {
  const followed = new Set<ServerResponse>();
  return {
    send(
      raw: ServerResponse,
      events: EventsReply,
      { requestId, admitAgain }: { requestId: string; admitAgain: () => Promise<void> },
    ): void {
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-request-id': requestId,
      });
      raw.write(': connected\n\n');
      followed.add(raw);
      const abort = new AbortController();
      const beat = setInterval(() => {
        raw.write(': still here\n\n');
        // Who may no longer read must not go on doing so because they began in time.
        admitAgain().catch((error: unknown) => {
          if (isMillwrightError(error) && error.status < 500) raw.end();
        });
      }, beatMs).unref();
      raw.on('close', () => {
        clearInterval(beat);
        followed.delete(raw);
        abort.abort();
      });
      const going = events.start(
        ({ id, event, data }) => {
          if (!raw.writable) return;
          raw.write(
            `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`,
          );
          if (raw.writableLength > waitingBytesAtMost) raw.destroy();
        },
        abort.signal,
        () => takenUp(raw),
      );
      going?.then(
        () => raw.end(),
        (error: unknown) => {
          if (!abort.signal.aborted) log.error('a stream of events failed', { requestId, error });
          raw.destroy();
        },
      );
    },
    end(): void {
      for (const raw of followed) raw.end();
    },
  };
};
