/**
 * The whole server with an experiment of many runs, written through the service that serves clients:
 * `node many-runs-server.ts --data-dir DIR --port 0 --runs 100000`. Prints `ready: ADDRESS` once it answers.
 */
import { data } from '#data';
import { experiments, type ExperimentsService } from '#experiments';
import { lineage } from '#lineage';
import { type Ctx, systemActor } from '#platform/auth';
import { systemClock } from '#platform/clock';
import { loadConfig } from '#platform/config';
import { createPlatform, stopPlatform } from '#platform/core';
import { createLog } from '#platform/log';
import { createApp } from '../app.ts';

const words = process.argv.slice(2);
const given = Object.fromEntries(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? '']] : [])));
const { '--runs': runsText = '100000', ...flags } = given;
const runsWanted = Number(runsText);
const { config } = loadConfig({ flags, env: {} });
const log = createLog({ level: 'warn', clock: systemClock, write: (line) => process.stderr.write(line) });
const minuteMs = 60_000;
/** As many requests at once as share one transaction. */
const together = 2000;
const optimizers = ['sgd', 'adam', 'lion'] as const;

/** Looks like noise, and is the same every time. */
const jitter = (index: number): number => ((Math.imul(index + 1, 2_654_435_761) >>> 0) % 1000) / 1000;

const startOne = async (service: ExperimentsService, ctx: Ctx, index: number, startedAt: number): Promise<void> => {
  const learningRate = 10 ** -(1 + (index % 4));
  const { id } = await service.startRun(ctx, {
    experiment: 'sweep',
    startedAt,
    parameters: { lr: String(learningRate), optimizer: optimizers[index % 3] ?? 'sgd', seed: String(index % 5) },
    tags: { team: index % 2 === 0 ? 'risk' : 'growth' },
  });
  const accuracy = 0.7 + 0.05 * (index % 4) + 0.02 * jitter(index);
  await service.logToRun(ctx, {
    runId: id,
    metrics: [
      { key: 'accuracy', value: accuracy, at: startedAt + minuteMs },
      { key: 'loss', value: 1 - accuracy, at: startedAt + minuteMs },
    ],
    update: (run) => ({ ...run, status: index % 50 === 7 ? 'failed' : 'finished', endedAt: startedAt + minuteMs }),
  });
};

const seed = async (): Promise<void> => {
  const platform = await createPlatform({ config, log });
  const ctx: Ctx = { actor: systemActor('test'), project: 'default', requestId: 'test' };
  const graph = lineage.create(platform, {});
  const service = experiments.create(platform, { lineage: graph, data: data.create(platform, { lineage: graph }) });
  await platform.auth.createProject(ctx.actor, { name: 'default' }, 'test');
  await service.createExperiment(ctx, { name: 'sweep' });
  const firstAt = systemClock.now() - runsWanted * minuteMs;
  for (let from = 0; from < runsWanted; from += together) {
    const count = Math.min(together, runsWanted - from);
    await Promise.all(
      Array.from({ length: count }, (_none, at) => startOne(service, ctx, from + at, firstAt + (from + at) * minuteMs)),
    );
  }
  await stopPlatform(platform);
};

await seed();
const app = await createApp({ config, log });
process.stdout.write(`ready: ${await app.listen()}\n`);
process.once('SIGTERM', () => void app.close());
