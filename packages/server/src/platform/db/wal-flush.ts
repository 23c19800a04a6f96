import { type FileHandle, open } from 'node:fs/promises';

export interface WalFlush {
  /** Resolved once everything committed before the call is on the disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes commits to SQLite's write-ahead log durable from the thread pool. SQLite would do the same inside of each commit
 * (`synchronous = FULL`), but in this very thread, which answers requests.
 *
 * One call to the disk serves all who wait for it. After one that failed nobody can know which pages are on the disk, so
 * that every later one fails, too, until the process starts again and reads what is really there.
 */
export const createWalFlush = (path: string): WalFlush => {
  let file: FileHandle | null = null;
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let failure: unknown = null;

  const sync = async (): Promise<void> => {
    if (failure !== null) throw failure;
    try {
      // SQLite keeps the same file for as long as the database is open.
      file ??= await open(path, 'r+');
      await file.datasync();
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  /** The one under way may have begun before the commit in question: it is the one after it that counts. */
  const follow = async (): Promise<void> => {
    await running?.catch(() => undefined);
    running = next;
    next = null;
    await sync();
  };
  return {
    flush() {
      next ??= follow();
      return next;
    },
    async close() {
      await next?.catch(() => undefined);
      await running?.catch(() => undefined);
      await file?.close();
      file = null;
    },
  };
};
