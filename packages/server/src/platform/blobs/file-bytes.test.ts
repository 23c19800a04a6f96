import { createHash, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FileBytes } from './file-bytes.ts';

const bytes = randomFillSync(Buffer.alloc((66 << 20) + 777));
const sha = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

describe('a file as a stream', () => {
  let dir: string;
  let path: string;
  let server: Server | null = null;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'millwright-bytes-'));
    path = join(dir, 'file');
    writeFileSync(path, bytes);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  afterEach(() => server?.closeAllConnections());
  afterEach(() => server?.close());

  const answering = async (make: () => FileBytes): Promise<IncomingMessage> => {
    const running = createServer((_request, response) => {
      const stream = make();
      stream.once('error', () => response.destroy());
      response.once('close', () => stream.destroy());
      stream.pipe(response);
    });
    server = running;
    running.listen(0, '127.0.0.1');
    await once(running, 'listening');
    const [answer] = await once(get({ port: (running.address() as AddressInfo).port }), 'response');
    return answer as IncomingMessage;
  };
  const opened = (): number =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path;
      } catch {
        return false;
      }
    }).length;

  it.each([
    [0, bytes.length],
    [0, 0],
    [5, 6],
    [4095, 3 << 20],
    [123_457, bytes.length],
    [1 << 20, bytes.length - 1],
  ])('delivers from %i to %i, to a response and to anybody, past the cache and through it', async (start, end) => {
    const expected = sha(bytes.subarray(start, end));
    for (const isDirect of [true, false]) {
      const file = () => new FileBytes(path, { start, end }, { isDirect });
      expect(sha(await buffer(await answering(file)))).toBe(expected);
      expect(sha(await buffer(file()))).toBe(expected);
    }
    await expect.poll(opened).toBe(0);
  });

  it('waits for a slow reader with every byte where it was', async () => {
    const answer = await answering(() => new FileBytes(path, { start: 0, end: bytes.length }, { isDirect: true }));
    const hash = createHash('sha256');
    let pauses = 0;
    for await (const chunk of answer) {
      hash.update(chunk as Buffer);
      if (++pauses % 100 === 0) await passed(5);
    }
    expect(hash.digest('hex')).toBe(sha(bytes));
  });

  it('closes the file when the reader goes away', async () => {
    const answer = await answering(() => new FileBytes(path, { start: 0, end: bytes.length }, { isDirect: true }));
    await once(answer, 'data');
    expect(opened()).toBeGreaterThan(0);
    answer.destroy();
    await expect.poll(opened).toBe(0);
  });

  it('breaks off where the file ends too early, and where there is none', async () => {
    const short = join(dir, 'short');
    writeFileSync(short, bytes);
    truncateSync(short, 5 << 20);
    for (const missing of [short, join(dir, 'nowhere')]) {
      const file = () => new FileBytes(missing, { start: 0, end: bytes.length }, { isDirect: true });
      await expect(answering(file).then(buffer)).rejects.toThrow(/aborted|hang up/);
      await expect(buffer(file())).rejects.toThrow(/the file ends at 5242880|ENOENT/);
    }
  });
});
