import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWalFlush } from './wal-flush.ts';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof files>();
  return { ...real, open: vi.fn(real.open) };
});

describe('the flush of the write-ahead log', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'millwright-wal-'));
    writeFileSync(join(dir, 'wal'), 'x');
  });
  afterEach(() => {
    vi.mocked(files.open).mockReset();
    rmSync(dir, { recursive: true, force: true });
  });

  /** A file whose calls to the disk end when the test says so. */
  const held = () => {
    const pending: { resolve: () => void; reject: (error: Error) => void }[] = [];
    const datasync = vi.fn(() => new Promise<void>((resolve, reject) => void pending.push({ resolve, reject })));
    vi.mocked(files.open).mockResolvedValue({ datasync, close: async () => undefined } as never);
    return { pending, datasync };
  };
  const turn = () => new Promise(setImmediate);

  it('answers nobody with a call that began before their commit, and many with one', async () => {
    const { pending, datasync } = held();
    const { flush } = createWalFlush(join(dir, 'wal'));
    const done: string[] = [];
    void flush().then(() => done.push('first'));
    await turn();
    const later = [flush().then(() => done.push('second')), flush().then(() => done.push('third'))];
    await turn();
    expect(datasync).toHaveBeenCalledTimes(1);
    pending[0]?.resolve();
    await turn();
    expect(done).toEqual(['first']);
    expect(datasync).toHaveBeenCalledTimes(2);
    pending[1]?.resolve();
    await Promise.all(later);
    expect(done).toEqual(['first', 'second', 'third']);
    expect(datasync).toHaveBeenCalledTimes(2);
  });

  it('fails for everybody after the disk failed once: what is on it is unknown', async () => {
    const { pending, datasync } = held();
    const { flush } = createWalFlush(join(dir, 'wal'));
    const refused = expect(flush()).rejects.toThrow('EIO');
    await turn();
    pending[0]?.reject(new Error('EIO'));
    await refused;
    await expect(flush()).rejects.toThrow('EIO');
    expect(datasync).toHaveBeenCalledTimes(1);
  });
});
