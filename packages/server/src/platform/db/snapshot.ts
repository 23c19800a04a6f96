import { Worker } from 'node:worker_threads';

export type SnapshotSource = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string };

export interface SnapshotPart {
  /** A file of JSON lines; whoever takes it removes it. */
  path: string;
  rows: number;
}

/** The database as it was at one moment, read by a thread of its own: however much is read, nobody else waits. */
export interface Snapshot {
  /**
   * Writes what a SELECT (`$1` ... for parameters) answers into files of JSON lines below `path`, one after the other: the
   * next is begun when the one before was taken. At least one, maybe empty.
   */
  parts(question: SnapshotQuestion): AsyncIterable<SnapshotPart>;
  close(): Promise<void>;
}

export interface SnapshotQuestion {
  sql: string;
  params: readonly (string | number)[];
  path: string;
  rowsPerPart: number;
}

export type ToThread = ({ kind: 'ask' } & SnapshotQuestion) | { kind: 'next' } | { kind: 'close' };
export type FromThread =
  | { kind: 'open' }
  | { kind: 'part'; path: string; rows: number }
  | { kind: 'done' }
  | { kind: 'failed'; message: string };

export const openSnapshot = async (source: SnapshotSource): Promise<Snapshot> => {
  const worker = new Worker(new URL('./snapshot-thread.ts', import.meta.url), { workerData: source });
  const waiting: { resolve(message: FromThread): void; reject(error: Error): void }[] = [];
  const arrived: FromThread[] = [];
  let broken: Error | null = null;
  worker.on('message', (message: FromThread) => {
    const first = waiting.shift();
    if (first) first.resolve(message);
    else arrived.push(message);
  });
  const breakOff = (error: Error): void => {
    broken ??= error;
    for (const one of waiting.splice(0)) one.reject(broken);
  };
  worker.on('error', breakOff);
  worker.on('exit', () => breakOff(new Error('The thread that reads the database ended.')));
  const next = (): Promise<FromThread> =>
    new Promise((resolve, reject) => {
      const message = arrived.shift();
      if (message) resolve(message);
      else if (broken) reject(broken);
      else waiting.push({ resolve, reject });
    });
  const send = (message: ToThread): void => worker.postMessage(message, []);
  await next();
  return {
    async *parts(question) {
      send({ kind: 'ask', ...question });
      for (let message = await next(); message.kind !== 'done'; message = await next()) {
        if (message.kind === 'failed') throw new Error(`The database could not be read: ${message.message}`);
        if (message.kind !== 'part') continue;
        yield message;
        send({ kind: 'next' });
      }
    },
    async close() {
      if (broken) return;
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      send({ kind: 'close' });
      // One that is in the middle of an answer does not listen.
      const timer = setTimeout(() => void worker.terminate(), 2000);
      await ended;
      clearTimeout(timer);
    },
  };
};
