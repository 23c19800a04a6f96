import { createHash, randomFillSync } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDurably } from './durable-file.ts';
import { RunningDigest } from './running-digest.ts';

const sha = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

describe('the digest of a file that is being written', () => {
  let dir: string;
  const bytes = randomFillSync(Buffer.alloc(20 << 20));
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'millwright-digest-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('is that of all bytes, however far it was read before', async () => {
    const path = join(dir, 'growing');
    const digest = new RunningDigest(path);
    writeFileSync(path, bytes.subarray(0, 9 << 20));
    digest.advance(9 << 20);
    appendFileSync(path, bytes.subarray(9 << 20));
    expect(await digest.digest(bytes.length)).toBe(sha(bytes));
    // Asked again, as after a crash of whoever asked.
    expect(await digest.digest(bytes.length)).toBe(sha(bytes));
    digest.stop();
  });

  it('is read anew where the file became shorter', async () => {
    const path = join(dir, 'shorter');
    const digest = new RunningDigest(path);
    writeFileSync(path, bytes);
    expect(await digest.digest(bytes.length)).toBe(sha(bytes));
    truncateSync(path, 1000);
    expect(await digest.digest(1000)).toBe(sha(bytes.subarray(0, 1000)));
    digest.stop();
  });

  it('fails where the file is not there or ends early, and works for the next one', async () => {
    await expect(new RunningDigest(join(dir, 'nowhere')).digest(5)).rejects.toThrow('ENOENT');
    const path = join(dir, 'early');
    writeFileSync(path, bytes.subarray(0, 100));
    await expect(new RunningDigest(path).digest(200)).rejects.toThrow('the file ends at 100, not at 200');
    expect(await new RunningDigest(path).digest(100)).toBe(sha(bytes.subarray(0, 100)));
  });

  it('is the same for files that are hashed in passing and for larger ones', async () => {
    for (const size of [0, 10, 16 << 20, (16 << 20) + 1, bytes.length]) {
      const content = bytes.subarray(0, size);
      const chunks = function* () {
        for (let at = 0; at < size; at += 65_536) yield content.subarray(at, Math.min(size, at + 65_536));
      };
      const source = (async function* () {
        yield* chunks();
      })();
      expect(await writeDurably(join(dir, `of-${size}`), source)).toEqual({ digest: sha(content), sizeBytes: size });
    }
  });
});
