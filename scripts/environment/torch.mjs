import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from '../bootstrap/exclusive.mjs';
import { at, hashOf, sharedCacheFolder } from '../bootstrap/paths.mjs';
import { capture } from '../bootstrap/process.mjs';
import { say, secondsSince, withProgress } from '../bootstrap/progress.mjs';
import { reasonNotDebian, unpackDebian } from './debian-packages.mjs';

const environment = at('scripts', 'environment');
const requirements = ['torch', 'mlflow', 'torch.mjs', 'debian-packages.mjs'].map((name) => join(environment, name));
const pinned = join(environment, 'mlflow', 'dependencies.txt');
const [newest] = readFileSync(join(environment, 'mlflow', 'versions.txt'), 'utf8').split('\n');
const folder = join(sharedCacheFolder, 'torch');
const python = join(folder, 'bin', 'python');
const sitePackages = join(folder, 'lib', 'python3.13', 'site-packages');
const pinnedPip = 'pip==25.3';
const stampPath = join(folder, '.millwright-requirements');
const install =
  'use Debian 12 or later, or set MILLWRIGHT_TEST_TORCH to a virtual environment with torch (a build for the CPU), pytorch-lightning and mlflow';

/**
 * Makes a Python with PyTorch for the CPU, Lightning and the newest MLflow client: {ok, folder} or
 * {ok: false, reason, install}. About 1.1 GB and a minute, once. The wheel on PyPI for this machine cannot be imported
 * without 3 GB of CUDA, and MLflow needs a newer PyTorch than Debian 12 has: this one is Debian 13's, with its own
 * Python and C library, which live in this folder and start by their own loader.
 */
export async function ensure(mlflow) {
  const given = process.env.MILLWRIGHT_TEST_TORCH;
  if (given) return { ok: true, folder: given };
  if (!mlflow.ok)
    return { ok: false, reason: 'MLflow, which it works with, is not available', install: mlflow.install };
  if (await isReady()) return { ok: true, folder };
  return exclusively(`${folder}.lock`, 'preparing PyTorch', async () => {
    if (await isReady()) return { ok: true, folder };
    const reason = (await reasonNotDebian()) ?? (await create(mlflow.folder));
    return reason ? { ok: false, reason, install } : { ok: true, folder };
  });
}

async function isReady() {
  if (!existsSync(stampPath) || readFileSync(stampPath, 'utf8') !== hashOf(requirements)) return false;
  return (await capture(python, ['-c', 'import sys'])).code === 0;
}

async function create(mlflowFolder) {
  const startedMs = Date.now();
  const root = join(folder, 'debian');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const failure = await withProgress('PyTorch: unpacking it (about 125 MB)', () =>
    unpackDebian(root, 'trixie', ['python3-torch'], isLeftOut),
  );
  if (failure) return failure;
  layOut(root);
  // Debian's Python comes without pip, and the one that a machine has may be too old to work for it.
  const installing = ['-m', 'pip', 'install', '--quiet', '--no-input', '--no-cache-dir', '--no-compile'];
  const pip = (...args) => [python, ...installing, ...args];
  const steps = [
    ['installing pip', [join(mlflowFolder, 'bin', 'python'), ...installing, '--target', sitePackages, pinnedPip]],
    ['installing what goes with it', pip('-r', join(environment, 'torch', 'dependencies.txt'), '-c', pinned)],
    [`installing ${newest}`, pip('--no-deps', newest)],
    ['starting it once', [python, '-c', 'import torch.export, torch._dynamo, pytorch_lightning, mlflow.pytorch']],
  ];
  for (const [text, [command, ...args]] of steps) {
    // What is started is compiled and kept.
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '' };
    const { code, output } = await withProgress(`PyTorch: ${text}`, () => capture(command, args, { env }));
    if (code !== 0) return `${[command, ...args].join(' ')} failed:\n${output.trim().slice(-2000)}`;
  }
  writeFileSync(stampPath, hashOf(requirements));
  say(`PyTorch: prepared in ${secondsSince(startedMs)}`);
  return undefined;
}

// Python's packages come from PyPI, in MLflow's versions; the large ones are for AMD's processors and for its own tests.
const isLeftOut = (name) =>
  (name.startsWith('python3-') && name !== 'python3-torch') || /^lib(llvm|amd|torch-test)/.test(name);

/** Makes `folder` a virtual environment whose Python starts with the libraries of `root`, whatever this machine has. */
function layOut(root) {
  const libraries = join(root, 'usr', 'lib', 'x86_64-linux-gnu');
  const search = [libraries, join(libraries, 'blas'), join(libraries, 'lapack'), join(root, 'usr', 'lib')].join(':');
  const loader = join(libraries, 'ld-linux-x86-64.so.2');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  mkdirSync(sitePackages, { recursive: true });
  // It finds what it belongs to, and what to start again, by the name it is started under.
  const start = `exec '${loader}' --argv0 "$0" --library-path '${search}' '${root}/usr/bin/python3.13' "$@"`;
  writeFileSync(python, `#!/bin/sh\n${start}\n`);
  chmodSync(python, 0o755);
  writeFileSync(join(folder, 'pyvenv.cfg'), `home = ${root}/usr/bin\ninclude-system-site-packages = false\n`);
  writeFileSync(join(sitePackages, 'debian.pth'), `${root}/usr/lib/python3/dist-packages\n`);
}
