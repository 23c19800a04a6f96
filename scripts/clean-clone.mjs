// Clones HEAD into a temporary folder and runs the README's two commands there, as a newcomer would:
//   node scripts/clean-clone.mjs [--keep] [--empty-npm-cache]
// Prints the time of each; exit code 1 when one fails. Nothing of this checkout but its commits is used.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, systemPath } from './bootstrap/paths.mjs';
import { capture, passThrough } from './bootstrap/process.mjs';
import { say, secondsSince } from './bootstrap/progress.mjs';

const folder = mkdtempSync(join(tmpdir(), 'millwright-clone-'));
const clone = join(folder, 'millwright');
const env = { ...process.env, PATH: systemPath(), CI: 'true' };
for (const name of Object.keys(env))
  if (/^(npm_|NODE_|MILLWRIGHT_|INIT_CWD$)/.test(name) && name !== 'NODE_EXTRA_CA_CERTS') delete env[name];
if (process.argv.includes('--empty-npm-cache')) env.npm_config_cache = join(folder, 'npm-cache');

const cloned = await capture('git', ['clone', '--quiet', '--no-local', root, clone]);
if (cloned.code !== 0) throw new Error(cloned.output);

const times = [];
for (const args of [['run', 'demo', '--', '--exit'], ['test']]) {
  const startedMs = Date.now();
  const code = await passThrough('npm', args, { cwd: clone, env });
  times.push(`npm ${args.join(' ')}: ${code === 0 ? 'ok' : `exit ${code}`}, ${secondsSince(startedMs)}`);
  if (code !== 0) process.exitCode = 1;
}
say(`\n${times.join('\n')}`);
if (process.argv.includes('--keep')) say(clone);
else rmSync(folder, { recursive: true, force: true });
