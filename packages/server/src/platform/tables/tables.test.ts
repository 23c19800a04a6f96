import { access, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ColumnData } from './index.ts';
import { useWorkspace } from './workspace.ts';

const workspace = useWorkspace();

async function aTable(sql: string): Promise<{ t: string[] }> {
  const outPath = workspace.fresh();
  await workspace.tables.writeQuery(sql, { outPath });
  return { t: [outPath] };
}

describe('rows and columns', () => {
  it('binds parameters of every kind and never reads them as SQL', async () => {
    const relations = await aTable(`SELECT i AS id, 'name ' || i AS name FROM range(10) r(i)`);
    const { tables } = workspace;
    const sql = 'SELECT id FROM t WHERE name = $name OR id IN (SELECT unnest($ids)) ORDER BY id';
    expect(await tables.rows(sql, { relations, params: { name: 'name 3', ids: [5, 7] } })).toEqual([
      { id: 3 },
      { id: 5 },
      { id: 7 },
    ]);
    expect(await tables.rows(sql, { relations, params: { name: `x' OR '1'='1`, ids: [] } })).toEqual([]);
    const params = { a: 1, b: 1.5, c: 2n ** 60n, d: true, e: null, f: ['x', 'ü'], g: -0.1 };
    expect(
      await tables.rows('SELECT $a AS a, $b AS b, $c AS c, $d AS d, $e AS e, $f AS f, $g AS g', { params }),
    ).toEqual([params]);
  });

  it('answers plain values: safe integers as numbers, instants as epoch milliseconds', async () => {
    const sql = `SELECT 9007199254740991 AS safe, 9007199254740993 AS large, sum(1::BIGINT) AS total, 1.5::DECIMAL(9, 2) AS price,
      TIMESTAMP '1969-12-31 23:59:59.9995' AS at, DATE '2026-01-01' AS day, {'a': [1, 2]} AS nested`;
    expect(await workspace.tables.rows(sql)).toEqual([
      {
        safe: Number.MAX_SAFE_INTEGER,
        large: 9007199254740993n,
        total: 1,
        price: 1.5,
        at: -1,
        day: Date.UTC(2026, 0, 1),
        nested: { a: [1, 2] },
      },
    ]);
  });

  it('gives columns as typed arrays with NaN for missing values', async () => {
    const relations =
      await aTable(`SELECT * FROM (VALUES (1.5::DOUBLE, 1::BIGINT, true, 'x', TIMESTAMP '1970-01-01 00:00:01'),
      (NULL, NULL, NULL, NULL, NULL)) v(n, i, b, s, "at")`);
    const { rowCount, columns } = await workspace.tables.columns('SELECT * FROM t', { relations });
    expect(rowCount).toBe(2);
    expect(columns).toEqual([
      { name: 'n', type: 'number', values: Float64Array.of(1.5, Number.NaN) },
      { name: 'i', type: 'integer', values: Float64Array.of(1, Number.NaN) },
      { name: 'b', type: 'boolean', values: Float64Array.of(1, Number.NaN) },
      { name: 's', type: 'string', values: ['x', null] },
      { name: 'at', type: 'timestamp', values: Float64Array.of(1000, Number.NaN) },
    ]);
    expect(await workspace.tables.columns('SELECT * FROM t LIMIT 0', { relations })).toMatchObject({ rowCount: 0 });
  });

  it('reads several files as one relation, and joins relations', async () => {
    const first = await aTable('SELECT i AS id FROM range(5) r(i)');
    const second = await aTable('SELECT i AS id FROM range(5, 8) r(i)');
    const relations = { all: [...first.t, ...second.t], some: second.t };
    const sql = 'SELECT count(*) AS n FROM "all" JOIN "some" USING (id)';
    expect(await workspace.tables.rows(sql, { relations })).toEqual([{ n: 3 }]);
    expect(await workspace.tables.rowCount(relations.all)).toBe(8);
  });

  it('keeps concurrent queries with the same relation names apart', async () => {
    const counts = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const relations = await aTable(`SELECT * FROM range(${index + 1})`);
        return (await workspace.tables.rows('SELECT count(*) AS n FROM t', { relations }))[0]?.['n'];
      }),
    );
    expect(counts).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  it('interrupts a long query when its signal aborts', async () => {
    const signal = AbortSignal.timeout(100);
    const sql = 'SELECT count(*) FROM range(1000000000) a, range(1000) b WHERE a.range % 7 = b.range % 11';
    await expect(workspace.tables.rows(sql, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('the limits of statements', () => {
  it.each([
    `SELECT * FROM read_csv('/etc/passwd')`,
    `SELECT * FROM read_text('${join(tmpdir(), '*')}')`,
    `COPY (SELECT 1) TO '${join(tmpdir(), 'escaped.parquet')}'`,
    `ATTACH '${join(tmpdir(), 'escaped.db')}'`,
    'INSTALL httpfs',
    'LOAD httpfs',
    `SELECT * FROM read_parquet('https://127.0.0.1:1/x.parquet')`,
    'SET threads = 64',
    `SET allowed_directories = ['/']`,
    'SET enable_external_access = true',
  ])('refuses %s', async (sql) => {
    await expect(workspace.tables.rows(sql)).rejects.toThrow(
      /disabled by configuration|has been locked|Permission|not found|require/i,
    );
  });

  it('refuses a file beside an allowed folder and one reached through it', async () => {
    const beside = `${workspace.dir}-beside.csv`;
    await writeFile(beside, 'a\n1\n');
    for (const path of [
      beside,
      join(workspace.dir, 'x', '..', '..', 'beside.csv'),
      `${workspace.dir}/../${beside.split('/').at(-1)}`,
    ]) {
      await expect(workspace.tables.rows(`SELECT * FROM read_csv('${path}')`)).rejects.toThrow(
        /disabled by configuration/,
      );
    }
  });

  it('names a table that cannot be read', async () => {
    const missing = workspace.tables.rowCount([workspace.fresh()]);
    await expect(missing).rejects.toMatchObject({ name: 'MillwrightError', code: 'TABLE_UNREADABLE' });
    const path = workspace.fresh();
    await writeFile(path, 'not Parquet at all');
    await expect(workspace.tables.profile([path])).rejects.toMatchObject({ code: 'TABLE_UNREADABLE' });
  });
});

describe('writing', () => {
  it('turns lines of JSON into Parquet with the given types', async () => {
    const path = await workspace.file(
      '{"id":"p1","at":1700000000123,"score":0.5,"n":9007199254740993,"ok":true,"inputs":{"a":[1,"x"]}}\n{"id":"ü\\n\\"","extra":1}\n',
    );
    const outPath = workspace.fresh();
    const columns = [
      { name: 'id', type: 'string' },
      { name: 'at', type: 'timestamp' },
      { name: 'score', type: 'number' },
      { name: 'n', type: 'integer' },
      { name: 'ok', type: 'boolean' },
      { name: 'inputs', type: 'string' },
    ] as const;
    expect(await workspace.tables.ndjsonToParquet({ path, outPath, columns })).toEqual({ rowCount: 2 });
    expect(await workspace.tables.schema([outPath])).toEqual(columns);
    expect(await workspace.tables.rows('SELECT * FROM t', { relations: { t: [outPath] } })).toEqual([
      { id: 'p1', at: 1_700_000_000_123, score: 0.5, n: 9007199254740993n, ok: true, inputs: '{"a":[1,"x"]}' },
      { id: 'ü\n"', at: null, score: null, n: null, ok: null, inputs: null },
    ]);
  });

  it('writes an empty table from no lines, and nothing from broken ones', async () => {
    const columns = [{ name: 'id', type: 'integer' }] as const;
    const outPath = workspace.fresh();
    expect(await workspace.tables.ndjsonToParquet({ path: await workspace.file(''), outPath, columns })).toEqual({
      rowCount: 0,
    });
    expect(await workspace.tables.schema([outPath])).toEqual(columns);
    const broken = workspace.fresh();
    const path = await workspace.file('{"id":1}\n{"id":"x"}\n');
    await expect(workspace.tables.ndjsonToParquet({ path, outPath: broken, columns })).rejects.toThrow('line 2');
    await expect(access(broken)).rejects.toThrow('ENOENT');
  });

  it('writes columns and reads them back, across many chunks', async () => {
    const count = 5000;
    const columns: ColumnData[] = [
      {
        name: 'n',
        type: 'number',
        values: Float64Array.from({ length: count }, (_, i) => (i % 3 === 0 ? Number.NaN : i / 7)),
      },
      { name: 'i', type: 'integer', values: Float64Array.from({ length: count }, (_, i) => i * 1e9) },
      { name: 'b', type: 'boolean', values: Float64Array.from({ length: count }, (_, i) => i % 2) },
      {
        name: 's',
        type: 'string',
        values: Array.from({ length: count }, (_, i) => (i % 5 === 0 ? null : `text ${i} that is long`)),
      },
      { name: 'at', type: 'timestamp', values: Float64Array.from({ length: count }, (_, i) => 1.7e12 + i) },
    ];
    const outPath = workspace.fresh();
    expect(await workspace.tables.writeColumns(columns, outPath)).toEqual({ rowCount: count });
    expect(await workspace.tables.columns('SELECT * FROM t', { relations: { t: [outPath] } })).toEqual({
      rowCount: count,
      columns,
    });
    const again = workspace.fresh();
    await workspace.tables.writeColumns(columns, again);
    expect((await readFile(again)).equals(await readFile(outPath))).toBe(true);
    const uneven: ColumnData[] = [...columns, { name: 'short', type: 'string', values: ['x'] }];
    await expect(workspace.tables.writeColumns(uneven, workspace.fresh())).rejects.toThrow(RangeError);
  });
});
