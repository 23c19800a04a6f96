import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Cell, OnnxAnswer, OnnxJob, OnnxMessage } from './onnx-process.ts';

// Started by onnx-process.ts: one model, one job, one answer.

type Kind = 'float32' | 'float64' | 'int32' | 'int64' | 'bool' | 'string';
type Values = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | string[];
interface Input {
  name: string;
  type: string;
  shape: readonly (number | string)[];
}

const number = (cell: Cell): number => (cell === null ? Number.NaN : Number(cell));
/** Whole numbers and booleans know no missing value. */
const whole = (cell: Cell): number => (Number.isFinite(number(cell)) ? Math.trunc(number(cell)) : 0);
const encoders: Record<Kind, (cells: Cell[]) => Values> = {
  float32: (cells) => Float32Array.from(cells, number),
  float64: (cells) => Float64Array.from(cells, number),
  int32: (cells) => Int32Array.from(cells, whole),
  int64: (cells) => BigInt64Array.from(cells, (cell) => BigInt(whole(cell))),
  bool: (cells) => Uint8Array.from(cells, (cell) => (whole(cell) > 0 ? 1 : 0)),
  string: (cells) => cells.map((cell) => (cell === null ? '' : String(cell))),
};

const tensorOf = ({ name, type }: Input, cells: Cell[], shape: number[]): Tensor => {
  const encode = encoders[type as Kind];
  if (!encode) throw new Error(`Its input '${name}' is of type ${type}, which cannot be given as a row.`);
  return new Tensor(type as 'float64', encode(cells) as Float64Array, shape);
};

/** One tensor per column, or all columns side by side in the only tensor there is. */
const feedsOf = (inputs: readonly Input[], job: OnnxJob, rows: readonly Cell[][]): Record<string, Tensor> => {
  const columnOf = (input: Input): number =>
    job.columns.findIndex((column) => (job.tensors[column] ?? column) === input.name);
  const [only] = inputs;
  const isMatrix = inputs.length === 1 && only !== undefined && only.shape.length === 2 && columnOf(only) < 0;
  if (isMatrix) {
    const width = only.shape[1];
    if (typeof width === 'number' && width > 0 && width !== job.columns.length)
      throw new Error(`Its input '${only.name}' takes ${width} columns, but a row has ${job.columns.length}.`);
    return { [only.name]: tensorOf(only, rows.flat(), [rows.length, job.columns.length]) };
  }
  return Object.fromEntries(
    inputs.map((input) => {
      const at = columnOf(input);
      if (at < 0) throw new Error(`It needs '${input.name}', which the row does not have.`);
      const cells = rows.map((row) => row[at] ?? null);
      return [input.name, tensorOf(input, cells, input.shape.length === 1 ? [rows.length] : [rows.length, 1])];
    }),
  );
};

const plain = (value: unknown): Cell => (typeof value === 'bigint' ? Number(value) : (value as Cell));
const rowsOf = (tensor: Tensor, count: number): (Cell | number[])[] => {
  const data = Array.from(tensor.data as ArrayLike<unknown>, plain);
  const width = count === 0 ? 1 : data.length / count;
  const asCell = (cell: Cell): Cell => (tensor.type === 'bool' ? Boolean(cell) : cell);
  if (width === 1) return data.map(asCell);
  return Array.from({ length: count }, (_, row) => data.slice(row * width, (row + 1) * width) as number[]);
};

const run = async (job: OnnxJob): Promise<OnnxAnswer> => {
  const session = await InferenceSession.create(job.path, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const inputs = session.inputMetadata.map((input): Input => {
    if (!input.isTensor) throw new Error(`Its input '${input.name}' is no tensor.`);
    return { name: input.name, type: input.type, shape: input.shape };
  });
  const outputs = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name);
  if (outputs.length === 0) throw new Error('None of its outputs is a tensor.');
  const answer: OnnxAnswer = { outputs: {}, timesMs: [] };
  const found = await session.run(feedsOf(inputs, job, job.rows), outputs);
  for (const name of outputs) answer.outputs[name] = rowsOf(found[name]!, job.rows.length);
  // The first call is not counted: it allocates.
  for (let call = 0; call < job.calls; call++) {
    const began = performance.now();
    await session.run(feedsOf(inputs, job, job.rows.slice(0, 1)), outputs);
    answer.timesMs.push(performance.now() - began);
  }
  return answer;
};

const tell = (message: OnnxMessage): void => void process.send?.(message);

process.once('message', (job: OnnxJob) => {
  run(job).then(
    (answer) => tell({ answer }),
    (error: unknown) => tell({ problem: error instanceof Error ? error.message.slice(0, 1000) : String(error) }),
  );
});
