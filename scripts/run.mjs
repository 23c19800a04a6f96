// The one entry behind `npm run demo|start|test|check|bench`: plain JavaScript, so that it runs on any Node from 20 on,
// before anything is installed. It prepares what a command needs and hands over to the pinned Node.
import { ensureConsole } from './bootstrap/console.mjs';
import { ensureDependencies } from './bootstrap/dependencies.mjs';
import { at } from './bootstrap/paths.mjs';
import { passThrough } from './bootstrap/process.mjs';
import { SetupError } from './bootstrap/progress.mjs';
import { ensureRuntime } from './bootstrap/runtime.mjs';
import { ensureServer } from './bootstrap/server.mjs';

const millwright = at('packages', 'cli', 'bin', 'millwright.mjs');

const commands = {
  demo: {
    needsConsole: true,
    needsServer: true,
    run: (runtime, args) => onNode(runtime, [millwright, 'demo', ...args]),
  },
  start: {
    needsConsole: true,
    needsServer: true,
    run: (runtime, args) => onNode(runtime, [millwright, 'up', ...args]),
  },
  bench: {
    needsConsole: false,
    needsServer: true,
    run: (runtime, args) => onNode(runtime, [at('bench', 'main.ts'), ...args]),
  },
  check: {
    needsConsole: false,
    needsServer: false,
    run: async (runtime) => (await import('./stages/check.mjs')).runCheck(runtime),
  },
  test: {
    needsConsole: true,
    needsServer: true,
    run: async (runtime) => (await import('./stages/test.mjs')).runTest(runtime),
  },
};

const onNode = ({ node, env }, args) => passThrough(node, args, { env });

async function main([name, ...given]) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (command === undefined)
    throw new SetupError(`usage: node scripts/run.mjs ${Object.keys(commands).join('|')} [arguments]`);
  const args = given[0] === '--' ? given.slice(1) : given;
  await ensureDependencies();
  const runtime = await ensureRuntime();
  if (command.needsConsole) await ensureConsole(runtime);
  if (command.needsServer) await ensureServer(runtime);
  return command.run(runtime, args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
