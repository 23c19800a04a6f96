import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** A connection that does nothing else: what lies in the log goes into the database file, and both onto the disk. */
const { path } = workerData as { path: string };
const connection = new DatabaseSync(path, { timeout: 0 });
connection.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -256');

const answer = (message: object): void => parentPort?.postMessage(message, []);

parentPort?.on('message', (mode: 'PASSIVE' | 'RESTART' | 'END') => {
  if (mode === 'END') {
    connection.close();
    parentPort?.close();
    return;
  }
  try {
    const row = connection.prepare(`PRAGMA wal_checkpoint(${mode})`).get() as { log: number };
    answer({ frames: row.log });
  } catch (error) {
    answer({ problem: error instanceof Error ? error.message : String(error) });
  }
});
