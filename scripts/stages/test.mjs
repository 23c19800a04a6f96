import * as chromium from '../environment/chromium.mjs';
import * as mlflow from '../environment/mlflow.mjs';
import * as postgres from '../environment/postgres.mjs';
import * as python from '../environment/python.mjs';
import * as pythonClient from '../environment/python-client.mjs';
import * as s3 from '../environment/s3.mjs';
import * as torch from '../environment/torch.mjs';
import { at } from '../bootstrap/paths.mjs';
import { say, secondsSince } from '../bootstrap/progress.mjs';
import { checkStages } from './check.mjs';
import { add, program, runStages, tests } from './stage.mjs';

const inCi = process.env.CI === 'true';

/**
 * `npm test`: prepares what the tests need of the machine, then runs every check and every level of tests. The last
 * line is the sum over all stages. A piece that cannot be had leaves its tests skipped, and under CI=true fails the run.
 */
export async function runTest(runtime) {
  const startedMs = Date.now();
  const total = { passed: 0, failed: 0, skipped: 0 };
  const machine = await prepare(runtime);
  try {
    for (const piece of machine.missing) {
      say(`not available: ${piece.name}: ${piece.reason}\n  to have its tests run, ${piece.install}`);
      if (inCi) total.failed += 1;
    }
    const prepared = { ...runtime, env: { ...runtime.env, ...machine.variables } };
    add(total, await runStages(checkStages(prepared), 2));
    const budget = [at('packages', 'ui', 'scripts', 'budget.mjs')];
    add(total, await runStages([program(prepared, 'console size', budget)], 1));
    const levels = ['store', 'http', 'integration', 'e2e', 'interop'].map((level) => tests(prepared, level));
    add(total, await runStages(levels, 1));
  } finally {
    for (const stop of machine.stops) stop();
  }
  console.log(`test took ${secondsSince(startedMs)}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed > 0 ? 1 : 0;
}

// Two chains side by side: what apt-get installs, which allows one at a time, and what pip does and PyTorch, whose
// packages apt only fetches, into folders of its own.
async function prepare(runtime) {
  const interpreter = await python.ensure();
  const [[browser, database, objects], [tracking, client, network]] = await Promise.all([
    prepareServices(runtime, interpreter),
    prepareMlflow(),
  ]);
  const pieces = {
    Chromium: browser,
    'the Python environment': interpreter,
    PostgreSQL: database,
    'the S3 test server': objects,
    MLflow: tracking,
    'the Python client': client,
    PyTorch: network,
  };
  return {
    missing: Object.entries(pieces).flatMap(([name, piece]) => (piece.ok ? [] : [{ name, ...piece }])),
    stops: [database, objects].flatMap((piece) => (piece.ok ? [piece.stop] : [])),
    variables: {
      ...(browser.ok ? { MILLWRIGHT_TEST_CHROMIUM: browser.path } : {}),
      ...(interpreter.ok ? { MILLWRIGHT_TEST_PYTHON: interpreter.python } : {}),
      ...(tracking.ok ? { MILLWRIGHT_TEST_MLFLOW: tracking.folder } : {}),
      ...(client.ok ? { MILLWRIGHT_TEST_PYTHON_CLIENT: client.folder } : {}),
      ...(network.ok ? { MILLWRIGHT_TEST_TORCH: network.folder } : {}),
      ...(database.ok ? { MILLWRIGHT_TEST_POSTGRES_URL: database.url } : {}),
      ...(objects.ok
        ? {
            MILLWRIGHT_TEST_S3_ENDPOINT: objects.endpoint,
            MILLWRIGHT_TEST_S3_BUCKET: objects.bucket,
            MILLWRIGHT_TEST_S3_ACCESS_KEY: objects.accessKey,
            MILLWRIGHT_TEST_S3_SECRET_KEY: objects.secretKey,
          }
        : {}),
    },
  };
}

async function prepareServices(runtime, interpreter) {
  const browser = await chromium.ensure(runtime);
  const database = await postgres.ensure({ durable: false });
  return [browser, database, await s3.ensure(interpreter)];
}

async function prepareMlflow() {
  const tracking = await mlflow.ensure();
  const client = await pythonClient.ensure(tracking);
  return [tracking, client, await torch.ensure(tracking)];
}
