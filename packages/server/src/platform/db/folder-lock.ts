import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fail } from '#platform/errors';

export interface FolderLock {
  release(): void;
}

/**
 * Makes a data folder belong to this process until it ends, however it ends: the lock is the operating system's (held
 * through an empty SQLite file), so a killed process leaves none behind. Two servers on one folder would both write
 * its journals and both run its jobs.
 */
export const lockFolder = (dataDir: string): FolderLock => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const holder = new DatabaseSync(join(dataDir, 'server.lock'), { timeout: 0 });
  try {
    holder.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    holder.close();
    return fail(
      'CONFLICT',
      `The data folder ${dataDir} is in use by another Millwright server. Stop that one, or choose another folder with --data-dir.`,
      {},
      error,
    );
  }
  return {
    release: () => holder.close(),
  };
};
