import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aDataDir, aProcess, type ProcessOptions, type ServerProcess } from './testing/process.ts';

describe('a collection of garbage that is cut off by a kill', () => {
  const dir = aDataDir();
  const running: ServerProcess[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    dir.remove();
  });
  const start = async (options: ProcessOptions = {}) => {
    const server = await aProcess({ dataDir: dir.path, ...options });
    running.push(server);
    return server;
  };

  it('deletes what nothing refers to, once, and nothing else', async () => {
    const root = join(dir.path, 'blobs', 'sha256');
    for (let n = 0; n < 700; n++) {
      const hex = createHash('sha256').update(`garbage ${n}`).digest('hex');
      mkdirSync(join(root, hex.slice(0, 2)), { recursive: true });
      writeFileSync(join(root, hex.slice(0, 2), hex), `garbage ${n}`);
    }
    const files = () => readdirSync(root).flatMap((shard) => readdirSync(join(root, shard)));
    const first = await start({ failurePoint: 'garbage.half-deleted:600' });
    await first.send('POST', '/api/v1/projects/default/experiments', { name: 'e' });
    const run = (await first.send('POST', '/api/v1/projects/default/runs', { experiment: 'e' })).body as { id: string };
    const kept = await fetch(`${first.address}/api/v1/projects/default/runs/${run.id}/artifacts?path=a.txt`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: 'kept',
    });
    const { digest } = (await kept.json()) as { digest: string };
    await first.send('POST', '/api/v1/garbage/collections', { graceHours: 0 }).catch(() => null);
    expect(await first.ended).toBe('SIGKILL');
    expect(files().length).toBe(101);
    const second = await start();
    await vi.waitFor(
      async () => {
        const { latest } = (await second.send('GET', '/api/v1/garbage')).body as { latest: Record<string, unknown> };
        expect(latest).toMatchObject({ state: 'done', blobs: 701, unreferencedBlobs: 700, deletedBlobs: 700 });
      },
      { timeout: 60_000, interval: 200 },
    );
    expect(files()).toEqual([digest.slice('sha256:'.length)]);
    expect((await second.send('GET', '/api/v1/garbage')).body).toMatchObject({ blobs: 0 });
  });
});
