import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, findInPath } from '../bootstrap/paths.mjs';
import { capture } from '../bootstrap/process.mjs';
import { withProgress } from '../bootstrap/progress.mjs';
import { aptInstall, mayInstall } from './apt.mjs';

const install = 'install Chromium (Debian: apt-get install chromium), or set CHROMIUM_PATH to a Chromium or Chrome';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

/** Finds or installs a Chromium and starts it once: {ok, path} or {ok: false, reason, install}. */
export async function ensure(runtime) {
  const given = process.env.CHROMIUM_PATH;
  if (given && !existsSync(given)) return { ok: false, reason: `CHROMIUM_PATH names no file: ${given}`, install };
  let path = given || find();
  let failure = '';
  if (!path && mayInstall()) {
    failure = (await aptInstall('chromium', 'fonts-liberation')) ?? '';
    path = find();
  }
  if (!path) {
    failure += await download(runtime);
    path = find();
  }
  if (!path) return { ok: false, reason: `no Chromium was found or could be installed. ${failure}`.trim(), install };
  const problem = await startsHeadless(path);
  return problem ? { ok: false, reason: `${path} does not start: ${problem}`, install } : { ok: true, path };
}

function find() {
  return findInPath(...NAMES) ?? findInPlaywrightCache();
}

function findInPlaywrightCache() {
  const folders = [
    process.env.PLAYWRIGHT_BROWSERS_PATH,
    join(homedir(), '.cache', 'ms-playwright'),
    join(homedir(), 'Library', 'Caches', 'ms-playwright'),
  ];
  for (const folder of folders) {
    if (!folder || !existsSync(folder)) continue;
    for (const version of readdirSync(folder)
      .filter((name) => name.startsWith('chromium'))
      .sort()
      .reverse()) {
      for (const program of [
        'chrome-linux/chrome',
        'chrome-linux64/chrome',
        'chrome-linux/headless_shell',
        'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
      ]) {
        const path = join(folder, version, program);
        if (existsSync(path)) return path;
      }
    }
  }
  return undefined;
}

async function download({ node, env }) {
  const { code, output } = await withProgress('downloading Chromium (playwright)', () =>
    capture(node, [at('node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium'], {
      env,
      timeoutMs: 300_000,
    }),
  );
  return code === 0 ? '' : output.trim().split('\n').slice(-3).join('\n');
}

/** The switches every start needs: none that reach out to the network; root cannot use Chromium's own sandbox. */
const switches = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

async function startsHeadless(path) {
  const profile = mkdtempSync(join(tmpdir(), 'millwright-chromium-'));
  const page = 'data:text/html,<title>ready</title><p>started';
  const args = ['--headless', ...switches, `--user-data-dir=${profile}`, '--dump-dom', page];
  const { code, output, stdout } = await capture(path, args, { timeoutMs: 60_000 });
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  return code === 0 && stdout.includes('started')
    ? undefined
    : output.trim().split('\n').slice(-3).join('\n') || `exit ${code}`;
}
