import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { clientOf } from '../environment.ts';

/** Python programs beside this file; each asserts what it reads back and ends with 0. */
export const flows = [
  'fluent',
  'values',
  'nested',
  'parallel',
  'search',
  'datasets',
  'files',
  'large_files',
  'models',
  'projects',
  'registry',
  'sklearn_autolog',
  'boosting_autolog',
  'statsmodels_autolog',
  'keras_autolog',
] as const;

/** Those that need PyTorch. */
export const flowsOfTorch = ['torch_model', 'torch_autolog'] as const;

/** Those that need it installed beside MLflow's client. */
export const flowsOfOurPackage = ['context_of_a_run', 'media_of_a_run', 'dataset_of_a_run'] as const;

const atOnce = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** Two at a time: each starts a Python that computes. */
const withPlace = async <T>(work: () => Promise<T>): Promise<T> => {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
};

export interface FlowResult {
  code: number | null;
  output: string;
}

/** Runs one of the programs with that version's client against the server at `address`. */
export const runFlow = (options: {
  folder: string;
  version: string;
  flow: string;
  address: string;
  env?: Record<string, string>;
  /** The environment whose Python runs it; that of `folder` when left out. */
  pythonIn?: string;
}): Promise<FlowResult> =>
  withPlace(() => {
    const { python, env } = clientOf(options.folder, options.version, options.pythonIn);
    const program = join(import.meta.dirname, 'flows', `${options.flow}.py`);
    const child = spawn(python, ['-W', 'ignore', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        ...env,
        PYTHONDONTWRITEBYTECODE: '1',
        MLFLOW_TRACKING_URI: options.address,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
        GIT_PYTHON_REFRESH: 'quiet',
        ...options.env,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-4000);
      });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output }));
    });
  });
