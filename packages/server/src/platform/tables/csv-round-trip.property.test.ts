import { expect, it } from 'vitest';
import type { Column } from './index.ts';
import { useWorkspace } from './workspace.ts';

const workspace = useWorkspace();

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pieces = [
  'a',
  'B',
  '7',
  ' ',
  ',',
  ';',
  '"',
  '""',
  '\n',
  '\r\n',
  '\r',
  'ü',
  '🙂',
  "'",
  '\\',
  '#',
  '\t',
  'NULL',
  '|',
];

function aCell(random: (below: number) => number): string {
  return Array.from({ length: random(6) }, () => pieces[random(pieces.length)]).join('');
}

/** Quotes what RFC 4180 demands, and at random what it merely permits. */
function written(cell: string, delimiter: string, random: (below: number) => number): string {
  const demanded = /["\r\n]/.test(cell) || cell.includes(delimiter) || cell === '';
  return demanded || random(3) === 0 ? `"${cell.replaceAll('"', '""')}"` : cell;
}

// The scanner that checks the structure and DuckDB that reads the values must see the same records in every such file.
it('gives back every table that was written by the rules, whatever is in its cells', async () => {
  const random = generator(20260301);
  for (let trial = 0; trial < 120; trial++) {
    const width = 1 + random(4);
    const delimiter = ([',', ';', '\t', '|'] as const)[random(4)] ?? ',';
    const lineEnd = ['\n', '\r\n', '\r'][random(3)] ?? '\n';
    const rows = Array.from({ length: 1 + random(40) }, () => Array.from({ length: width }, () => aCell(random)));
    const names = Array.from({ length: width }, (_, index) => `c${index}`);
    const lines = [names, ...rows].map((row) => row.map((cell) => written(cell, delimiter, random)).join(delimiter));
    const content = lines.join(lineEnd) + (random(2) === 0 ? lineEnd : '');
    const path = await workspace.file(content);
    const outPath = workspace.fresh();
    const expected = names.map((name): Column => ({ name, type: 'string' }));
    const result = await workspace.tables.ingestCsv({ path, outPath, expected, delimiter });
    expect({ content, result }).toEqual({ content, result: { ok: true, columns: expected, rowCount: rows.length } });
    const found = await workspace.tables.columns('SELECT * FROM t', { relations: { t: [outPath] } });
    const cells = rows.map((row) => row.map((cell) => (cell === '' ? null : cell)));
    const columns = found.columns.map((column) => column.values);
    expect({ content, cells: cells.map((_, row) => columns.map((values) => values[row])) }).toEqual({ content, cells });
  }
});
