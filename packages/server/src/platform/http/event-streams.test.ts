import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#platform/clock';
import { fail } from '#platform/errors';
import { createLog } from '#platform/log';
import { createEventStreams } from './event-streams.ts';
import type { EventsReply } from './replies.ts';

const log = createLog({ level: 'error', clock: systemClock, write: () => undefined });

describe('a stream of events', () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const open = async (
    events: EventsReply,
    options: { beatMs?: number; admitAgain?: () => Promise<void> } = {},
  ): Promise<IncomingMessage> => {
    const streams = createEventStreams(log, options.beatMs);
    server = createServer((_request, response) =>
      streams.send(response, events, { requestId: 'req', admitAgain: options.admitAgain ?? (async () => undefined) }),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  };
  const textOf = async (response: IncomingMessage): Promise<string> => {
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return text;
  };

  it('ends when its sender is done', async () => {
    const response = await open({
      async start(send) {
        send({ event: 'one', data: { n: 1 } });
        send({ id: '2', data: { n: 2 } });
      },
    });
    expect(await textOf(response)).toBe(': connected\n\nevent: one\ndata: {"n":1}\n\nid: 2\ndata: {"n":2}\n\n');
  });

  it('makes a sender that asks wait for a slow reader, and loses nothing', async () => {
    let sent = 0;
    const total = 300;
    const response = await open({
      async start(send, _signal, takenUp) {
        for (; sent < total; sent++) {
          send({ data: `${sent} ${'x'.repeat(100_000)}` });
          await takenUp();
        }
      },
    });
    response.pause();
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    // What the buffers of the sockets hold, and no more.
    expect(sent).toBeLessThan(total);
    const text = await textOf(response);
    expect([...text.matchAll(/data: "(\d+) /g)].map(([, n]) => Number(n))).toEqual(
      Array.from({ length: total }, (_none, n) => n),
    );
  });

  it('ends for whom may no longer read', async () => {
    let asked = 0;
    const response = await open(
      { start: () => undefined },
      {
        beatMs: 10,
        admitAgain: async () => {
          if (++asked > 2) fail('TOKEN_INVALID', 'revoked');
        },
      },
    );
    expect(await textOf(response)).toContain(': still here');
    expect(asked).toBe(3);
  });

  it('goes on while the database does not answer whether they may', async () => {
    let asked = 0;
    const response = await open(
      {
        start: (_send, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
      },
      {
        beatMs: 10,
        admitAgain: async () => {
          asked++;
          fail('DATABASE_UNAVAILABLE', 'away');
        },
      },
    );
    response.resume();
    while (asked < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(response.readableEnded).toBe(false);
    response.destroy();
  });
});
