import { randomBytes } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Column, CsvSource, Ingestion, Row } from './index.ts';
import { useWorkspace } from './workspace.ts';

const workspace = useWorkspace();

async function ingest(
  content: string | Uint8Array,
  options: Partial<CsvSource> = {},
): Promise<Ingestion & { outPath: string }> {
  const outPath = workspace.fresh();
  const path = await workspace.file(content);
  return { ...(await workspace.tables.ingestCsv({ path, outPath, ...options })), outPath };
}

async function rowsOf(content: string | Uint8Array, options: Partial<CsvSource> = {}): Promise<Row[]> {
  const result = await ingest(content, options);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return workspace.tables.rows('SELECT * FROM t', { relations: { t: [result.outPath] } });
}

const typesOf = (result: Ingestion) =>
  result.ok ? Object.fromEntries(result.columns.map((c) => [c.name, c.type])) : result;

describe('ingestCsv', () => {
  it('infers types from the whole file and keeps the order of rows', async () => {
    const lines = Array.from(
      { length: 30_000 },
      (_, index) => `${index},${index / 4},name ${index},${index % 2 === 0},2026-01-01`,
    );
    const result = await ingest(`id,price,name,paid,day\n${lines.join('\n')}\n30000,x,last,true,2026-01-02\n`);
    expect(result).toMatchObject({ ok: true, rowCount: 30_001 });
    expect(typesOf(result)).toEqual({
      id: 'integer',
      price: 'string',
      name: 'string',
      paid: 'boolean',
      day: 'timestamp',
    });
    const found = await workspace.tables.columns('SELECT id FROM t', { relations: { t: [result.outPath] } });
    expect(found.columns[0]?.values).toEqual(Float64Array.from({ length: 30_001 }, (_, index) => index));
  });

  it('infers the type of a column whose first values are all missing', async () => {
    const result = await ingest(`a,b\n${',x\n'.repeat(5000)}${'7,x\n'.repeat(3)}`);
    expect(typesOf(result)).toEqual({ a: 'integer', b: 'string' });
  });

  it('infers nothing that would lose information', async () => {
    const content =
      'zip,huge,flag,year,exp,mixed,empty,money\n007,12345678901234567890,0,2024,1e3,1,,"1,000"\n010,1,1,2025,2,x,NA,2\n';
    expect(typesOf(await ingest(content))).toEqual({
      zip: 'string',
      huge: 'string',
      flag: 'integer',
      year: 'integer',
      exp: 'number',
      mixed: 'string',
      empty: 'string',
      money: 'string',
    });
    expect(typesOf(await ingest('a\nepoch\n'))).toEqual({ a: 'string' });
    expect(typesOf(await ingest('a\n1_000\n'))).toEqual({ a: 'string' });
    expect(typesOf(await ingest('a\ninf\n'))).toEqual({ a: 'string' });
    expect(typesOf(await ingest('a\n1e999\n'))).toEqual({ a: 'string' });
  });

  it('reads missing markers as missing except in strings', async () => {
    expect(await rowsOf('n,i,b,t,s\n1.5,1,true,2026-01-01,NA\n,NA,null,N/A,\nNaN,nan,,NULL,""\n')).toEqual([
      { n: 1.5, i: 1, b: true, t: Date.UTC(2026, 0, 1), s: 'NA' },
      { n: null, i: null, b: null, t: null, s: null },
      { n: null, i: null, b: null, t: null, s: null },
    ]);
  });

  it('takes times without a zone for UTC and converts the others', async () => {
    const rows = await rowsOf(
      't\n2026-03-01 12:00:00\n2026-03-01T12:00:00Z\n2026-03-01T14:00:00.250+02:00\n2026/03/01\n',
    );
    expect(rows.map((row) => row['t'])).toEqual([
      Date.UTC(2026, 2, 1, 12),
      Date.UTC(2026, 2, 1, 12),
      Date.UTC(2026, 2, 1, 12, 0, 0, 250),
      Date.UTC(2026, 2, 1),
    ]);
  });

  it.each([
    ['line feeds', 'a,b\n1,x\n2,y\n'],
    ['carriage returns and line feeds', 'a,b\r\n1,x\r\n2,y\r\n'],
    ['carriage returns', 'a,b\r1,x\r2,y\r'],
    ['mixed line ends', 'a,b\r\n1,x\n2,y\r'],
    ['no line end at the end', 'a,b\n1,x\n2,y'],
    ['a byte order mark', '\ufeffa,b\n1,x\n2,y\n'],
    ['a byte order mark before a quote', '\ufeff"a",b\n1,x\n2,y\n'],
    ['semicolons', 'a;b\n1;x\n2;y\n'],
    ['tabs', 'a\tb\n1\tx\n2\ty\n'],
    ['pipes', 'a|b\n1|x\n2|y\n'],
    ['blank lines', 'a,b\n\n1,x\n\n\n2,y\n\n'],
    ['quotes everywhere', '"a","b"\n"1","x"\n"2","y"\n'],
    ['space around names and numbers', ' a , b\n 1 ,x\n2 ,y\n'],
  ])('reads %s', async (_, content) => {
    expect(await rowsOf(content)).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ]);
  });

  it('keeps delimiters, quotes and line ends inside of quotes, and stray quotes inside of plain values', async () => {
    expect(await rowsOf('a,b\n"x, ""y""\r\nz",5" pipe\n"ü🙂",\'q\'\n')).toEqual([
      { a: 'x, "y"\r\nz', b: '5" pipe' },
      { a: 'ü🙂', b: "'q'" },
    ]);
  });

  it('reads a table of one column, where a blank line is a missing value', async () => {
    expect(await rowsOf('a\n1\n\n3\n')).toEqual([{ a: 1 }, { a: null }, { a: 3 }]);
  });

  it('reads values of several megabytes', async () => {
    const long = 'x'.repeat(10_000_000);
    expect(await rowsOf(`a,b\n1,${long}\n`)).toEqual([{ a: 1, b: long }]);
  });

  it('quotes names that look like SQL', async () => {
    const name = `x"; DROP TABLE t; --'`;
    expect(await rowsOf(`"${name.replaceAll('"', '""')}",select\n1,2\n`)).toEqual([{ [name]: 1, select: 2 }]);
  });

  it('gives the same bytes for the same file', async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `${index},${Math.sin(index)},${index % 7}`);
    const content = `a,b,c\n${lines.join('\n')}\n`;
    const [first, second] = [await ingest(content), await ingest(content)];
    expect((await readFile(first.outPath)).equals(await readFile(second.outPath))).toBe(true);
  });
});

describe('ingestCsv refuses', () => {
  it.each<[string, string | Uint8Array, number | null, string | null, string]>([
    ['an empty file', '', null, null, 'The file is empty'],
    ['a byte order mark alone', '\ufeff', null, null, 'Line 1 is empty'],
    ['a header alone', 'a,b\n', null, null, 'a header but no rows'],
    ['too few values', 'a,b,c\n1,2,3\n4,5\n', 3, 'c', 'The record has 2 values where the header has 3 names'],
    ['too many values', 'a,b\n1,2\n\n3,4,5\n', 4, null, 'The record has 3 values where the header has 2 names'],
    ['a quote never closed', 'a,b\n1,x\n2,"y\n3,z\n', 3, 'b', 'never closed'],
    ['text after a closing quote', 'a,b\n1,"x"y\n', 2, 'b', 'goes on after its closing quote'],
    ['space before a quote', 'a,b\n1, "x,y"\n', 2, 'b', 'space before an opening quote'],
    [
      'bytes that are not UTF-8',
      Buffer.from('a,b\n1,x\n2,caf\xe9\n', 'latin1'),
      3,
      'b',
      'byte 0xE9, which is not UTF-8',
    ],
    ['a sequence cut off at the end', Buffer.from('a\n1\n\xe2\x82', 'latin1'), 3, 'a', 'byte 0xE2'],
    ['NUL bytes', 'a,b\n1,x\n2,y\0\n', 3, 'b', 'byte 0x00'],
    ['NUL bytes in the header', 'a\0,b\n1,x\n', null, null, 'line 1 holds NUL bytes'],
    ['the same name twice', 'a,b,a\n1,2,3\n', 1, 'a', 'Columns 1 and 3 are both named a'],
    ['names that differ in case only', 'a,A\n1,2\n', 1, 'A', 'Columns 1 and 2 are both named A'],
    ['a column without a name', 'a,,c\n1,2,3\n', 1, '', 'Column 2 has no name'],
    ['a file of another format', Buffer.from('PAR1abc'), null, null, 'it is a Parquet file'],
    ['UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), null, null, 'text in UTF-16'],
    ['a spreadsheet', Buffer.from('PK\x03\x04abc'), null, null, 'a ZIP archive or a spreadsheet'],
  ])('%s', async (_, content, line, column, message) => {
    const result = await ingest(content);
    expect(result).toMatchObject({ ok: false, problemCount: 1, problems: [{ line, column }] });
    expect(result.ok ? '' : result.problems[0]?.message).toContain(message);
    await expect(access(result.outPath)).rejects.toThrow('ENOENT');
  });

  it('binary garbage of any kind', async () => {
    for (let trial = 0; trial < 20; trial++) {
      const result = await ingest(randomBytes(50_000));
      expect(result.ok).toBe(false);
      expect((await ingest(Buffer.concat([Buffer.from('a,b\n'), randomBytes(5000)]))).ok).toBe(false);
    }
  });

  it('a bad byte wherever a chunk of reading ends', async () => {
    for (const at of [262_140, 262_143, 262_144, 262_145]) {
      const bytes = Buffer.from(`a\n${'x'.repeat(at - 2)}\nü🙂\n`);
      expect((await ingest(bytes)).ok).toBe(true);
      bytes[at] = 0xff;
      expect(await ingest(bytes)).toMatchObject({ ok: false, problems: [{ line: 2, column: 'a' }] });
    }
  });

  it('wrong values by line, column and value, through blank lines and quoted line ends', async () => {
    const expected: Column[] = [
      { name: 'note', type: 'string' },
      { name: 'amount', type: 'number' },
      { name: 'count', type: 'integer' },
      { name: 'paid', type: 'boolean' },
      { name: 'at', type: 'timestamp' },
    ];
    const good = '2.5,note,3,yes,2026-01-01';
    const content = [
      'amount,note,count,paid,at',
      good,
      '',
      '1,"two',
      'lines",2,no,2026-01-01',
      'abc,note,3,true,2026-01-01',
      good,
      '1e999,note,2.5,maybe,2026-02-30',
    ].join('\n');
    const result = await ingest(content, { expected });
    expect(result).toMatchObject({
      ok: false,
      problemCount: 5,
      problems: [
        { line: 6, column: 'amount', value: 'abc', message: '"abc" is not a finite number' },
        { line: 8, column: 'amount', value: '1e999', message: '"1e999" is not a finite number' },
        { line: 8, column: 'count', value: '2.5', message: '"2.5" is not a whole number within 64 bits' },
        { line: 8, column: 'paid', value: 'maybe', message: '"maybe" is not true or false' },
        { line: 8, column: 'at', value: '2026-02-30' },
      ],
    });
    await expect(access(result.outPath)).rejects.toThrow('ENOENT');
  });

  it('many problems with the first twenty and the number of all', async () => {
    const content = `a\n${Array.from({ length: 5000 }, (_, index) => (index < 1000 ? index : `x${index}`)).join('\n')}\n`;
    const result = await ingest(content, { expected: [{ name: 'a', type: 'integer' }] });
    expect(result).toMatchObject({ ok: false, problemCount: 4000 });
    const lines = Array.from({ length: 20 }, (_, index) => 1002 + index);
    expect(result.ok ? [] : result.problems.map((problem) => problem.line)).toEqual(lines);
    const ragged = await ingest(`a,b\n${'1\n'.repeat(50)}`);
    expect(ragged).toMatchObject({ ok: false, problemCount: 50 });
    expect(ragged.ok ? [] : ragged.problems).toHaveLength(20);
  });

  it('columns that are missing or not expected', async () => {
    const expected: Column[] = [
      { name: 'a', type: 'integer' },
      { name: 'b', type: 'integer' },
    ];
    expect(await ingest('b,c\n1,2\n', { expected })).toMatchObject({
      ok: false,
      problems: [
        { line: 1, column: 'a', message: 'The column a is missing' },
        { line: 1, column: 'c', message: 'The column c is not expected' },
      ],
    });
    expect(await rowsOf('b,a\n1,2\n', { expected })).toEqual([{ a: 2, b: 1 }]);
  });
});
