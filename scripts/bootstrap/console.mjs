import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { at, cacheFolder, hashOf } from './paths.mjs';
import { capture } from './process.mjs';
import { exclusively } from './exclusive.mjs';
import { scriptOf } from './runtime.mjs';
import { SetupError, say, withProgress } from './progress.mjs';

const stampPath = `${cacheFolder}/console-build`;
const builtPage = at('packages', 'server', 'static', 'index.html');
const sources = ['ui', 'contract', 'sdk', 'stats'].map((name) => at('packages', name)).concat(at('package-lock.json'));

/** Builds the console into the server's static folder when its sources changed since the last build. */
export async function ensureConsole({ node, env }) {
  if (!existsSync(at('packages', 'ui', 'index.html'))) {
    say('the console is not built: packages/ui/index.html does not exist');
    return;
  }
  if (isCurrent(hashOf(sources))) return;
  await exclusively(`${cacheFolder}/console.lock`, 'building the console', async () => {
    const hash = hashOf(sources);
    if (isCurrent(hash)) return;
    await withProgress('building the console', () => build(node, env));
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(stampPath, hash);
  });
}

const isCurrent = (hash) => existsSync(builtPage) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === hash;

async function build(node, env) {
  const cwd = at('packages', 'ui');
  const { code, output } = await capture(node, [scriptOf('vite'), 'build'], {
    cwd,
    env: { ...env, NODE_ENV: 'production', NO_COLOR: '1' },
  });
  if (code !== 0) throw new SetupError(`building the console failed (exit ${code}):\n\n${output}`);
  if (!existsSync(builtPage)) throw new SetupError(`building the console wrote no ${builtPage}:\n\n${output}`);
}
