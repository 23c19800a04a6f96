import { createHash, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as passed } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { limitedStream } from './limited-stream.ts';

const bytes = randomFillSync(Buffer.alloc(3_000_000));
const sha = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

describe('the body of a request', () => {
  let server: Server | null = null;
  afterEach(() => server?.close());

  /** Answers what became of a body: its digest, or the code of the refusal. */
  const receiving = async (limitBytes: number, take: (chunk: Uint8Array) => Promise<void> | undefined) => {
    const outcome = Promise.withResolvers<string>();
    const hash = createHash('sha256');
    const running = createServer((incoming, response) => {
      const draining = limitedStream(incoming, limitBytes).drainTo?.((chunk) => {
        hash.update(chunk);
        return take(chunk);
      });
      draining?.then(
        () => outcome.resolve(hash.digest('hex')),
        ({ code }: { code: string }) => outcome.resolve(code),
      );
      void outcome.promise.then((text) => response.setHeader('connection', 'close').end(text));
    });
    server = running;
    running.listen(0, '127.0.0.1');
    await once(running, 'listening');
    const sending = request({ method: 'PUT', port: (running.address() as AddressInfo).port });
    sending.on('error', () => undefined);
    return { sending, outcome: outcome.promise };
  };

  it('is handed over chunk by chunk, one after the other, and each chunk is gone afterwards', async () => {
    const seen: Uint8Array[] = [];
    let running = 0;
    const { sending, outcome } = await receiving(bytes.length, (chunk) => {
      expect(running).toBe(0);
      seen.push(chunk);
      if (seen.length % 3 > 0) return undefined;
      const slow = async (): Promise<void> => {
        running++;
        await passed(5);
        expect(chunk.byteLength).toBeGreaterThan(0);
        running--;
      };
      return slow();
    });
    sending.end(bytes);
    expect(await outcome).toBe(sha(bytes));
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.map(({ byteLength }) => byteLength)).toEqual(seen.map(() => 0));
  });

  it('is refused above the limit, and the caller is told', async () => {
    const { sending, outcome } = await receiving(1_000_000, () => undefined);
    sending.end(bytes);
    const [answer] = await once(sending, 'response');
    expect(await answer.toArray().then(String)).toBe('BODY_TOO_LARGE');
    expect(await outcome).toBe('BODY_TOO_LARGE');
  });

  it('is cut off by a caller who goes away, also while nobody takes more', async () => {
    for (const take of [() => undefined, () => passed(20)]) {
      const { sending, outcome } = await receiving(bytes.length, take);
      sending.setHeader('content-length', bytes.length);
      sending.write(bytes.subarray(0, 1_000_000));
      await passed(50);
      sending.destroy();
      expect(await outcome).toBe('BODY_UNREADABLE');
      server?.close();
    }
  });

  it('fails with what the taker says', async () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    for (const take of [() => Promise.reject(full), (): undefined => void thrown(full) as undefined]) {
      const { sending, outcome } = await receiving(bytes.length, take);
      sending.end(bytes);
      const [answer] = await once(sending, 'response');
      expect(await answer.toArray().then(String)).toBe('ENOSPC');
      expect(await outcome).toBe('ENOSPC');
      server?.close();
    }
  });
});

const thrown = (error: Error): never => {
  throw error;
};
