import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exclusively } from '../bootstrap/exclusive.mjs';
import { at, findInPath, hashOf, sharedCacheFolder } from '../bootstrap/paths.mjs';
import { capture } from '../bootstrap/process.mjs';
import { withProgress } from '../bootstrap/progress.mjs';
import { aptInstall, mayInstall } from './apt.mjs';

export const install =
  'install Python 3.11 or later with its venv module (Debian: apt-get install python3 python3-venv)';
const requirements = at('scripts', 'environment', 'requirements.txt');
const folder = join(sharedCacheFolder, 'python');
const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const stampPath = join(folder, '.millwright-requirements');

/** Makes the Python environment of the tests, with pinned packages: {ok, python, folder} or {ok: false, reason, install}. */
export async function ensure() {
  if (await isReady()) return { ok: true, python, folder };
  return exclusively(`${folder}.lock`, 'preparing the Python environment', async () => {
    if (await isReady()) return { ok: true, python, folder };
    const base = (await findPython()) ?? (await installPython());
    if (!base) return { ok: false, reason: 'no Python 3.11 or later was found', install };
    return withProgress('preparing the Python environment', () => create(base));
  });
}

async function isReady() {
  if (!existsSync(stampPath) || readFileSync(stampPath, 'utf8') !== hashOf([requirements])) return false;
  return (await capture(python, ['-c', 'import sys'])).code === 0;
}

/** A Python that can make virtual environments, or undefined. */
export async function findPython() {
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python']) {
    const path = findInPath(name);
    const probe = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 11) else 1)';
    if (path && (await capture(path, ['-c', probe])).code === 0) return path;
  }
  return undefined;
}

/** Installs one where this process may, or resolves to undefined. */
export async function installPython() {
  if (!mayInstall()) return undefined;
  await aptInstall('python3', 'python3-venv');
  return (
    (await findPython()) ??
    ((await capture('/usr/bin/python3', ['-c', 'import ensurepip'])).code === 0 ? '/usr/bin/python3' : undefined)
  );
}

async function create(base) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(sharedCacheFolder, { recursive: true });
  for (const [command, args] of [
    [base, ['-m', 'venv', folder]],
    [python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '-r', requirements]],
  ]) {
    const { code, output } = await capture(command, args);
    if (code !== 0)
      return { ok: false, reason: `${[command, ...args].join(' ')} failed:\n${output.trim().slice(-2000)}`, install };
  }
  writeFileSync(stampPath, hashOf([requirements]));
  return { ok: true, python, folder };
}
