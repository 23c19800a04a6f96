import { parentPort } from 'node:worker_threads';
import { agreementRows } from './agreement-rows.ts';
import type { Iteration } from './minimise.ts';
import { exportOnnx } from './onnx.ts';
import type { TrainingRequest, TrainingResult } from './run-in-worker.ts';
import { signatureOf } from './signature.ts';
import { enterNativePhase } from './thread-phase.ts';
import type { ThreadPhase } from './thread-phase.ts';
import { trainerNamed } from './trainers.ts';
import { TrainingError } from './training-error.ts';
import type { TrainingErrorCode } from './training-error.ts';

export type ToWorker = { type: 'train'; request: TrainingRequest; phase: ThreadPhase } | { type: 'end' };

/** What a training thread posts per training: any number of iterations, then one result or one failure. */
export type WorkerMessage =
  | { type: 'progress'; iteration: Iteration }
  | { type: 'result'; result: TrainingResult }
  | { type: 'failure'; code: TrainingErrorCode | undefined; message: string; stack: string | undefined };

function post(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function train({ request, phase }: Extract<ToWorker, { type: 'train' }>): Promise<void> {
  const { table, target, features, params, sampleWeights } = request;
  const onProgress = (iteration: Iteration) => post({ type: 'progress', iteration });
  const model = trainerNamed(request.trainer).fit(table, target, features, params, onProgress, sampleWeights);
  const onnx = new Uint8Array(exportOnnx(model, request.metadata));
  const rows = agreementRows(model, table);
  if (!enterNativePhase(phase)) return;
  // Imported only now, because loading it already runs native code.
  const { checkAgreement } = await import('./runtime-check.ts');
  const agreement = await checkAgreement(onnx, model, rows);
  post({ type: 'result', result: { model, onnx, signature: signatureOf(model), agreement } }, [onnx.buffer]);
}

parentPort?.on('message', async (message: ToWorker) => {
  if (message.type === 'end') {
    parentPort?.close();
    return;
  }
  try {
    await train(message);
  } catch (error) {
    const { message: text, stack } = error instanceof Error ? error : new Error(String(error));
    post({ type: 'failure', code: error instanceof TrainingError ? error.code : undefined, message: text, stack });
  }
});
