import { createHash, randomFillSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeAt } from './block-writer.ts';
import { cachedBytes } from './direct-access.ts';
import { writeDurably } from './durable-file.ts';
import type { Inflow } from './port.ts';

const bytes = randomFillSync(Buffer.alloc(cachedBytes + (5 << 20) + 4321));
const sha = (content: Uint8Array): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** Takes the memory of a chunk away when it was taken, as a request does. */
const inflow = (content: Uint8Array, chunkBytes = 65_536): Inflow & { waits: number } => ({
  waits: 0,
  [Symbol.asyncIterator]() {
    throw new Error('is drained');
  },
  async drainTo(take) {
    for (let at = 0; at < content.length; at += chunkBytes) {
      const chunk = new Uint8Array(content.subarray(at, at + chunkBytes));
      const taken = take(chunk);
      if (taken) this.waits++;
      await taken;
      chunk.buffer.transfer(0);
    }
  },
});

describe('writing in blocks', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'millwright-blocks-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('keeps every byte of what is large, past the cache and through it, and makes a fast source wait', async () => {
    for (const isDirect of [true, false]) {
      const path = join(dir, `large-${isDirect}`);
      const source = inflow(bytes);
      expect(await writeDurably(path, source, { isDirect })).toEqual({ digest: sha(bytes), sizeBytes: bytes.length });
      expect(sha(readFileSync(path))).toBe(sha(bytes));
      expect(source.waits).toBeGreaterThan(0);
    }
  });

  it('keeps transfers of the same time apart', async () => {
    const sizes = [3, 1 << 20, (1 << 20) + 1, 3_000_000, 9_000_000, 20_000_000];
    const stored = await Promise.all(
      sizes.map((size) => writeDurably(join(dir, `one-of-many-${size}`), inflow(bytes.subarray(size, 2 * size), 7777))),
    );
    expect(stored.map(({ digest }) => digest)).toEqual(sizes.map((size) => sha(bytes.subarray(size, 2 * size))));
  });

  it('writes at any place of a file, chunks larger than all blocks as well', async () => {
    const path = join(dir, 'placed');
    await using file = await open(path, 'w');
    expect(await writeAt(file, 4099, [bytes.subarray(0, 9_000_001), bytes.subarray(0, 5)])).toBe(9_000_006);
    const content = readFileSync(path);
    expect(content.subarray(4099).equals(Buffer.concat([bytes.subarray(0, 9_000_001), bytes.subarray(0, 5)]))).toBe(
      true,
    );
  });

  it('fails with what the disk or the source says, and lets go of everything', async () => {
    await using full = await open('/dev/full', 'w');
    await expect(writeAt(full, 0, inflow(bytes))).rejects.toMatchObject({ code: 'ENOSPC' });
    const broken: Inflow = {
      async *[Symbol.asyncIterator]() {
        yield bytes.subarray(0, 9_000_000);
        throw new Error('the source is gone');
      },
    };
    await expect(writeDurably(join(dir, 'broken'), broken)).rejects.toThrow('the source is gone');
    expect(await writeDurably(join(dir, 'after'), inflow(bytes.subarray(0, 5_000_000)))).toEqual({
      digest: sha(bytes.subarray(0, 5_000_000)),
      sizeBytes: 5_000_000,
    });
  });
});
