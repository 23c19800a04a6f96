import type { Signature, TensorMeta } from '@millwright/contract';
import { fail } from '#platform/errors';
import type { Prediction } from '../predict.ts';
import { sliceTable, type TableColumn, type TrainingTable } from '../table.ts';
import type { Feed, TensorValues } from './messages.ts';
import type { ScoringThread } from './scoring-thread.ts';

/** Keeps the copies small that travel to the thread and back. */
const chunkRows = 16_384;

/** The column an input is fed from. */
export const featureOf = (input: TensorMeta): string => input.feature ?? input.name;

/**
 * Runs a model over all rows in chunks. A missing number is fed as NaN and a missing text as '', as in training; an
 * input of whole numbers or booleans, which knows neither, gets 0.
 */
export async function score(
  thread: ScoringThread,
  model: { digest: string; path: string; signature: Signature },
  table: TrainingTable,
): Promise<Prediction> {
  const { signature, digest, path } = model;
  for (const input of signature.inputs) mustFit(input, table);
  const outputs = signature.outputs.map(({ name }) => name);
  const classCount = signature.classes?.length ?? 0;
  const labels: string[] = [];
  const probabilities = new Float64Array(table.rowCount * classCount);
  const values = new Float64Array(classCount === 0 ? table.rowCount : 0);
  for (let from = 0; from < table.rowCount; from += chunkRows) {
    const chunk = sliceTable(table, from, from + chunkRows);
    const feeds = signature.inputs.map((input) => feedOf(input, chunk.columns[featureOf(input)]!));
    const found = await thread
      .run({ digest, path, rows: chunk.rowCount, feeds, outputs })
      .catch((error: unknown) =>
        fail('MODEL_REFUSED', `The model failed on these rows: ${(error as Error).message}`, {}, error),
      );
    outputs.forEach((name, index) => {
      const data = found[index]!;
      if (name === 'label') for (const label of data as string[]) labels.push(String(label));
      else if (name === 'probabilities') probabilities.set(numbers(data), from * classCount);
      else if (name === 'value') values.set(numbers(data), from);
    });
  }
  return signature.task === 'regression'
    ? { values }
    : { labels, ...(outputs.includes('probabilities') ? { probabilities } : {}) };
}

function mustFit(input: TensorMeta, table: TrainingTable): void {
  const name = featureOf(input);
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (!column) return fail('MODEL_REFUSED', `The model needs the column "${name}", which the table does not have.`);
  if ((input.datatype === 'BYTES') === (column.kind === 'category')) return undefined;
  const [wanted, found] = input.datatype === 'BYTES' ? ['text', 'numbers'] : ['numbers', 'text'];
  return fail('MODEL_REFUSED', `The model takes ${wanted} for "${name}", but that column holds ${found}.`);
}

function feedOf({ name, datatype }: TensorMeta, column: TableColumn): Feed {
  return { name, datatype, values: valuesOf(datatype, column) };
}

/** Always a copy, because it moves to the thread. */
function valuesOf(datatype: TensorMeta['datatype'], column: TableColumn): TensorValues {
  if (column.kind === 'category') {
    const { codes, levels } = column;
    return Array.from(codes, (code) => (code < 0 ? '' : levels[code]!));
  }
  if (datatype === 'FP64') return column.values.slice();
  if (datatype === 'FP32') return Float32Array.from(column.values);
  if (datatype === 'INT32') return Int32Array.from(column.values);
  if (datatype === 'BOOL') return Uint8Array.from(column.values, (value) => (value > 0 ? 1 : 0));
  return BigInt64Array.from(column.values, (value) => BigInt(Number.isFinite(value) ? Math.trunc(value) : 0));
}

const numbers = (data: TensorValues): Float64Array =>
  data instanceof Float64Array ? data : Float64Array.from(data as ArrayLike<number>);
