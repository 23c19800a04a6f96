import { parentPort } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { FromScoringThread, TensorValues, ToScoringThread } from './messages.ts';

// ONNX Runtime computes on the thread that calls it: this thread, so that the server goes on answering.

const maxSessions = 4;
const elementTypes = {
  FP64: 'float64',
  FP32: 'float32',
  INT32: 'int32',
  INT64: 'int64',
  BOOL: 'bool',
  BYTES: 'string',
} as const;

/** By digest of the model file, the one used last at the end. */
const sessions = new Map<string, InferenceSession>();

const post = (message: FromScoringThread): void => parentPort?.postMessage(message, []);

const sessionOf = async (digest: string, path: string): Promise<InferenceSession> => {
  const session =
    sessions.get(digest) ??
    (await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 }));
  sessions.delete(digest);
  sessions.set(digest, session);
  for (const [oldest, old] of sessions) {
    if (sessions.size <= maxSessions) break;
    sessions.delete(oldest);
    await old.release();
  }
  return session;
};

const score = async (message: Extract<ToScoringThread, { type: 'score' }>): Promise<void> => {
  try {
    const session = await sessionOf(message.digest, message.path);
    const feeds = message.feeds.map(({ name, datatype, values }): [string, Tensor] => [
      name,
      new Tensor(elementTypes[datatype] as 'float64', values as Float64Array, [message.rows, 1]),
    ]);
    const results = await session.run(Object.fromEntries(feeds), message.outputs);
    post({
      type: 'scored',
      id: message.id,
      outputs: message.outputs.map((name) => results[name]!.data as TensorValues),
    });
  } catch (error) {
    post({ type: 'failed', id: message.id, message: error instanceof Error ? error.message : String(error) });
  }
};

let tail: Promise<void> = Promise.resolve();
parentPort?.on('message', (message: ToScoringThread) => {
  tail = tail.then(async () => {
    if (message.type === 'score') return score(message);
    for (const session of sessions.values()) await session.release();
    parentPort?.close();
    return undefined;
  });
});
