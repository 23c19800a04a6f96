import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { FittedModel } from './model.ts';
import { predict } from './predict.ts';
import type { Prediction } from './predict.ts';
import { signatureOf } from './signature.ts';
import { columnOf } from './table.ts';
import type { TrainingTable } from './table.ts';
import { TrainingError } from './training-error.ts';

/** Largest difference allowed between ONNX Runtime and the trainer. */
export const agreementTolerance = 1e-5;

export interface Agreement {
  rows: number;
  /** Over all probabilities, or over all values of a regression. */
  maxAbsoluteDifference: number;
  /** Rows whose labels differ, near-ties included. */
  labelDisagreements: number;
}

/**
 * Runs the exported graph on ONNX Runtime over the rows of `table` and compares it with the trainer's prediction.
 * Throws `runtime-disagrees` when a number differs by more than 1e-5 (of the largest value, when a regression's values
 * exceed 1), or when a label differs although its two best probabilities are further apart than that.
 * Blocks the calling thread: ONNX Runtime runs synchronously.
 */
export async function checkAgreement(onnx: Uint8Array, model: FittedModel, table: TrainingTable): Promise<Agreement> {
  const session = await InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const results = await session.run(feedsOf(model, table));
    return compare(model, predict(model, table), results);
  } finally {
    await session.release();
  }
}

function feedsOf(model: FittedModel, table: TrainingTable): Record<string, Tensor> {
  const shape = [table.rowCount, 1];
  const feeds = signatureOf(model).inputs.map(({ name, feature, datatype }): [string, Tensor] => {
    if (datatype !== 'BYTES') {
      return [name, new Tensor('float64', columnOf(table, feature, 'number').values, shape)];
    }
    const { codes, levels } = columnOf(table, feature, 'category');
    return [
      name,
      new Tensor(
        'string',
        Array.from(codes, (code) => (code < 0 ? '' : levels[code]!)),
        shape,
      ),
    ];
  });
  return Object.fromEntries(feeds);
}

function compare(model: FittedModel, expected: Prediction, results: Record<string, { data: unknown }>): Agreement {
  const numbers = expected.probabilities ?? expected.values!;
  const found = results[expected.probabilities ? 'probabilities' : 'value']!.data as Float64Array;
  let maxAbsoluteDifference = 0;
  let largest = 1;
  for (let i = 0; i < numbers.length; i++) {
    const difference = Math.abs(numbers[i]! - found[i]!);
    // A NaN on either side must not pass as agreement.
    maxAbsoluteDifference = Math.max(
      maxAbsoluteDifference,
      Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference,
    );
    if (expected.values) largest = Math.max(largest, Math.abs(numbers[i]!));
  }
  const disagreeing = disagreeingRows(expected, results.label?.data as string[] | undefined);
  const agreement = {
    rows: expected.labels?.length ?? numbers.length,
    maxAbsoluteDifference,
    labelDisagreements: disagreeing.length,
  };
  const clear = disagreeing.filter((row) => marginAt(numbers, row, model.classes!.length) > agreementTolerance);
  if (!(maxAbsoluteDifference <= agreementTolerance * largest) || clear.length > 0) {
    throw new TrainingError(
      'runtime-disagrees',
      `ONNX Runtime and the trainer disagree: by up to ${maxAbsoluteDifference} over ${agreement.rows} rows, ` +
        `${agreement.labelDisagreements} labels differ.`,
    );
  }
  return agreement;
}

function disagreeingRows({ labels = [] }: Prediction, found: readonly string[] = []): number[] {
  return labels.flatMap((label, row) => (label === found[row] ? [] : [row]));
}

function marginAt(probabilities: Float64Array, row: number, classCount: number): number {
  const sorted = probabilities.slice(row * classCount, (row + 1) * classCount).sort();
  return sorted.at(-1)! - sorted.at(-2)!;
}
