import type { ColumnData } from '#platform/tables';
import type { CapturedColumn } from './part-builder.ts';

/** Captured rows by column, as the columns of their file; `fromRow` and `toRow` are their numbers within the endpoint. */
export interface RowBlock {
  fromRow: number;
  toRow: number;
  inputs: readonly CapturedColumn[];
  columns: ReadonlyMap<string, ColumnData>;
}

interface Held extends RowBlock {
  endpointId: string;
  sizeBytes: number;
}

/**
 * The rows this process captured last. Windows, rollouts and labels that arrive read the newest rows again and again; rows
 * never change once they have a number, so what is held here is what the files say, also after they were merged.
 */
export class RecentRows {
  readonly #maxBytes: number;
  readonly #endpoints = new Map<string, Held[]>();
  /** In the order they came: the oldest leave first. */
  readonly #held = new Set<Held>();
  #sizeBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes rows that follow those held of the endpoint, after their part was committed. The arrays belong to this object from then on. */
  add(
    endpointId: string,
    rows: { fromRow: number; toRow: number; inputs: readonly CapturedColumn[] },
    columns: readonly ColumnData[],
  ): void {
    const sizeBytes = columns.reduce((sum, column) => sum + sizeOf(column), 0);
    if (sizeBytes > this.#maxBytes / 2) return;
    const block: Held = {
      ...rows,
      endpointId,
      sizeBytes,
      columns: new Map(columns.map((column) => [column.name, column])),
    };
    const blocks = this.#endpoints.get(endpointId);
    if (blocks) blocks.push(block);
    else this.#endpoints.set(endpointId, [block]);
    this.#held.add(block);
    this.#sizeBytes += sizeBytes;
    for (const oldest of this.#held) {
      if (this.#sizeBytes <= this.#maxBytes) break;
      this.#drop(oldest);
    }
  }

  /** Of the rows [fromRow, toRow), those held here, in the order of their numbers. */
  between(endpointId: string, fromRow: number, toRow: number): RowBlock[] {
    return (this.#endpoints.get(endpointId) ?? [])
      .filter((block) => block.toRow > fromRow && block.fromRow < toRow)
      .map((block) => sliceBlock(block, Math.max(fromRow, block.fromRow), Math.min(toRow, block.toRow)));
  }

  #drop(block: Held): void {
    this.#held.delete(block);
    this.#sizeBytes -= block.sizeBytes;
    // Blocks leave in the order they came, per endpoint as well.
    const blocks = this.#endpoints.get(block.endpointId);
    blocks?.shift();
    if (blocks?.length === 0) this.#endpoints.delete(block.endpointId);
  }
}

const sliceBlock = (block: RowBlock, fromRow: number, toRow: number): RowBlock => {
  if (fromRow === block.fromRow && toRow === block.toRow) return block;
  const [from, to] = [fromRow - block.fromRow, toRow - block.fromRow];
  const columns = new Map<string, ColumnData>();
  for (const [name, column] of block.columns)
    columns.set(
      name,
      column.type === 'string'
        ? { ...column, values: column.values.slice(from, to) }
        : { ...column, values: column.values.subarray(from, to) },
    );
  return { fromRow, toRow, inputs: block.inputs, columns };
};

/** About what a column occupies: 8 bytes a number, two bytes a character and a header per text. */
const sizeOf = (column: ColumnData): number =>
  column.type === 'string'
    ? column.values.reduce((sum, value) => sum + 8 + (value === null ? 0 : 24 + value.length), 0)
    : column.values.byteLength;
