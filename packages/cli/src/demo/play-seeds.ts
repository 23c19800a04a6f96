import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp, createLog, loadConfig, systemClock } from '@millwright/server';
import { expect, it } from 'vitest';
import { runLoop } from './index.ts';
import { payments } from './payments.ts';
import { createProgress } from './progress.ts';
import { quality, reportRows } from './report.ts';

const plan = { historyRows: 2500, harmlessAt: 1500, patternAt: 3000, streamRows: 6500 };
const settings = {
  windowRows: 300,
  maxRows: 1200,
  minRows: 600,
  windows: [300, 600, null],
  holdoutFraction: 0.25,
  gateMargin: 0.005,
  continuous: false,
  rollout: {},
};

const play = async (seed: number) => {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-seed-'));
  const log = createLog({ level: 'error', clock: systemClock, write: (line) => process.stderr.write(line) });
  const { config } = loadConfig({ flags: { '--data-dir': dir, '--port': '0', '--capture-flush-ms': '50' }, env: {} });
  const app = await createApp({ config, log, staticDir: null });
  try {
    const address = await app.listen();
    const progress = createProgress({ write: () => true }, () => performance.now());
    return (
      await runLoop(app, address, payments(seed, plan), progress, { settings, chunkRows: 300, labelDelayRows: 150 })
    ).outcome;
  } finally {
    await app.close();
    rmSync(dir, { recursive: true, force: true });
  }
};

/** Plays the demo with each of these seeds. Half of them are in a file of tests of its own: two files run side by side. */
export const answersItsChanges = (seeds: readonly number[]): void =>
  it.each(seeds)(
    'answers the pattern change with a promotion and the harmless shift with a report only, seed %i',
    async (seed) => {
      const outcome = await play(seed);
      const rows = reportRows(outcome);
      const [harmless, pattern] = outcome.source.changes;
      if (!harmless || !pattern) throw new Error('the stream has two changes');

      const drift = outcome.sightings.filter(
        (one) => one.kind === 'drift' && one.at > harmless.at && one.at <= pattern.at,
      );
      expect(drift.length, 'the harmless shift is reported as drift').toBeGreaterThan(0);
      const firstRun = outcome.runs[0];
      expect(outcome.runs.filter((run) => run.id !== firstRun?.id && run.trigger.kind === 'manual')).toEqual([]);
      const early = outcome.sightings.filter((one) => one.kind === 'performance' && one.at <= pattern.at);
      expect(early, 'nothing asked for a retraining before the pattern changed').toEqual([]);

      const promoted = outcome.promotions.filter((one) => one.state === 'promoted' && one.at > pattern.at);
      expect(promoted.length, `a promotion answers the pattern change: ${JSON.stringify(rows[1])}`).toBeGreaterThan(0);
      const total = outcome.answers.length;
      const from = promoted[0]?.at ?? total;
      const after = quality(outcome.source, outcome.answers, from, total) ?? 0;
      const never = quality(outcome.source, outcome.neverRetrained, from, total) ?? 1;
      expect(after).toBeGreaterThan(never + 0.1);
    },
    120_000,
  );
