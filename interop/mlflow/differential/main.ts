/**
 * Drives the real MLflow server and ours with the same generated requests and prints in what their answers differ:
 *
 *   node interop/mlflow/differential/main.ts --ours http://127.0.0.1:7117 [--theirs URL] [--seed 1] [--requests 2000]
 *     [--only runs,metrics] [--quiet]
 *
 * Without --theirs a `mlflow server` is started for it (its environment is prepared first). Exits 1 on differences.
 */
import { parseArgs } from 'node:util';
import { ensure } from '../../../scripts/environment/mlflow.mjs';
import { startMlflow } from '../mlflow-server.ts';
import { drive } from './drive.ts';
import { summary } from './report.ts';

const { values } = parseArgs({
  options: {
    ours: { type: 'string' },
    theirs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    requests: { type: 'string', default: '2000' },
    only: { type: 'string', default: '' },
    quiet: { type: 'boolean', default: false },
  },
});
if (!values.ours) throw new Error('--ours names the server to compare with MLflow');

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const started = values.theirs ? undefined : await startTheirs();
const addresses = { theirs: values.theirs ?? started?.address ?? '', ours: values.ours.replace(/\/$/, '') };
const report = await drive({
  addresses,
  seed: Number(values.seed),
  requests: Number(values.requests),
  only: values.only.split(',').filter(Boolean),
  ...(values.quiet ? {} : { say }),
});
await started?.stop();
process.stdout.write(`${summary(report)}\n`);
process.exitCode = report.found.length > 0 ? 1 : 0;

async function startTheirs() {
  const environment = await ensure();
  if (!environment.ok) throw new Error(environment.reason);
  say('starting mlflow server');
  return startMlflow({ folder: environment.folder, workers: 1 });
}
