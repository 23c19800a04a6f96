import { parentPort } from 'node:worker_threads';
import type { TensorMeta } from '@millwright/contract';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type InputValues, type OutputTensor, type TensorData, packInput, rowWidth } from './tensors.ts';
import type { FromInferenceThread, ModelTensors, ToInferenceThread } from './worker-messages.ts';

// ONNX Runtime computes on the thread that calls it: this thread, so that the server goes on answering.

const elementTypes = {
  FP64: 'float64',
  FP32: 'float32',
  INT32: 'int32',
  INT64: 'int64',
  BOOL: 'bool',
  BYTES: 'string',
} as const;
const sessions = new Map<string, { session: InferenceSession; tensors: ModelTensors; fetches: string[] }>();
const warmUpRows = 2;

const post = (message: FromInferenceThread): void => parentPort?.postMessage(message, []);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const run = async (digest: string, rows: number, feeds: readonly TensorData[]): Promise<OutputTensor[]> => {
  const model = sessions.get(digest);
  if (!model) throw new Error(`the model ${digest} is not loaded in this thread`);
  const given: Record<string, Tensor> = {};
  model.tensors.inputs.forEach((input, index) => {
    given[input.name] = new Tensor(elementTypes[input.datatype] as 'float64', feeds[index] as Float64Array, [
      rows,
      ...input.shape.slice(1),
    ]);
  });
  const results = await model.session.run(given, model.fetches);
  return model.fetches.map((name) => {
    const { data, dims } = results[name] as Tensor;
    return { data: data as TensorData, dims: [...dims] };
  });
};

const emptyRows = (input: TensorMeta, rows: number): TensorData => {
  const values: InputValues = new Array<number | string>(rows * rowWidth(input)).fill(
    input.datatype === 'BYTES' ? '' : 0,
  );
  return packInput(input, [values], rows);
};

/** Runs once before any request does; answers whether every output has one entry per row. */
const warmUp = async (digest: string, tensors: ModelTensors): Promise<boolean> => {
  const attempt = (rows: number) =>
    run(
      digest,
      rows,
      tensors.inputs.map((input) => emptyRows(input, rows)),
    );
  try {
    return (await attempt(warmUpRows)).every(
      ({ dims, data }) => dims[0] === warmUpRows && data.length % warmUpRows === 0,
    );
  } catch {
    // A graph may be fixed to one row.
    await attempt(1);
    return false;
  }
};

const load = async (digest: string, path: string, tensors: ModelTensors): Promise<void> => {
  try {
    if (!sessions.has(digest)) {
      const session = await InferenceSession.create(path, {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
      });
      sessions.set(digest, { session, tensors, fetches: tensors.outputs.map(({ name }) => name) });
    }
    post({ type: 'loaded', digest, splittable: await warmUp(digest, tensors) });
  } catch (error) {
    await release(digest);
    post({ type: 'load-failed', digest, message: messageOf(error) });
  }
};

const release = async (digest: string): Promise<void> => {
  const model = sessions.get(digest);
  sessions.delete(digest);
  await model?.session.release();
};

const handle = async (message: ToInferenceThread): Promise<void> => {
  if (message.type === 'load') return load(message.digest, message.path, message.tensors);
  if (message.type === 'release') return release(message.digest);
  if (message.type === 'close') {
    for (const digest of sessions.keys()) await release(digest);
    parentPort?.close();
    return undefined;
  }
  try {
    post({ type: 'ran', batchId: message.batchId, outputs: await run(message.digest, message.rows, message.feeds) });
  } catch (error) {
    post({ type: 'run-failed', batchId: message.batchId, message: messageOf(error) });
  }
  return undefined;
};

let tail: Promise<void> = Promise.resolve();
parentPort?.on('message', (message: ToInferenceThread) => {
  tail = tail.then(() => handle(message));
});
