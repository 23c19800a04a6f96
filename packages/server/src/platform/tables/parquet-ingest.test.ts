import { access, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Column, Ingestion } from './index.ts';
import { useWorkspace } from './workspace.ts';

const workspace = useWorkspace();

/** A Parquet file holding the result of a query. */
async function aParquet(sql: string): Promise<string> {
  const outPath = workspace.fresh();
  await workspace.tables.writeQuery(sql, { outPath });
  return outPath;
}

async function ingest(path: string, expected?: Column[]): Promise<Ingestion & { outPath: string }> {
  const outPath = workspace.fresh();
  return { ...(await workspace.tables.ingestParquet({ path, outPath, ...(expected ? { expected } : {}) })), outPath };
}

describe('ingestParquet', () => {
  it('converts what others write into our types', async () => {
    const path =
      await aParquet(`SELECT 1::TINYINT AS tiny, 2::UBIGINT AS ubig, 3::HUGEINT AS huge, 1.25::DECIMAL(9, 2) AS money,
      1.5::FLOAT AS single, 'x'::VARCHAR AS text, 'a'::ENUM('a', 'b') AS choice, uuid() AS id, true AS flag, DATE '2026-03-01' AS day,
      TIMESTAMP '2026-03-01 12:00:00' AS at, TIMESTAMP_NS '2026-03-01 12:00:00' AS nanos,
      TIMESTAMPTZ '2026-03-01 14:00:00+02:00' AS zoned, 'nan'::DOUBLE AS missing`);
    const result = await ingest(path);
    expect(result.ok && Object.fromEntries(result.columns.map(({ name, type }) => [name, type]))).toEqual({
      tiny: 'integer',
      ubig: 'integer',
      huge: 'number',
      money: 'number',
      single: 'number',
      text: 'string',
      choice: 'string',
      id: 'string',
      flag: 'boolean',
      day: 'timestamp',
      at: 'timestamp',
      nanos: 'timestamp',
      zoned: 'timestamp',
      missing: 'number',
    });
    const [row = {}] = await workspace.tables.rows('SELECT * FROM t', { relations: { t: [result.outPath] } });
    const noon = Date.UTC(2026, 2, 1, 12);
    expect(row).toMatchObject({
      tiny: 1,
      ubig: 2,
      huge: 3,
      money: 1.25,
      single: 1.5,
      text: 'x',
      choice: 'a',
      flag: true,
    });
    expect(row).toMatchObject({ day: Date.UTC(2026, 2, 1), at: noon, nanos: noon, zoned: noon, missing: null });
    expect(await workspace.tables.schema([result.outPath])).toEqual(result.ok && result.columns);
  });

  it('keeps the order of rows and gives the same bytes for the same file', async () => {
    const path = await aParquet('SELECT i, sin(i) AS x FROM range(300000) t(i)');
    const [first, second] = [await ingest(path), await ingest(path)];
    expect(first).toMatchObject({ ok: true, rowCount: 300_000 });
    expect((await readFile(first.outPath)).equals(await readFile(second.outPath))).toBe(true);
    const sql = 'SELECT count(*) AS moved FROM t WHERE i <> file_row_number';
    const moved = sql.replace(
      'FROM t',
      `FROM (SELECT * FROM read_parquet('${first.outPath}', file_row_number = true))`,
    );
    expect(await workspace.tables.rows(moved)).toEqual([{ moved: 0 }]);
  });

  it('converts whole and other numbers into each other where nothing is lost', async () => {
    const path = await aParquet('SELECT * FROM (VALUES (1.0::DOUBLE, 7), (NULL, 8)) t(a, b)');
    const result = await ingest(path, [
      { name: 'b', type: 'number' },
      { name: 'a', type: 'integer' },
    ]);
    expect(await workspace.tables.schema([result.outPath])).toEqual([
      { name: 'b', type: 'number' },
      { name: 'a', type: 'integer' },
    ]);
  });
});

describe('ingestParquet refuses', () => {
  const refusal = async (path: string, expected?: Column[]) => {
    const result = await ingest(path, expected);
    await expect(access(result.outPath)).rejects.toThrow('ENOENT');
    return result;
  };

  it('files that are cut off, damaged or no Parquet, without naming a path of the server', async () => {
    const good = await readFile(await aParquet('SELECT i, i::VARCHAR AS s FROM range(100000) t(i)'));
    const damaged = Buffer.from(good);
    damaged.fill(0x55, good.length - 200, good.length - 8);
    const damagedPages = Buffer.from(good);
    damagedPages.fill(0x55, 4, 4000);
    const contents = [Buffer.alloc(0), Buffer.from('x'), Buffer.from('a,b\n1,2\n'), good.subarray(0, good.length / 2)];
    for (const content of [...contents, good.subarray(100), damaged, damagedPages, Buffer.from('PAR1\0\0\0\0PAR1')]) {
      const path = workspace.fresh();
      await writeFile(path, content);
      const result = await refusal(path);
      expect(result).toMatchObject({ ok: false, problemCount: 1, problems: [{ line: null, column: null }] });
      const message = result.ok ? '' : (result.problems[0]?.message ?? '');
      expect(message).toContain('no readable Parquet');
      expect(message).not.toContain(workspace.dir);
    }
  });

  it('nested, binary and time-of-day columns by name', async () => {
    const path = await aParquet(
      `SELECT [1] AS list, {'a': 1} AS struct, MAP {'a': 1} AS map, 'x'::BLOB AS bytes, TIME '12:00' AS hour, 1 AS fine`,
    );
    const result = await refusal(path);
    expect(result.ok ? [] : result.problems.map((problem) => problem.column)).toEqual([
      'list',
      'struct',
      'map',
      'bytes',
      'hour',
    ]);
  });

  it('values without a conversion by row', async () => {
    const path = await aParquet(`SELECT * FROM (VALUES (1.5::DOUBLE, 1::UBIGINT, TIMESTAMP '2026-01-01'),
      ('inf'::DOUBLE, 18446744073709551615, 'infinity'), ('nan', NULL, NULL)) t(n, big, "at")`);
    expect(await refusal(path)).toMatchObject({
      problemCount: 3,
      problems: [
        { line: 2, column: 'n', value: 'inf' },
        { line: 2, column: 'big', value: '18446744073709551615' },
        { line: 2, column: 'at', value: 'infinity' },
      ],
    });
    const expected: Column[] = [{ name: 'n', type: 'integer' }];
    const fractions = await aParquet('SELECT * FROM (VALUES (1.0::DOUBLE), (1.5)) t(n)');
    expect(await refusal(fractions, expected)).toMatchObject({ problems: [{ line: 2, column: 'n', value: '1.5' }] });
  });

  it('other columns and other types than expected, and tables without rows', async () => {
    const path = await aParquet(`SELECT 'x' AS a, 1 AS b`);
    const columns = (name: string, type: Column['type']): Column[] => [
      { name, type },
      { name: 'b', type: 'integer' },
    ];
    expect(await refusal(path, columns('c', 'string'))).toMatchObject({ problems: [{ column: 'c' }, { column: 'a' }] });
    const message = 'The column a holds string values, expected are number values';
    expect(await refusal(path, columns('a', 'number'))).toMatchObject({ problems: [{ column: 'a', message }] });
    expect(await refusal(await aParquet('SELECT 1 AS a WHERE false'))).toMatchObject({
      problems: [{ message: 'The file has no rows' }],
    });
  });
});
