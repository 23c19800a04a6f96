import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from '../bootstrap/exclusive.mjs';
import { at, hashOf, sharedCacheFolder } from '../bootstrap/paths.mjs';
import { capture } from '../bootstrap/process.mjs';
import { say, secondsSince, withProgress } from '../bootstrap/progress.mjs';
import { findPython, install, installPython } from './python.mjs';

const requirements = at('scripts', 'environment', 'mlflow');
const dependencies = join(requirements, 'dependencies.txt');
const [newest, ...earlier] = readFileSync(join(requirements, 'versions.txt'), 'utf8').trim().split('\n');
const folder = join(sharedCacheFolder, 'mlflow');
const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const stampPath = join(folder, '.millwright-requirements');

/**
 * Makes the environment of the real MLflow: a virtual environment with its newest server and client and the libraries
 * whose training it logs, and beside it `clients/<version>`, folders that put an earlier client in front when they come
 * first on PYTHONPATH: {ok, folder} or {ok: false, reason, install}. About 1.5 GB and a minute or two, once.
 */
export async function ensure() {
  if (await isReady()) return { ok: true, folder };
  return exclusively(`${folder}.lock`, 'preparing the MLflow environment', async () => {
    if (await isReady()) return { ok: true, folder };
    const base = (await findPython()) ?? (await installPython());
    if (!base) return { ok: false, reason: 'no Python 3.11 or later was found', install };
    return create(base);
  });
}

async function isReady() {
  if (!existsSync(stampPath) || readFileSync(stampPath, 'utf8') !== hashOf([requirements])) return false;
  return (await capture(python, ['-c', 'import sys'])).code === 0;
}

// The wheel `mlflow` holds all of `mlflow-skinny` and `mlflow-tracing`: without its dependencies it is complete, and
// an earlier one may lie beside it over the same libraries.
async function create(base) {
  const startedMs = Date.now();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(sharedCacheFolder, { recursive: true });
  const target = (requirement) => join(folder, 'clients', requirement.split('==')[1]);
  const beside = (one) => [`installing ${one} beside it`, pip('--no-deps', '--target', target(one), one)];
  // What lies in folders of its own may come at the same time.
  const steps = [
    [['making a virtual environment', [base, '-m', 'venv', folder]]],
    [['installing the libraries MLflow works with (about 400 MB)', pip('-r', dependencies)], ...earlier.map(beside)],
    [[`installing ${newest}`, pip('--no-deps', newest)]],
    [['starting it once', [python, '-c', 'import mlflow, mlflow.sklearn, mlflow.pyfunc']]],
  ];
  for (const together of steps) {
    const failures = await Promise.all(together.map(([text, words]) => failureOf(text, words)));
    const reason = failures.find((failure) => failure !== undefined);
    if (reason !== undefined) return { ok: false, reason, install };
  }
  writeFileSync(stampPath, hashOf([requirements]));
  say(`MLflow: prepared in ${secondsSince(startedMs)}`);
  return { ok: true, folder };
}

/** What it told, when it failed. */
async function failureOf(text, [command, ...args]) {
  const { code, output } = await withProgress(`MLflow: ${text}`, () => capture(command, args));
  return code === 0 ? undefined : `${[command, ...args].join(' ')} failed:\n${output.trim().slice(-2000)}`;
}

const pip = (...args) => [python, '-m', 'pip', 'install', '--quiet', '--no-input', '--no-cache-dir', ...args];
