import { existsSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { SqlResult } from '@millwright/contract';
import tar from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testDatabases } from '#platform/testing';
import { aServer, type TestServer } from '../testing/server.ts';

// Each query is a process: on a busy machine many of them take their time.
vi.setConfig({ testTimeout: 300_000 });

const base = '/api/v1/projects/default';

const attacks = [
  "select * from read_csv('/etc/passwd')",
  "select * from '/etc/passwd'",
  "select * from read_text('/etc/passwd')",
  "select * from glob('/*')",
  "select * from read_parquet('/**/*.parquet')",
  "select * from read_text('../../../../../../etc/passwd')",
  "select * from read_csv('http://127.0.0.1/')",
  "copy (select 1) to '/tmp/stolen.csv'",
  "export database '/tmp/stolen'",
  "attach '/tmp/other.db'",
  'install httpfs',
  'set enable_external_access = true',
  'pragma database_list',
  'call pragma_version()',
  'create table mine as select 1',
  'insert into runs values (1)',
  'drop view runs',
  'select 1; select 2',
  "select 1; copy (select 1) to '/tmp/stolen.csv'",
  "select 1) to '/tmp/stolen.csv' (format csv); --",
  'select 1 /*',
  'explain analyze select 1',
  "execute 'x'",
  "select getenv('HOME')",
  'select * from audit',
  'select',
  ';',
  "select * from query('copy (select 1) to ''/tmp/stolen.csv''')",
];

describe.each(testDatabases.filter((name) => name !== 'pglite'))('SQL over a project on %s', (database) => {
  let server: TestServer;
  const post = async (path: string, payload: object, headers = {}) => {
    const reply = await server.asOwner({ method: 'POST', url: path, payload, headers });
    return { status: reply.statusCode, body: reply.body === '' ? null : JSON.parse(reply.body) };
  };
  const ask = (sql: string, more: object = {}) => post(`${base}/sql`, { sql, maxAgeSeconds: 0, ...more });
  const rows = async (sql: string, more: object = {}): Promise<SqlResult['rows']> => {
    const { status, body } = await ask(sql, more);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body.rows;
  };
  const aRun = async (name: string, parameters: Record<string, string>, project = 'default') =>
    (await post(`/api/v1/projects/${project}/runs`, { experiment: 'cards', name, parameters, tags: { team: 'risk' } }))
      .body.id as string;
  const log = async (run: string, points: object[], project = 'default') => {
    const { status } = await post(`/api/v1/projects/${project}/runs/${run}/metrics`, { points });
    expect(status).toBe(204);
  };

  let first: string;
  beforeAll(async () => {
    server = await aServer({ database });
    await post('/api/v1/projects', { name: 'secret' });
    for (const project of ['default', 'secret'])
      await post(`/api/v1/projects/${project}/experiments`, { name: 'cards' });
    const hidden = await aRun('hidden', { depth: '9' }, 'secret');
    await log(hidden, [{ key: 'loss', value: 42, step: 0 }], 'secret');
    first = await aRun('first', { depth: '6', "it's": 'a "quote", a\nline' });
    await aRun('second', { depth: '12' });
    await log(first, [
      ...Array.from({ length: 50 }, (_, step) => ({
        key: 'loss',
        value: 1 / (step + 1),
        step,
        at: 1_700_000_000_000 + step,
      })),
      { key: 'odd', value: 'NaN', step: 1 },
      { key: 'odd', value: '-Infinity', step: 2 },
    ]);
  });
  afterAll(() => server.close());

  it('answers over runs, parameters, tags, metrics, points and models, of this project only', async () => {
    expect(await rows('select name from runs order by name')).toEqual([['first'], ['second']]);
    expect(
      await rows(`select r.name, p.number, t.value from runs r join parameters p using (run_id) join tags t using (run_id)
        where p.key = 'depth' order by p.number desc`),
    ).toEqual([
      ['second', 12, 'risk'],
      ['first', 6, 'risk'],
    ]);
    expect(await rows(`select value from parameters where key = 'it''s'`)).toEqual([['a "quote", a\nline']]);
    expect(await rows(`select last, last_step, points, last_special from metrics order by key`)).toEqual([
      [0.02, 49, 50, null],
      [null, 2, 2, '-Infinity'],
    ]);
    expect(
      await rows("select count(*), sum(value), max(logged_at)::varchar from metric_points where key = 'loss'"),
    ).toEqual([[50, expect.closeTo(4.499205, 5), '2023-11-14 22:13:20.049']]);
    expect(await rows(`select step, value from metric_points where key = 'odd' order by step`)).toEqual([
      [1, 'NaN'],
      [2, '-Infinity'],
    ]);
    expect(await rows('select count(*) from models, versions, aliases, artifacts, inputs, logged_models')).toEqual([
      [0],
    ]);
    expect(await rows('select name, run_id from experiments left join runs using (name)')).toEqual([['cards', null]]);
  });

  it('sees what was just written, also more points of a series, and no longer what is gone', async () => {
    const run = await aRun('third', {});
    expect(await rows('select count(*) from runs')).toEqual([[3]]);
    await log(run, [{ key: 'loss', value: 1, step: 0 }]);
    expect(await rows('select count(*) from metric_points')).toEqual([[53]]);
    await log(run, [{ key: 'loss', value: 2, step: 1 }]);
    expect(await rows('select count(*) from metric_points')).toEqual([[54]]);
    // A series that grows long moves into files of its own, and on from there.
    const long = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ key: 'long', value: 1, step: from + index }));
    for (const [from, count] of [
      [0, 4999],
      [4999, 1],
      [5000, 700],
    ] as const) {
      await log(run, long(from, count));
      expect(await rows("select count(*), count(distinct step) from metric_points where key = 'long'")).toEqual([
        [from + count, from + count],
      ]);
    }
    expect(await rows('select count(*) from metric_points')).toEqual([[54 + 5700]]);
    await server.asOwner({ method: 'DELETE', url: `${base}/runs/${run}` });
    expect(await rows('select count(*) from runs where deleted_at is null')).toEqual([[2]]);
    const gone = await server.asOwner({ method: 'POST', url: `${base}/runs/${run}/purge` });
    expect(gone.statusCode).toBeLessThan(300);
    expect(await rows('select count(*) from runs')).toEqual([[2]]);
    expect(await rows('select count(*) from metric_points')).toEqual([[52]]);
  });

  it('may be a little older where the caller accepts that, and says of which moment it is', async () => {
    const before = (await ask('select count(*) from runs')).body as SqlResult;
    const run = await aRun('late', {});
    const older = (await ask('select count(*) from runs', { maxAgeSeconds: 600 })).body as SqlResult;
    expect(older.rows).toEqual(before.rows);
    expect(older.asOf).toBeLessThanOrEqual(before.asOf);
    expect(Number((await rows('select count(*) from runs'))[0]?.[0])).toBe(Number(before.rows[0]?.[0]) + 1);
    await server.asOwner({ method: 'DELETE', url: `${base}/runs/${run}` });
  });

  it('describes, summarises, cuts off at the limit and keeps the order', async () => {
    expect((await rows('describe runs')).map(([name]) => name)).toContain('started_at');
    expect((await rows('SUMMARIZE SELECT * FROM metric_points WHERE isfinite(value)')).length).toBe(5);
    const { body } = await ask("select step from metric_points where key = 'loss' order by step desc -- newest", {
      limit: 3,
    });
    expect(body).toMatchObject({ rows: [[49], [48], [47]], isCut: true, columns: [{ name: 'step', type: 'BIGINT' }] });
    expect((await ask('from range(3)')).body).toMatchObject({ rows: [[0], [1], [2]], isCut: false });
    expect(
      await rows(
        "select 9007199254740993::bigint, 1.5::decimal(9,2), date '2026-01-02', [1, 2], {'a': 1}, interval 1 day",
      ),
    ).toEqual([['9007199254740993', 1.5, '2026-01-02', '[1, 2]', "{'a': 1}", '1 day']]);
  });

  // What refuses them is the same whatever database the tables came from.
  it.each(database === 'sqlite' ? attacks : attacks.slice(0, 3))('refuses: %s', async (sql) => {
    const { status, body } = await ask(sql);
    expect([status, body.code]).toEqual([422, 'QUERY_REFUSED']);
    expect(body.detail).not.toContain(server.dir);
    for (const name of ['/tmp/stolen.csv', '/tmp/stolen.parquet', '/tmp/stolen', '/tmp/other.db'])
      expect(existsSync(name)).toBe(false);
  });

  it('lets nobody see the files of another project, whatever they are called', async () => {
    await rows('select count(*) from runs, metric_points');
    const folder = join(server.dir, 'tmp', 'analysis');
    const own = new Set(readdirSync(folder));
    const there = await post('/api/v1/projects/secret/sql', { sql: 'select name, value from runs, metric_points' });
    expect(there.body.rows).toEqual([['hidden', 42]]);
    const files = readdirSync(folder).filter((name) => name.endsWith('.parquet') && !own.has(name));
    expect(files).toHaveLength(3);
    for (const name of files) {
      const { status, body } = await ask(`select count(*) from read_parquet('${join(folder, name)}')`);
      expect([status, body.code]).toEqual([422, 'QUERY_REFUSED']);
    }
    expect(await rows("select count(*) from runs where name = 'hidden'")).toEqual([[0]]);
  });

  it('leaves nothing in the environment and no way around to settings', async () => {
    expect((await ask("select * from read_text('/proc/self/environ')")).status).toBe(422);
    const settings = await ask("select value from duckdb_settings() where name = 'enable_external_access'");
    expect(settings.body.rows).toEqual([['false']]);
    expect((await ask('select * from duckdb_secrets()')).body.rows ?? []).toEqual([]);
  });

  it('ends what takes too much memory, and goes on serving', async () => {
    for (const sql of [
      "select length(repeat('x', 4000000000))",
      "select repeat('abcdefgh', 100000000) from range(100)",
    ]) {
      const { status, body } = await ask(sql);
      expect([sql, status, body.code]).toEqual([sql, 422, 'QUERY_REFUSED']);
    }
    expect(await rows('select 1')).toEqual([[1]]);
  });

  it('ends a query whose caller goes away, and gives its place to who waits', async () => {
    const address = await server.app.api.app.listen({ host: '127.0.0.1', port: 0 });
    const folder = join(server.dir, 'tmp', 'analysis');
    const queries = () => readdirSync(folder).filter((name) => name.startsWith('query'));
    // Each has a folder of its own and is in it.
    const processes = () =>
      readdirSync('/proc').filter((pid) => {
        try {
          return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
        } catch {
          return false;
        }
      });
    const send = (sql: string, signal?: AbortSignal) =>
      fetch(`${address}${base}/sql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ sql }),
        ...(signal ? { signal } : {}),
      });
    const endless = 'select count(*) from range(10000000) a, range(10000000) b where a.range + b.range < 0';
    const callers = [new AbortController(), new AbortController()];
    const gone = callers.map(({ signal }) => expect(send(endless, signal)).rejects.toThrow('aborted'));
    await vi.waitFor(() => expect(processes()).toHaveLength(2), { timeout: 60_000 });
    const third = send('select 3');
    for (const caller of callers) caller.abort();
    await Promise.all(gone);
    expect(await (await third).json()).toMatchObject({ rows: [[3]] });
    await vi.waitFor(() => expect([processes(), queries()]).toEqual([[], []]), { timeout: 20_000 });
  });

  it('asks for run:read in the project, and shows models only to who may read them', async () => {
    const nobody = await server.token(null);
    const elsewhere = await server.token('viewer', { project: 'secret' });
    const viewer = await server.token('viewer');
    const narrow = await server.token('viewer', { permissions: ['run:read'] });
    const as = (headers: object, sql = 'select count(*) from runs') =>
      server.inject({ method: 'POST', url: `${base}/sql`, payload: { sql }, headers: headers as never });
    expect((await as({})).statusCode).toBe(401);
    expect((await as(nobody)).statusCode).toBe(403);
    expect((await as(elsewhere)).statusCode).toBe(403);
    expect((await as(viewer)).statusCode).toBe(200);
    expect((await as(viewer, 'select count(*) from versions')).statusCode).toBe(200);
    expect((await as(narrow, 'select count(*) from versions')).statusCode).toBe(422);
    const listed = await server.inject({ method: 'GET', url: `${base}/sql/tables`, headers: narrow as never });
    const names = JSON.parse(listed.body).items.map(({ name }: { name: string }) => name);
    expect(names).toContain('metric_points');
    expect(names).not.toContain('models');
  });

  it('gives the whole answer as CSV and as Parquet', async () => {
    const download = (format: string, sql: string) =>
      server.asOwner({ method: 'POST', url: `${base}/sql/download`, payload: { sql, format } });
    const csv = await download('csv', "select step, value from metric_points where key = 'loss' order by step limit 2");
    expect(csv.body).toBe('step,value\n0,1.0\n1,0.5\n');
    expect(csv.headers['content-type']).toContain('text/csv');
    expect((await download('csv', 'describe experiments')).body).toContain('experiment_id,VARCHAR');
    const parquet = await download('parquet', 'select * from runs');
    expect(parquet.rawPayload.subarray(0, 4).toString()).toBe('PAR1');
    expect((await download('csv', "select * from read_csv('/etc/passwd')")).statusCode).toBe(422);
    expect(readdirSync(join(server.dir, 'tmp', 'analysis')).filter((name) => /^(answer|query)/.test(name))).toEqual([]);
  });

  it('exports every table with its files, and a manifest that counts them', async () => {
    await server.asOwner({
      method: 'PUT',
      url: `${base}/runs/${first}/artifacts?path=notes/a.txt`,
      payload: 'hello',
      headers: { 'content-type': 'application/octet-stream' },
    });
    const reply = await server.asOwner({ method: 'GET', url: `${base}/export?files=true` });
    const entries = new Map<string, Buffer>();
    const extract = tar.extract();
    Readable.from(reply.rawPayload).pipe(extract);
    for await (const entry of extract) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      entries.set(entry.header.name, Buffer.concat(chunks));
    }
    const names = [...entries.keys()];
    expect(names.at(-1)).toBe('manifest.json');
    const manifest = JSON.parse(String(entries.get('manifest.json')));
    expect(manifest).toMatchObject({ format: 'millwright-export', version: 1, project: 'default', files: 1 });
    const counted = Object.fromEntries(
      manifest.tables.map((one: { name: string; rows: number }) => [one.name, one.rows]),
    );
    expect(counted).toMatchObject({ experiments: 1, parameters: 3, metric_points: 52, artifacts: 1, models: 0 });
    for (const { files } of manifest.tables)
      for (const name of files) expect(entries.get(name)?.subarray(0, 4).toString()).toBe('PAR1');
    const content = names.find((name) => name.startsWith('files/'));
    expect(String(entries.get(content ?? ''))).toBe('hello');
    const { tables } = server.app.platform;
    const path = join(server.dir, 'tmp', 'points.parquet');
    writeFileSync(path, entries.get('metric_points/part-00000.parquet') as Buffer);
    expect(
      await tables.rows(
        `select count(*) as n, sum(value) filter (isfinite(value)) as total from '${path}' where key = 'loss'`,
      ),
    ).toEqual([{ n: 50, total: expect.closeTo(4.499205, 5) }]);
  });
});
