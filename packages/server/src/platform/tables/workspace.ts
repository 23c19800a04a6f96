import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createTables, type Tables } from './index.ts';

export interface Workspace {
  tables: Tables;
  dir: string;
  /** Writes a file and answers its path. */
  file(content: string | Uint8Array): Promise<string>;
  /** A path where nothing is yet. */
  fresh(extension?: string): string;
}

/** Tables over a folder of their own, for all tests of one file; opened before the first and removed after the last. */
export function useWorkspace(): Workspace {
  let count = 0;
  const workspace = {
    fresh: (extension = '.parquet') => join(workspace.dir, `${++count}${extension}`),
    async file(content: string | Uint8Array) {
      const path = workspace.fresh('.csv');
      await writeFile(path, content);
      return path;
    },
  } as Workspace;
  beforeAll(async () => {
    workspace.dir = await mkdtemp(join(tmpdir(), 'tables-'));
    const tempDir = join(workspace.dir, 'spill');
    workspace.tables = createTables({ tempDir, directories: [workspace.dir], memoryLimitBytes: 4e8, threads: 2 });
  });
  afterAll(async () => {
    await workspace.tables.close();
    await rm(workspace.dir, { recursive: true });
  });
  return workspace;
}
