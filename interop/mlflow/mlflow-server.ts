import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../scripts/environment/ports.mjs';

export interface MlflowServer {
  address: string;
  /** Of the parent process: its workers are children of it. */
  pid: number;
  /** Where its database is, unless another one was named. */
  dataDir: string;
  stop(): Promise<void>;
}

const readyWithinMs = 180_000;

/** The real MLflow server, on SQLite or the database given, its files in a temporary folder that goes with it. */
export const startMlflow = async (options: {
  /** The prepared environment. */
  folder: string;
  databaseUrl?: string;
  /** Its own default (four) when left out. */
  workers?: number;
  flags?: readonly string[];
  env?: Record<string, string>;
}): Promise<MlflowServer> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'millwright-mlflow-'));
  const port: number = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const log = join(dataDir, 'server.log');
  writeFileSync(log, '');
  const out = openSync(log, 'a');
  const child = spawn(
    join(options.folder, 'bin', 'mlflow'),
    [
      'server',
      '--host',
      '127.0.0.1',
      '--port',
      `${port}`,
      '--backend-store-uri',
      options.databaseUrl ?? `sqlite:///${dataDir}/mlflow.db`,
      '--artifacts-destination',
      join(dataDir, 'artifacts'),
      ...(options.workers === undefined ? [] : ['--workers', `${options.workers}`]),
      ...(options.flags ?? []),
    ],
    {
      cwd: dataDir,
      // A group of its own: its workers end with it.
      detached: true,
      stdio: ['ignore', out, out],
      env: {
        PATH: `${join(options.folder, 'bin')}:${process.env['PATH']}`,
        HOME: dataDir,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
        ...options.env,
      },
    },
  );
  const pid = child.pid ?? 0;
  // Its workers outlive it when it ends by itself.
  const killGroup = (): void => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  process.once('exit', killGroup);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async (): Promise<void> => {
    process.off('exit', killGroup);
    killGroup();
    await ended;
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline && child.exitCode === null) {
    const ready = await fetch(`${address}/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return { address, pid, dataDir, stop };
    await sleep(200);
  }
  const told = readFileSync(log, 'utf8').slice(-3000);
  await stop();
  throw new Error(`mlflow server did not start:\n${told}`);
};
