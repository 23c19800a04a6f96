import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { at, cacheFolder } from '../bootstrap/paths.mjs';
import { capture } from '../bootstrap/process.mjs';
import { say, secondsSince } from '../bootstrap/progress.mjs';
import { scriptOf } from '../bootstrap/runtime.mjs';

/**
 * A stage is {name, run}: run resolves to {passed, failed, skipped, output}. Its line, and all it printed when
 * something failed, appear when it ends. A stage that throws counts as one failure.
 */
export async function runStage({ name, run }) {
  const startedMs = Date.now();
  let result;
  try {
    result = await run();
  } catch (error) {
    result = { passed: 0, failed: 1, skipped: 0, output: error.stack };
  }
  const { passed, failed, skipped, output } = result;
  const verdict = failed > 0 ? 'FAILED' : 'ok';
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  console.log(`${verdict.padEnd(6)} ${name.padEnd(16)} ${counts} (${secondsSince(startedMs)})`);
  if (failed > 0) console.log(indent(output));
  return { passed, failed, skipped };
}

/** Runs stages `width` at a time in their order and adds up their counts. */
export async function runStages(stages, width) {
  const waiting = [...stages];
  const total = { passed: 0, failed: 0, skipped: 0 };
  const work = async () => {
    for (let stage = waiting.shift(); stage; stage = waiting.shift()) add(total, await runStage(stage));
  };
  await Promise.all(Array.from({ length: width }, work));
  return total;
}

/** Adds `counts` to `total`. */
export function add(total, counts) {
  for (const key of ['passed', 'failed', 'skipped']) total[key] += counts[key];
  return total;
}

const indent = (text) => text.trim().replace(/^/gm, '    ');

/** A stage that is one program: it passes when the program exits with 0. */
export const program = (runtime, name, args) => ({
  name,
  run: async () => {
    const { code, output } = await capture(runtime.node, args, { env: { ...runtime.env, NO_COLOR: '1' } });
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, output };
  },
});

/** A stage that is one vitest project. */
export function tests(runtime, name) {
  return {
    name,
    run: async () => {
      const results = `${cacheFolder}/results/${name}.json`;
      mkdirSync(`${cacheFolder}/results`, { recursive: true });
      rmSync(results, { force: true });
      const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${results}`];
      const args = [scriptOf('vitest'), 'run', `--project=${name}`, ...reporters];
      const { code, output } = await capture(runtime.node, args, { cwd: at(), env: { ...runtime.env, NO_COLOR: '1' } });
      for (const reason of new Set(output.match(/^.*\bskipped: .*$/gm))) say(reason);
      return { ...countsIn(results, code), output };
    },
  };
}

// A run that wrote no results, a file that could not be loaded, and an error outside of any test are failures too.
function countsIn(results, code) {
  let report;
  try {
    report = JSON.parse(readFileSync(results, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const skipped = report.numPendingTests + report.numTodoTests;
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return { passed: report.numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}
