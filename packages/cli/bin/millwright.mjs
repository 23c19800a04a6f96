#!/usr/bin/env node
import module from 'node:module';

const major = Number(process.versions.node.split('.')[0]);
if (major < 26) {
  process.stderr.write(`millwright needs Node 26 or newer; this is ${process.version}. In a clone, \`npm start\` brings its own.\n`);
  process.exit(1);
}
// What stays long and serves many.
if (['up', 'worker'].includes(process.argv[2])) (await import('./memory.mjs')).settleMemory();
// Compiled code is kept between starts: a cold start without it takes several times as long.
module.enableCompileCache?.();
const { isFresh } = await import('./bundle.mjs');
const { main } = isFresh() ? await import('../dist/main.mjs') : await import('../src/main.ts');
process.exitCode = await main(process.argv.slice(2));
