import type { Platform } from '#platform/core';
import type { ColumnData } from '#platform/tables';
import { findEndpointById } from '../endpoints/store.ts';
import type { CapturedInput, CapturedRange, CapturedRows } from './captured-rows.ts';
import type { CapturedColumn } from './part-builder.ts';
import { type CapturedPart, findInParts, labelsOf, partsBetween, readPart } from './store.ts';

type ReadingPlatform = Pick<Platform, 'database' | 'blobs' | 'tables'>;

const fixedColumns = [
  'row_in_part',
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

interface PartRows {
  part: CapturedPart;
  rowCount: number;
  columns: Map<string, ColumnData>;
}

export const capturedCount = async ({ database }: ReadingPlatform, endpointId: string): Promise<number> =>
  Number((await findEndpointById(database.db, endpointId))?.captured ?? 0);

/** Rows [fromRow, toRow), as far as they exist, joined with the labels known now. */
export const readCaptured = async (
  platform: ReadingPlatform,
  endpointId: string,
  range: CapturedRange,
): Promise<CapturedRows> => {
  const rows = await readRows(platform, endpointId, range);
  const labels = await labelsOf(platform.database.db, endpointId, rows.predictionId);
  return { ...rows, label: rows.predictionId.map((id) => labels.get(id) ?? null) };
};

/** The same with every label left null. */
export const readRows = async (
  platform: ReadingPlatform,
  endpointId: string,
  range: CapturedRange,
): Promise<CapturedRows> => {
  const parts = await partsBetween(platform.database.db, endpointId, range.fromRow, range.toRow);
  const read: PartRows[] = [];
  for (const part of parts) {
    const inputs = wantedInputs(part, range.columns);
    const path = await platform.blobs.localPath(part.digest);
    const from = Math.max(0, range.fromRow - part.fromRow);
    const to = Math.min(part.toRow, range.toRow) - part.fromRow;
    read.push(byName(part, await readPart(platform.tables, path, [...fixedColumns, ...inputs], from, to)));
  }
  return assemble(read, range.columns);
};

/** Rows numbered [fromRow, toRow), to whole parts, with one of the given prediction ids: in no order, without numbers, inputs and labels. */
export const findCaptured = async (
  platform: ReadingPlatform,
  endpointId: string,
  range: { fromRow: number; toRow: number; predictionIds: readonly string[] },
): Promise<CapturedRows> => {
  const parts =
    range.predictionIds.length === 0
      ? []
      : await partsBetween(platform.database.db, endpointId, range.fromRow, range.toRow);
  const [first] = parts;
  if (!first) return assemble([], []);
  const paths: string[] = [];
  for (const part of parts) paths.push(await platform.blobs.localPath(part.digest));
  return assemble([byName(first, await findInParts(platform.tables, paths, fixedColumns, range.predictionIds))], []);
};

const wantedInputs = (part: CapturedPart, columns: readonly string[] | undefined): string[] =>
  part.inputs.filter(({ name }) => columns === undefined || columns.includes(name)).map(({ column }) => column);

const byName = (part: CapturedPart, table: { rowCount: number; columns: ColumnData[] }): PartRows => ({
  part,
  rowCount: table.rowCount,
  columns: new Map(table.columns.map((column) => [column.name, column])),
});

const assemble = (parts: readonly PartRows[], wanted: readonly string[] | undefined): CapturedRows => {
  const rows = parts.reduce((sum, { rowCount }) => sum + rowCount, 0);
  const numbers = (name: string): Float64Array => {
    const joined = new Float64Array(rows);
    let at = 0;
    for (const { columns, rowCount } of parts) {
      joined.set((columns.get(name)?.values ?? []) as Float64Array, at);
      at += rowCount;
    }
    return joined;
  };
  const texts = (name: string): (string | null)[] =>
    parts.flatMap(({ columns }) => (columns.get(name)?.values ?? []) as (string | null)[]);
  const failed = Uint8Array.from(texts('failure'), (failure) => (failure === null ? 0 : 1));
  const labels = texts('predicted_label');
  const values = numbers('predicted_value');
  const isClassification = labels.some((label) => label !== null);
  const hasValues = values.some((value) => !Number.isNaN(value));
  let index = 0;
  const rowIndex = new Float64Array(rows);
  for (const { part, columns } of parts)
    for (const row of (columns.get('row_in_part')?.values ?? []) as Float64Array)
      rowIndex[index++] = part.fromRow + row;
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
    inputs: assembleInputs(parts, rows, wanted),
  };
};

const assembleInputs = (
  parts: readonly PartRows[],
  rows: number,
  wanted: readonly string[] | undefined,
): Record<string, CapturedInput> => {
  const names = new Set(
    parts
      .flatMap(({ part }) => part.inputs.map(({ name }) => name))
      .filter((name) => wanted === undefined || wanted.includes(name)),
  );
  const inputs: Record<string, CapturedInput> = Object.create(null) as Record<string, CapturedInput>;
  for (const name of names) {
    const pieces = parts.map(({ part, columns, rowCount }) => ({ ...pieceOf(part, columns, name), rowCount }));
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

const pieceOf = (part: CapturedPart, columns: Map<string, ColumnData>, name: string): Omit<Piece, 'rowCount'> => {
  const input = part.inputs.find((candidate) => candidate.name === name);
  return { kind: input?.kind ?? 'empty', values: (input && columns.get(input.column)?.values) ?? [] };
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
