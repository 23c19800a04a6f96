import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exclusively } from '../bootstrap/exclusive.mjs';
import { at, cacheFolder, hashOf } from '../bootstrap/paths.mjs';
import { capture } from '../bootstrap/process.mjs';
import { withProgress } from '../bootstrap/progress.mjs';

const source = at('clients', 'python');
// Of this checkout, unlike what machines may share: it is built from its sources.
const folder = join(cacheFolder, 'python-client');
const stampPath = join(folder, '.millwright-sources');

/**
 * Installs our Python package as a user does, with its entry points, into a folder for PYTHONPATH beside the real
 * MLflow: {ok, folder} or {ok: false, reason, install}.
 */
export async function ensure(mlflow) {
  if (!mlflow.ok)
    return { ok: false, reason: 'MLflow, which it works with, is not available', install: mlflow.install };
  if (isReady()) return { ok: true, folder };
  return exclusively(`${folder}.lock`, 'installing clients/python', async () =>
    isReady() ? { ok: true, folder } : withProgress('installing clients/python', () => create(mlflow.folder)),
  );
}

const isReady = () => existsSync(stampPath) && readFileSync(stampPath, 'utf8') === hashOf([source]);

async function create(mlflowFolder) {
  const python = join(mlflowFolder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Building leaves folders beside the sources.
  const copy = mkdtempSync(join(tmpdir(), 'millwright-python-client-'));
  try {
    cpSync(source, copy, { recursive: true });
    const args = ['-m', 'pip', 'install', '--quiet', '--no-input', '--no-deps', '--target', folder, copy];
    const { code, output } = await capture(python, args);
    const install = 'run: pip install ./clients/python';
    if (code !== 0) return { ok: false, reason: `pip install failed:\n${output.trim().slice(-2000)}`, install };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  writeFileSync(stampPath, hashOf([source]));
  return { ok: true, folder };
}
