import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '../../../scripts/testing/needs.ts';
import { aPostgresSchema } from '#platform/testing';
import { aDataDir, aProcess, type ProcessOptions, type ServerProcess } from './testing/process.ts';
import {
  aCaller,
  aCanary,
  aServedModel,
  type Caller,
  captured,
  classOf,
  done,
  endedRun,
  endpoint,
  isIntact,
  labelled,
  predicted,
  project,
  ready,
  settled,
  theRollout,
  until,
} from './testing/small-loop.ts';
import { s3Config } from './testing/storages.ts';

needs('postgres', 's3')('two servers and a worker on one PostgreSQL and one bucket', () => {
  const folders: ReturnType<typeof aDataDir>[] = [];
  const processes: ServerProcess[] = [];
  let left: Caller;
  let right: Caller;
  let rightAddress = '';
  beforeAll(async () => {
    const databaseUrl = await aPostgresSchema();
    const shared = Object.entries({
      ...s3Config('two-servers'),
      '--capture-flush-ms': '100',
      '--log-level': 'error',
    }).flat();
    const start = async (options: ProcessOptions) => {
      const folder = aDataDir();
      folders.push(folder);
      const started = await aProcess({ databaseUrl, dataDir: folder.path, flags: shared, ...options });
      processes.push(started);
      if (started.address === '' && !options.worker) throw new Error(`it did not start:\n${started.output()}`);
      return started;
    };
    // Only the worker takes jobs: what a server does by itself would hide that work is not shared.
    const servers = await Promise.all([
      start({ flags: [...shared, '--worker', 'false'] }),
      start({ flags: [...shared, '--worker', 'false'] }),
      start({ worker: true }),
    ]);
    left = aCaller(servers[0].address);
    right = aCaller(servers[1].address);
    rightAddress = servers[1].address;
  });
  afterAll(async () => {
    await Promise.all(processes.map((one) => one.stop()));
    for (const folder of folders) folder.remove();
  });

  it('release a model together: both answer for it, and both follow its promotion', async () => {
    const stream = await fetch(`${rightAddress}/api/v1${project}/events/stream`);
    let heard = '';
    const listening = (async () => {
      for await (const chunk of stream.body ?? []) heard += Buffer.from(chunk).toString();
    })().catch(() => undefined);

    await aServedModel(left);
    await until('the route of the second server', async () =>
      (await right('GET', endpoint)).body['variants']?.length > 0 ? true : null,
    );
    await Promise.all([ready(left), ready(right)]);
    const run = await aCanary(right, { steps: [0.5], minLabelsPerStep: 50 });
    await Promise.all([ready(left), ready(right)]);

    const asked: { id: string; n: number }[] = [];
    for (let n = 0; n < 200; n++) asked.push({ id: (await predicted(n % 2 ? left : right, n)).id, n });
    await settled(left, asked.length);
    await labelled(
      left,
      asked.map(({ id, n }) => ({ predictionId: id, value: classOf(n, 300) })),
    );
    expect(await endedRun(right, run)).toMatchObject({ state: 'succeeded' });
    const rollout = await theRollout(right);
    expect(rollout).toMatchObject({ state: 'promoted' });
    expect(rollout['champion'].labelled + rollout['challenger'].labelled).toBe(200);
    for (const call of [left, right])
      await until('the promoted version', async () => ((await predicted(call, 1)).version === '2' ? true : null));

    await settled(left, 200);
    const ids = (await captured(right)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(asked.map(({ id }) => id)));
    // Everything the first server did was heard at the second, in order and once.
    const { items } = await done(left('GET', `${project}/events?limit=1000`));
    const seqs = (items as { seq: number }[]).map(({ seq }) => seq).reverse();
    await until('the last event', async () => (heard.includes(`id: ${seqs.at(-1)}\n`) ? true : null));
    const heardSeqs = [...heard.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq));
    expect(heardSeqs).toEqual(heardSeqs.toSorted((a, b) => a - b));
    expect(new Set(heardSeqs).size).toBe(heardSeqs.length);
    expect(heard).toContain('serving.rollout-ended');
    expect(await isIntact(left)).toBe(true);
    void listening;
  });

  it('show the curve of a run at one server that trains against the other', async () => {
    await done(left('POST', `${project}/experiments`, { name: 'followed' }));
    const { id } = await done(left('POST', `${project}/runs`, { experiment: 'followed' }));
    const log = (from: number) =>
      done(
        left('POST', `${project}/runs/${id}/metrics`, {
          points: Array.from({ length: 100 }, (_none, step) => ({ key: 'loss', value: step, step: from + step })),
        }),
      );
    await log(0);
    const stream = await fetch(`${rightAddress}/api/v1${project}/metrics/follow`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ runs: [id], keys: ['loss'], points: 2000 }),
    });
    const logging = (async () => {
      for (let from = 100; from < 2000; from += 100) await log(from);
      await done(left('PATCH', `${project}/runs/${id}`, { status: 'finished' }));
    })();
    const text = await stream.text();
    await logging;
    expect(text).toContain('event: ended');
    const updates = [...text.matchAll(/^data: (\{"updates".*)$/gm)].flatMap(
      ([, line]) => JSON.parse(line ?? '').updates as { replaces: boolean; points: { step: number }[] }[],
    );
    const held: number[] = [];
    for (const { replaces, points } of updates) {
      if (replaces) held.length = 0;
      held.push(...points.map(({ step }) => step));
    }
    expect(held).toEqual(Array.from({ length: 2000 }, (_none, step) => step));
    expect(updates.length).toBeGreaterThan(1);
  });

  it('do each piece of work once and fire a schedule once', async () => {
    const script = join(import.meta.dirname, 'testing', 'work-server.ts');
    const databaseUrl = await aPostgresSchema();
    const both = await Promise.all(
      [0, 1].map(async () => {
        const folder = aDataDir();
        folders.push(folder);
        const started = await aProcess({ script, databaseUrl, dataDir: folder.path });
        processes.push(started);
        return started;
      }),
    );
    const [first, second] = both;
    if (!first || !second) throw new Error('two servers');
    await first.send('POST', '/test/schedule');
    for (let n = 0; n < 40; n++) await (n % 2 ? first : second).send('POST', `/test/work/work-${n}`);
    const traces = async (verb: string): Promise<string[]> =>
      (
        (await second.send('GET', '/api/v1/audit?limit=1000')).body as { items: { verb: string; resourceId: string }[] }
      ).items.flatMap((row) => (row.verb === verb ? [row.resourceId] : []));
    await until('all work', async () => ((await traces('work.done')).length >= 40 ? true : null));
    await until('the schedule', async () => ((await traces('work.due')).length > 0 ? true : null));
    expect(new Set(await traces('work.done')).size).toBe(40);
    expect(await traces('work.done')).toHaveLength(40);
    const due = await traces('work.due');
    expect(new Set(due).size).toBe(due.length);
  });
});
