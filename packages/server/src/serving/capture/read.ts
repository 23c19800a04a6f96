import type { Platform } from '#platform/core';
import type { ColumnData } from '#platform/tables';
import { findEndpointById } from '../endpoints/store.ts';
import type { CapturedInput, CapturedRange, CapturedRows } from './captured-rows.ts';
import type { CapturedColumn } from './part-builder.ts';
import type { RecentRows, RowBlock } from './recent-rows.ts';
import { type CapturedPart, findInParts, labelsOf, partsBetween, readPart } from './store.ts';

/** Where captured rows are: in files, and the newest in memory. */
export type CapturedSource = Pick<Platform, 'database' | 'blobs' | 'tables'> & { recent: RecentRows };

const fixedColumns = [
  'prediction_id',
  'at',
  'model_version_id',
  'model_version',
  'variant',
  'forced',
  'unit',
  'failure',
  'predicted_label',
  'predicted_value',
];

export const capturedCount = async ({ database }: Pick<Platform, 'database'>, endpointId: string): Promise<number> =>
  Number((await findEndpointById(database.db, endpointId))?.captured ?? 0);

/** Rows [fromRow, toRow), as far as they exist, joined with the labels known now. */
export const readCaptured = async (
  source: CapturedSource,
  endpointId: string,
  range: CapturedRange,
): Promise<CapturedRows> => {
  const rows = await readRows(source, endpointId, range);
  const labels = await labelsOf(source.database.db, endpointId, rows.predictionId);
  return { ...rows, label: rows.predictionId.map((id) => labels.get(id) ?? null) };
};

/** The same with every label left null. */
export const readRows = async (
  source: CapturedSource,
  endpointId: string,
  { fromRow, toRow, columns }: CapturedRange,
): Promise<CapturedRows> => {
  const blocks: RowBlock[] = [];
  let next = fromRow;
  for (const block of source.recent.between(endpointId, fromRow, toRow)) {
    blocks.push(...(await readFiles(source, endpointId, { fromRow: next, toRow: block.fromRow, columns })), block);
    next = block.toRow;
  }
  blocks.push(...(await readFiles(source, endpointId, { fromRow: next, toRow, columns })));
  return assemble(blocks, columns);
};

/** Rows [fromRow, toRow) with one of the given prediction ids: in no order, without numbers, inputs and labels. */
export const findCaptured = async (
  source: CapturedSource,
  endpointId: string,
  { fromRow, toRow, predictionIds }: { fromRow: number; toRow: number; predictionIds: readonly string[] },
): Promise<CapturedRows> => {
  if (predictionIds.length === 0) return assemble([], []);
  const wanted = new Set(predictionIds);
  const blocks: RowBlock[] = [];
  let next = fromRow;
  for (const block of source.recent.between(endpointId, fromRow, toRow)) {
    blocks.push(...(await findInFiles(source, endpointId, next, block.fromRow, predictionIds)));
    blocks.push(rowsWith(block, wanted));
    next = block.toRow;
  }
  blocks.push(...(await findInFiles(source, endpointId, next, toRow, predictionIds)));
  return assemble(blocks, []);
};

const readFiles = async (
  { database, blobs, tables }: CapturedSource,
  endpointId: string,
  { fromRow, toRow, columns }: { fromRow: number; toRow: number; columns: readonly string[] | undefined },
): Promise<RowBlock[]> => {
  if (fromRow >= toRow) return [];
  const blocks: RowBlock[] = [];
  for (const part of await partsBetween(database.db, endpointId, fromRow, toRow)) {
    const path = await blobs.localPath(part.digest);
    const from = Math.max(fromRow, part.fromRow);
    const to = Math.min(toRow, part.toRow);
    const names = [...fixedColumns, ...wantedInputs(part.inputs, columns)];
    const table = await readPart(tables, path, names, from - part.fromRow, to - part.fromRow);
    blocks.push({ fromRow: from, toRow: to, inputs: part.inputs, columns: byName(table.columns) });
  }
  return blocks;
};

const findInFiles = async (
  { database, blobs, tables }: CapturedSource,
  endpointId: string,
  fromRow: number,
  toRow: number,
  predictionIds: readonly string[],
): Promise<RowBlock[]> => {
  const parts = fromRow < toRow ? await partsBetween(database.db, endpointId, fromRow, toRow) : [];
  const isWhole = (part: CapturedPart) => part.fromRow >= fromRow && part.toRow <= toRow;
  const whole = parts.filter(isWhole);
  // Merging puts rows on both sides of any number into one part: of those at the ends only some rows are meant.
  const cut = parts.filter((part) => !isWhole(part)).map((part) => [part]);
  const blocks: RowBlock[] = [];
  for (const group of whole.length > 0 ? [whole, ...cut] : cut) {
    const paths: string[] = [];
    for (const part of group) paths.push(await blobs.localPath(part.digest));
    const begin = group === whole ? fromRow : (group[0]?.fromRow ?? 0);
    const range = { from: Math.max(0, fromRow - begin), to: toRow - begin };
    const table = await findInParts(tables, paths, fixedColumns, { predictionIds, ...range });
    blocks.push({ fromRow, toRow: fromRow + table.rowCount, inputs: [], columns: byName(table.columns) });
  }
  return blocks;
};

const rowsWith = ({ fromRow, columns }: RowBlock, predictionIds: ReadonlySet<string>): RowBlock => {
  const rows: number[] = [];
  ((columns.get('prediction_id') as ColumnData).values as string[]).forEach((id, row) => {
    if (predictionIds.has(id)) rows.push(row);
  });
  const picked = fixedColumns.map((name): ColumnData => {
    const column = columns.get(name) as ColumnData;
    return column.type === 'string'
      ? { ...column, values: rows.map((row) => column.values[row] as string | null) }
      : { ...column, values: Float64Array.from(rows, (row) => column.values[row] as number) };
  });
  return { fromRow, toRow: fromRow + rows.length, inputs: [], columns: byName(picked) };
};

const wantedInputs = (inputs: readonly CapturedColumn[], columns: readonly string[] | undefined): string[] =>
  inputs.filter(({ name }) => columns === undefined || columns.includes(name)).map(({ column }) => column);

const byName = (columns: readonly ColumnData[]): Map<string, ColumnData> =>
  new Map(columns.map((column) => [column.name, column]));

const rowCountOf = ({ fromRow, toRow }: RowBlock): number => toRow - fromRow;

const assemble = (blocks: readonly RowBlock[], wanted: readonly string[] | undefined): CapturedRows => {
  const rows = blocks.reduce((sum, block) => sum + rowCountOf(block), 0);
  const numbers = (name: string): Float64Array => {
    const joined = new Float64Array(rows);
    let at = 0;
    for (const block of blocks) {
      joined.set((block.columns.get(name)?.values ?? []) as Float64Array, at);
      at += rowCountOf(block);
    }
    return joined;
  };
  const texts = (name: string): (string | null)[] =>
    blocks.flatMap(({ columns }) => (columns.get(name)?.values ?? []) as (string | null)[]);
  const failed = Uint8Array.from(texts('failure'), (failure) => (failure === null ? 0 : 1));
  const labels = texts('predicted_label');
  const values = numbers('predicted_value');
  const isClassification = labels.some((label) => label !== null);
  const hasValues = values.some((value) => !Number.isNaN(value));
  let index = 0;
  const rowIndex = new Float64Array(rows);
  for (const { fromRow, toRow } of blocks) for (let row = fromRow; row < toRow; row++) rowIndex[index++] = row;
  return {
    rows,
    rowIndex,
    predictionId: texts('prediction_id') as string[],
    at: numbers('at'),
    modelVersionId: texts('model_version_id') as string[],
    modelVersion: numbers('model_version'),
    variant: texts('variant') as CapturedRows['variant'],
    forced: Uint8Array.from(numbers('forced')),
    unit: texts('unit') as string[],
    failed,
    predictedLabel: isClassification ? labels : null,
    predictedValue: hasValues ? values : null,
    label: new Array<string | null>(rows).fill(null),
    inputs: assembleInputs(blocks, rows, wanted),
  };
};

const assembleInputs = (
  blocks: readonly RowBlock[],
  rows: number,
  wanted: readonly string[] | undefined,
): Record<string, CapturedInput> => {
  const names = new Set(
    blocks
      .flatMap(({ inputs }) => inputs.map(({ name }) => name))
      .filter((name) => wanted === undefined || wanted.includes(name)),
  );
  const inputs: Record<string, CapturedInput> = Object.create(null) as Record<string, CapturedInput>;
  for (const name of names) {
    const pieces = blocks.map((block) => pieceOf(block, name));
    const isCategory = pieces.some(({ kind }) => kind === 'category');
    inputs[name] = isCategory
      ? { kind: 'category', values: pieces.flatMap(asCategories) }
      : { kind: 'number', values: joinNumbers(pieces, rows) };
  }
  return inputs;
};

interface Piece {
  kind: CapturedColumn['kind'];
  values: Float64Array | (string | null)[];
  rowCount: number;
}

const pieceOf = (block: RowBlock, name: string): Piece => {
  const input = block.inputs.find((candidate) => candidate.name === name);
  const values = (input && block.columns.get(input.column)?.values) ?? [];
  return { kind: input?.kind ?? 'empty', values, rowCount: rowCountOf(block) };
};

const asCategories = ({ kind, values, rowCount }: Piece): (string | null)[] => {
  if (kind === 'category') return values as (string | null)[];
  if (kind === 'empty') return new Array<string | null>(rowCount).fill(null);
  return Array.from(values as Float64Array, (value) => (Number.isNaN(value) ? null : String(value)));
};

const joinNumbers = (pieces: readonly Piece[], rows: number): Float64Array => {
  const joined = new Float64Array(rows).fill(Number.NaN);
  let at = 0;
  for (const { kind, values, rowCount } of pieces) {
    if (kind === 'number') joined.set(values as Float64Array, at);
    at += rowCount;
  }
  return joined;
};
