import { mkdir } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { engineError } from './engine-errors.ts';
import { literalList } from './quoting.ts';

export interface EngineOptions {
  /** DuckDB spills here what exceeds its memory. */
  tempDir: string;
  /** The only folders, besides `tempDir`, whose files statements can read and write. */
  directories: readonly string[];
  memoryLimitBytes: number;
  threads: number;
}

/** One in-memory DuckDB, started when it is first needed: loading it takes longer than starting the rest of the server. */
export class Engine {
  readonly #options: EngineOptions;
  #starting: Promise<DuckDBInstance> | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Gives the work a connection of its own, so that its temporary views and tables collide with nobody's. */
  async use<T>(work: (connection: DuckDBConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    this.#starting ??= start(this.#options).catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    const connection = await (await this.#starting).connect();
    const interrupt = () => connection.interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    try {
      return await work(connection);
    } catch (error) {
      signal?.throwIfAborted();
      // After an internal error DuckDB refuses every further statement; the next caller gets a new instance.
      if (error instanceof Error && /^(FATAL|INTERNAL) Error/.test(error.message)) this.#starting = undefined;
      throw engineError(error);
    } finally {
      signal?.removeEventListener('abort', interrupt);
      connection.closeSync();
    }
  }

  async close(): Promise<void> {
    const starting = this.#starting;
    this.#starting = undefined;
    (await starting)?.closeSync();
  }
}

async function start({ tempDir, directories, memoryLimitBytes, threads }: EngineOptions): Promise<DuckDBInstance> {
  await mkdir(tempDir, { recursive: true });
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: `${Math.floor(memoryLimitBytes / 1024)}KiB`,
    temp_directory: tempDir,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await instance.connect();
  // With the closing slash, so that /data does not also permit /database.
  const allowed = [tempDir, ...directories].map((folder) => resolve(folder) + sep);
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  await connection.run(`SET allowed_directories = ${literalList(allowed)}`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  connection.closeSync();
  return instance;
}
