import { Worker } from 'node:worker_threads';
import type { FromInferenceThread, ToInferenceThread } from './worker-messages.ts';

export interface ThreadEvents {
  message(message: FromInferenceThread): void;
  /** Ended without having been asked to. */
  crashed(reason: string): void;
}

export interface InferenceThread {
  post(message: ToInferenceThread, transfer?: ArrayBuffer[]): void;
  /** Lets it finish what it has and waits until it is gone. It is never killed: that would abort the process inside native code. */
  close(): Promise<void>;
}

export const startInferenceThread = (
  events: ThreadEvents,
  script: URL = new URL('./inference-worker.ts', import.meta.url),
): InferenceThread => {
  const worker = new Worker(script);
  let closing = false;
  let reason = 'the thread ended';
  worker.unref();
  worker.on('message', (message: FromInferenceThread) => events.message(message));
  worker.on('error', (error) => {
    reason = error instanceof Error ? error.message : String(error);
  });
  const gone = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      if (!closing) events.crashed(reason);
      resolve();
    });
  });
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    close() {
      closing = true;
      worker.ref();
      worker.postMessage({ type: 'close' } satisfies ToInferenceThread, []);
      return gone;
    },
  };
};
