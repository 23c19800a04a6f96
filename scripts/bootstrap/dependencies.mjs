import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { at, findInPath, systemPath } from './paths.mjs';
import { capture } from './process.mjs';
import { exclusively } from './exclusive.mjs';
import { SetupError, withProgress } from './progress.mjs';

const stampPath = at('node_modules', '.millwright-lock');

/** What the stamp must say: the lock file's hash and the platform whose binaries were installed. */
export function expectedStamp() {
  const hash = createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex');
  return `${hash} ${process.platform}-${process.arch}`;
}

const isInstalled = () => existsSync(stampPath) && readFileSync(stampPath, 'utf8').trim() === expectedStamp();

/**
 * Installs the locked dependencies when node_modules is missing, belongs to another lock file, or was left
 * half-finished (the stamp is written last). Throws SetupError with npm's whole output when npm fails.
 */
export async function ensureDependencies() {
  if (isInstalled()) return;
  await exclusively(at('.cache', 'install.lock'), 'installing dependencies', async (hold) => {
    if (isInstalled()) return;
    rmSync(stampPath, { force: true });
    await withProgress('installing dependencies (npm ci)', () => runNpmCi(hold));
    writeFileSync(stampPath, `${expectedStamp()}\n`);
  });
}

async function runNpmCi(onStart) {
  const args = ['ci', '--no-fund', '--no-audit', '--no-progress'];
  const { code, output } = await runNpm(args, onStart);
  if (code === 0) return;
  throw new SetupError(`npm ${args.join(' ')} failed (exit ${code}):\n\n${output}`);
}

/** Runs npm as the person would from a shell, without what an outer `npm run` put into the environment. */
function runNpm(args, onStart) {
  const env = { ...process.env, PATH: systemPath(), ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const outer = /^(npm_(lifecycle|package)_|npm_command$|npm_config_local_prefix$|INIT_CWD$)/;
  for (const name of Object.keys(env)) if (outer.test(name)) delete env[name];
  const npm = findInPath('npm');
  if (npm) return capture(npm, args, { env, onStart });
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return capture(process.execPath, [script, ...args], { env, onStart });
  throw new SetupError('npm was not found in PATH: install Node.js 20 or later with npm');
}
