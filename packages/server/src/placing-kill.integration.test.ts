import { afterEach, describe, expect, it, vi } from 'vitest';
import { aDataDir, aProcess, type ProcessOptions, type ServerProcess } from './testing/process.ts';

const base = '/api/v1/projects/default';

describe('runs put elsewhere when a kill comes between', () => {
  const dirs: ReturnType<typeof aDataDir>[] = [];
  const running: ServerProcess[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    for (const dir of dirs.splice(0)) dir.remove();
  });
  const aPlace = () => {
    const dir = aDataDir();
    dirs.push(dir);
    return async (options: ProcessOptions = {}) => {
      const server = await aProcess({ dataDir: dir.path, ...options });
      running.push(server);
      return server;
    };
  };
  const create = async (server: ServerProcess, path: string, body: object): Promise<string> =>
    ((await server.send('POST', `${base}/${path}`, body)).body as { id: string }).id;

  it('leaves each run moved wholly or not at all, and the same request again moves the rest', async () => {
    const start = aPlace();
    const first = await start({ failurePoint: 'move.before-commit:2' });
    for (const name of ['from', 'to']) await create(first, 'experiments', { name });
    const runs: string[] = [];
    for (let n = 0; n < 120; n++)
      runs.push(await create(first, 'runs', { experiment: 'from', tags: { n: String(n) }, parameters: { p: '1' } }));
    const move = { runs, action: 'move', experiment: 'to' };
    await first.send('POST', `${base}/runs/change`, move).catch(() => null);
    expect(await first.ended).toBe('SIGKILL');
    const second = await start();
    const count = async (experiment: string) => {
      const query = new URLSearchParams({ experiment, filter: 'parameters.p = "1"' });
      return ((await second.send('GET', `${base}/runs/count?${query}`)).body as { count: number }).count;
    };
    expect([await count('from'), await count('to')]).toEqual([70, 50]);
    expect((await second.send('POST', `${base}/runs/change`, move)).body).toMatchObject({ done: 120, failed: 0 });
    expect([await count('from'), await count('to')]).toEqual([0, 120]);
    expect((await second.send('GET', `${base}/experiments/to`)).body).toMatchObject({ runCount: 120 });
  });

  it('goes on with a copy where it was', async () => {
    const start = aPlace();
    const first = await start({ failurePoint: 'copy.after-piece:3' });
    await create(first, 'experiments', { name: 'e' });
    const run = await create(first, 'runs', { experiment: 'e' });
    for (let from = 0; from < 40_000; from += 10_000)
      await first.send('POST', `${base}/runs/${run}/metrics`, {
        points: Array.from({ length: 10_000 }, (_, at) => ({ key: 'loss', value: from + at, step: from + at })),
      });
    await first.send('PATCH', `${base}/runs/${run}`, { status: 'finished' });
    const answer = await first.send('POST', `${base}/runs/change`, { runs: [run], action: 'copy' });
    const { outcomes } = answer.body as { outcomes: { copy: string }[] };
    const copy = outcomes[0]?.copy as string;
    expect(await first.ended).toBe('SIGKILL');
    const second = await start();
    await vi.waitFor(
      async () => {
        const { tags, metrics } = (await second.send('GET', `${base}/runs/${copy}`)).body as Record<string, object>;
        expect(tags).toEqual({ 'millwright.copiedFrom': run });
        expect(metrics).toMatchObject({ loss: { points: 40_000, last: 39_999 } });
      },
      { timeout: 60_000, interval: 200 },
    );
    const query = new URLSearchParams({ key: 'loss', points: '100000' });
    const histories = await Promise.all(
      [run, copy].map((id) => second.send('GET', `${base}/runs/${id}/metrics/history?${query}`)),
    );
    expect(histories[1]?.body).toEqual(histories[0]?.body);
    expect(histories[1]).toMatchObject({ body: { total: 40_000, sampled: false } });
  });
});
