import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { at, cacheFolder, findInPath, systemPath } from './paths.mjs';
import { capture } from './process.mjs';
import { SetupError, say, withProgress } from './progress.mjs';

const OLDEST_SYSTEM_NODE = 26;

/** The Node version package.json pins. */
const pinnedVersion = () => JSON.parse(readFileSync(at('package.json'), 'utf8')).devDependencies.node;

/**
 * The Node that runs everything after the bootstrap: the pinned one from node_modules, set up here when npm was told
 * not to run install scripts; failing that a system Node that is new enough. Returns {node, env}.
 */
export async function ensureRuntime() {
  const wanted = pinnedVersion();
  const own = at('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if ((await versionOf(own)) === wanted) return runtime(own);
  const failure = await withProgress(`setting up Node ${wanted} (npm did not run its install script)`, setUp);
  if ((await versionOf(own)) === wanted) return runtime(own);
  for (const system of [process.execPath, findInPath('node')]) {
    const version = system ? await versionOf(system) : undefined;
    if (version === undefined || Number(version.split('.')[0]) < OLDEST_SYSTEM_NODE) continue;
    say(`Node ${wanted} could not be installed; going on with Node ${version} at ${system}`);
    return runtime(system);
  }
  throw new SetupError(
    `Node ${wanted} could not be installed and the system's Node is ${process.version}.\n` +
      `Install Node ${OLDEST_SYSTEM_NODE} or later, or let npm run the install script of the package "node".\n\n${failure}`,
  );
}

// The package `node` fetches the platform's binary from its install script; the same script can be run by hand.
async function setUp() {
  const folder = at('node_modules', 'node');
  const env = { ...process.env, PATH: systemPath() };
  return (await capture(process.execPath, ['installArchSpecificPackage.js'], { cwd: folder, env })).output;
}

async function versionOf(node) {
  if (!existsSync(node)) return undefined;
  const { code, stdout } = await capture(node, ['--version'], { timeoutMs: 10_000 });
  return code === 0 ? stdout.trim().replace(/^v/, '') : undefined;
}

function runtime(node) {
  const env = {
    ...process.env,
    PATH: [dirname(node), at('node_modules', '.bin'), systemPath()].join(delimiter),
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? `${cacheFolder}/compile`,
  };
  return { node, env };
}

/** The script behind an installed package's command, to be run with the pinned Node. */
export function scriptOf(packageName, command = packageName) {
  const folder = at('node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  return `${folder}/${typeof bin === 'string' ? bin : bin[command]}`;
}
