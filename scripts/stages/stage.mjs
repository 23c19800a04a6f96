import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { at, cacheFolder } from '../bootstrap/paths.mjs';
import { capture } from '../bootstrap/process.mjs';
import { say, secondsSince } from '../bootstrap/progress.mjs';
import { scriptOf } from '../bootstrap/runtime.mjs';

/**
 * Runs stages `width` at a time and adds up their counts. A stage is {name, run}: run resolves to
 * {passed, failed, skipped, output}; one that throws counts as one failure. The line of a stage, and all it printed when
 * something failed, are shown in the stages' order.
 */
export async function runStages(stages, width) {
  const waiting = [];
  const results = stages.map((stage) => new Promise((resolve) => waiting.push({ stage, resolve })));
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) next.resolve(await runStage(next.stage));
  };
  const workers = Array.from({ length: width }, work);
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const result of results) {
    const { counts, text } = await result;
    console.log(text);
    add(total, counts);
  }
  await Promise.all(workers);
  return total;
}

async function runStage({ name, run }) {
  const startedMs = Date.now();
  const { output, ...counts } = await run().catch((error) => ({
    passed: 0,
    failed: 1,
    skipped: 0,
    output: error.stack,
  }));
  const verdict = counts.failed > 0 ? 'FAILED' : 'ok';
  const numbers = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
  const line = `${verdict.padEnd(6)} ${name.padEnd(16)} ${numbers} (${secondsSince(startedMs)})`;
  return { counts, text: counts.failed > 0 ? `${line}\n${indent(output)}` : line };
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
