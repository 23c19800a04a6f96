import { existsSync } from 'node:fs';
import { at } from '../bootstrap/paths.mjs';
import { secondsSince } from '../bootstrap/progress.mjs';
import { scriptOf } from '../bootstrap/runtime.mjs';
import { program, runStages, tests } from './stage.mjs';

const AT_A_TIME = 2;

/** Types, lint, format, dead code, architecture and unit tests, two at a time; all are run, whatever fails. */
export function checkStages(runtime) {
  const tsc = (project) => [scriptOf('typescript', 'tsc'), '-p', project];
  const consoleTypes = existsSync(at('packages', 'ui', 'tsconfig.json'));
  return [
    program(runtime, 'types', tsc('tsconfig.json')),
    ...(consoleTypes ? [program(runtime, 'types (console)', tsc('packages/ui/tsconfig.json'))] : []),
    program(runtime, 'lint', [scriptOf('oxlint'), '--deny-warnings']),
    program(runtime, 'format', [scriptOf('@biomejs/biome', 'biome'), 'format', '--reporter=summary']),
    program(runtime, 'dead code', [scriptOf('knip'), '--no-config-hints', '--no-progress']),
    tests(runtime, 'architecture'),
    tests(runtime, 'unit'),
  ];
}

/** `npm run check`: exit code 1 when anything failed. */
export async function runCheck(runtime) {
  const startedMs = Date.now();
  const { passed, failed, skipped } = await runStages(checkStages(runtime), AT_A_TIME);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  console.log(`check took ${secondsSince(startedMs)}`);
  return failed > 0 ? 1 : 0;
}
