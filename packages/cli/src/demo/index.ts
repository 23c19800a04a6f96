import type { Incident } from '@millwright/contract';
import { createClient } from '@millwright/sdk';
import { type App, type ScoredModel, tableFromRows } from '@millwright/server';
import { type LoopSettings, createLoop, settingsFor } from './loop.ts';
import { type Answers, play } from './player.ts';
import type { Progress } from './progress.ts';
import type { Outcome, Promotion, Sighting } from './report.ts';
import type { Source, Value } from './source.ts';

const settleLimitMs = 60_000;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Until everything sent was captured and the work it caused is done. */
const settler =
  (app: App, captured: () => Promise<{ captured: number; dropped: number }>) =>
  async (sent: number): Promise<void> => {
    const until = performance.now() + settleLimitMs;
    for (;;) {
      const count = await captured();
      if (count.captured + count.dropped >= sent) break;
      if (performance.now() > until)
        throw new Error(`captured ${count.captured} of ${sent} predictions after ${settleLimitMs / 1000} s`);
      await pause(20);
    }
    await app.platform.jobs.idle();
  };

/** A model's answers to every replayed row from `from` on. */
const answersOf = async (app: App, model: ScoredModel, source: Source, from: number): Promise<Answers> => {
  const table = tableFromRows([...source.features], source.rows.slice(source.historyRows + from) as Value[][]);
  const { labels, values } = await app.training.score(model, table);
  return [...new Array<null>(from).fill(null), ...(labels ?? values ?? [])];
};

export interface DemoRun {
  outcome: Outcome;
  settings: LoopSettings;
}

/** Plays one source from its first upload to the last label, and compares with a model that was never retrained. */
export const runLoop = async (
  app: App,
  address: string,
  source: Source,
  progress: Progress,
  options: { settings?: LoopSettings; labelDelayRows?: number; chunkRows?: number } = {},
): Promise<DemoRun> => {
  const settings = options.settings ?? settingsFor(source);
  const client = createClient({ baseUrl: address });
  const loop = createLoop(client, source, settings);

  const upload = progress.stage('Data: upload, profile, checks');
  await loop.uploadHistory();
  upload.done(
    `${source.historyRows.toLocaleString('en')} ${source.unit} with their outcome, ${source.features.length} inputs`,
  );

  const release = progress.stage('Pipeline: snapshot, validate, train, evaluate, register, roll out');
  const first = await loop.releaseFirst((run) => {
    const ended = run.steps.filter((step) => step.endedAt !== null).length;
    release.update(ended, run.steps.length, run.steps.find((step) => step.state === 'running')?.name ?? '');
  });
  const [evaluation] = await loop.evaluations();
  release.done(
    `version 1 serves${
      evaluation
        ? ` (${Object.entries(evaluation.metrics)
            .map(([name, value]) => `${name} ${value.toFixed(3)}`)
            .join(', ')} on the hold-out)`
        : ''
    }; ${first.steps.length} steps`,
  );

  const endpoint = await loop.watch();
  const [champion] = await loop.versions();
  if (!champion?.digest || !champion.signature || !endpoint.signature) throw new Error('the endpoint has no champion');

  const sightings: Sighting[] = [];
  const promotions: Promotion[] = [];
  let sent = 0;
  const seen = new Set<string>();
  const endings: Promise<void>[] = [];
  const lookAtIncidents = async (at: number): Promise<void> => {
    for (const incident of await loop.incidents()) {
      if (seen.has(incident.id)) continue;
      seen.add(incident.id);
      if (incident.kind === 'capture-loss') continue;
      sightings.push({ at, kind: incident.kind, incidentId: incident.id });
      progress.note(`  at ${at.toLocaleString('en')}: ${incident.title}`);
    }
  };
  const stop = app.platform.events.follow((event) => {
    const at = sent;
    if (event.type === 'serving.rollout-ended') {
      const state = event.data['state'] as Promotion['state'];
      promotions.push({ at, state, rolloutId: event.subjectId });
      progress.note(`  at ${at.toLocaleString('en')}: rollout ${state}: ${String(event.data['reason'] ?? '')}`);
    } else if (event.type === 'pipelines.run-started')
      progress.note(`  at ${at.toLocaleString('en')}: retraining started: ${String(event.data['reason'] ?? '')}`);
    else if (event.type === 'monitoring.incident-changed') endings.push(lookAtIncidents(at));
  });

  const total = source.rows.length - source.historyRows;
  const traffic = progress.stage('Traffic: predict, capture, label late, watch');
  const settle = settler(app, () => loop.endpoint());
  const answers = await play({
    source,
    client,
    signature: endpoint.signature,
    labelDelayRows: options.labelDelayRows ?? Math.floor(settings.windowRows * 0.6),
    chunkRows: options.chunkRows ?? Math.floor(settings.windowRows / 2),
    settle: async (count) => {
      sent = count;
      await settle(count);
      await Promise.all(endings);
    },
    onChunk: (count) =>
      traffic.update(
        count,
        total,
        `${source.unit}; ${promotions.filter((one) => one.state === 'promoted').length} promotions`,
      ),
  });
  stop();
  traffic.done(
    `${total.toLocaleString('en')} ${source.unit} answered, every one labelled after ${(options.labelDelayRows ?? Math.floor(settings.windowRows * 0.6)).toLocaleString('en')} more`,
  );

  const compare = progress.stage('Comparison: a model never retrained, and an oracle');
  const neverRetrained = await answersOf(
    app,
    { modelDigest: champion.digest, signature: champion.signature },
    source,
    0,
  );
  let oracle: Answers | null = null;
  for (const [index, change] of source.changes.entries()) {
    oracle ??= [...neverRetrained];
    if (change.kind !== 'pattern') continue;
    const trained = await loop.trainOracle(index, source.historyRows);
    if (trained)
      oracle = [...oracle.slice(0, change.at), ...(await answersOf(app, trained, source, change.at)).slice(change.at)];
  }
  compare.done('scored on the same rows');
  const incidents: Incident[] = await loop.incidents();
  return {
    settings,
    outcome: {
      source,
      answers,
      neverRetrained,
      oracle,
      sightings,
      promotions,
      incidents,
      runs: await loop.runs(),
      decisions: await loop.decisions(),
      rollouts: await loop.rollouts(),
    },
  };
};
