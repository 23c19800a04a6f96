import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PipelineRun } from '@millwright/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAuditChain } from '#platform/audit';
import { openDatabase } from '#platform/db';
import { listEvents } from '#platform/events';
import { createLog } from '#platform/log';

const script = fileURLToPath(new URL('./fixtures/crashing-process.ts', import.meta.url));

const run = (
  dataDir: string,
  minutesAhead: number,
  startedBy: 'hand' | 'event',
  failurePoint: string | null,
): Promise<{ signal: string | null; code: number | null; out: string; err: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, ...(failurePoint === null ? {} : { MILLWRIGHT_FAILURE_POINT: failurePoint }) };
    const child = spawn(process.execPath, [script, dataDir, String(minutesAhead), startedBy], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (code, signal) => resolve({ signal, code, out, err }));
  });

describe('a process that is killed in the middle of a pipeline run', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'millwright-crash-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  // A diamond has four steps: four passages of each point of a job, more of the points of a change.
  const points = [
    'job.claimed:1',
    'job.claimed:3',
    'job.before-commit:1',
    'job.before-commit:2',
    'job.before-commit:4',
    'job.after-commit:1',
    'job.after-commit:3',
    'job.after-commit:4',
    'change.before-commit:4',
    'change.before-commit:7',
    'change.after-commit:3',
    'change.after-commit:6',
    // What an event starts: its delivery is cut short before and after the decision is written.
    'outbox.before-delivery:1',
    'outbox.after-delivery:1',
  ];
  it.each(points)('at %s: the next process ends the run, with the effect of each step once', async (point) => {
    const startedBy = point.startsWith('outbox') ? 'event' : 'hand';
    const first = await run(dataDir, 0, startedBy, point);
    expect(first, first.err).toMatchObject({ signal: 'SIGKILL' });
    const second = await run(dataDir, 2, startedBy, null);
    expect(second, second.err).toMatchObject({ code: 0 });
    const ended = JSON.parse(second.out) as PipelineRun;
    expect(ended).toMatchObject({ number: 1, state: 'succeeded' });
    expect(ended.steps.map((step) => [step.name, step.state])).toEqual([
      ['a', 'succeeded'],
      ['b', 'succeeded'],
      ['c', 'succeeded'],
      ['d', 'succeeded'],
    ]);
    for (const step of ended.steps) expect(step.attempts).toBeLessThanOrEqual(2);

    const database = openDatabase({
      url: null,
      file: join(dataDir, 'millwright.db'),
      log: createLog({ level: 'error', clock: { now: () => 0 }, write: () => undefined }),
    });
    try {
      const { made, events } = await readBack(database);
      expect(new Set(ended.steps.map((step) => step.output?.['made']))).toEqual(new Set(made));
      expect(made).toHaveLength(4);
      const ends = events
        .filter((event) => event.type === 'pipelines.step-changed' && event.data['state'] === 'succeeded')
        .map((event) => event.data['step']);
      expect(ends.sort()).toEqual(['a', 'b', 'c', 'd']);
      expect(events.filter((event) => event.type === 'pipelines.run-started')).toHaveLength(1);
      expect(events.filter((event) => event.type === 'pipelines.run-ended')).toHaveLength(1);
      const decisions = events.filter((event) => event.type === 'pipelines.trigger-decided');
      expect(decisions.map((event) => event.data['decision'])).toEqual(startedBy === 'event' ? ['started'] : []);
      expect(await verifyAuditChain(database.db, null)).toMatchObject({ intact: true });
    } finally {
      await database.close();
    }
  });
});

/** The projects that the steps made, and every event. */
const readBack = async (database: ReturnType<typeof openDatabase>) => {
  type Tables = { projects: { id: string; name: string } };
  const projects = await database.db
    .withTables<Tables>()
    .selectFrom('projects')
    .selectAll()
    .where('name', '!=', 'default')
    .execute();
  return {
    made: projects.map((project) => project.id),
    events: (await listEvents(database.db, { project: 'default', limit: 1000 })).items,
  };
};
