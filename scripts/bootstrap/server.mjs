import { existsSync, writeFileSync } from 'node:fs';
import { ageOfSources, bundle, isFresh, stampPath } from '../../packages/cli/bin/bundle.mjs';
import { exclusively } from './exclusive.mjs';
import { at, cacheFolder } from './paths.mjs';
import { capture } from './process.mjs';
import { withProgress } from './progress.mjs';
import { scriptOf } from './runtime.mjs';

/** Puts the server into a few files, when its sources changed since: it starts in half the time then. */
export async function ensureServer({ node, env }) {
  if (isFresh()) return;
  await exclusively(`${cacheFolder}/server.lock`, 'preparing the server', async () => {
    if (isFresh()) return;
    await withProgress('preparing the server', () => build(node, env));
  });
}

async function build(node, env) {
  const sources = ageOfSources();
  const config = at('scripts', 'bootstrap', 'server.vite.mjs');
  const { code } = await capture(node, [scriptOf('vite'), 'build', '--config', config], {
    cwd: at(),
    env: { ...env, NODE_ENV: 'production', NO_COLOR: '1' },
  });
  // Without it the server starts from its sources, which takes longer and does the same.
  if (code === 0 && existsSync(bundle)) writeFileSync(stampPath, sources);
}
