import type { PipelineRun } from '@millwright/contract';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sql } from '#platform/db';
import { fail } from '#platform/errors';
import { listEvents } from '#platform/events';
import { testDatabases } from '#platform/testing';
import { aProject, aSpec } from '../fixtures/a-project.ts';
import { graphShapes } from '../fixtures/graph-shapes.ts';
import { ancestorsOf } from '../graph.ts';
import { cancelRun } from './settling.ts';
import { lockRun } from './store.ts';

const chain = [{ name: 'a' }, { name: 'b', needs: ['a'] }, { name: 'c', needs: ['b'] }];
const statesOf = (run: PipelineRun) => Object.fromEntries(run.steps.map((step) => [step.name, step.state]));

describe.each(testDatabases)('a pipeline run on %s', (database) => {
  let project: Awaited<ReturnType<typeof aProject>>;
  const started = async (spec: Parameters<typeof aSpec>[0], parameters: Record<string, unknown> = {}) => {
    await project.service.savePipeline(project.ctx, 'p', { spec: aSpec(spec) });
    return project.service.startPipeline(project.ctx, 'p', { parameters });
  };
  afterEach(() => project.close());

  it('hands outputs and parameters on, keeps the logs, and tells what happened', async () => {
    project = await aProject({ database });
    project.start();
    project.behaviours.set('a', (step) => {
      step.log('reading\u0000');
      return {
        state: 'succeeded',
        // A run made in the step, and a version that was there before.
        output: {
          rows: [10, 20],
          runId: 'run_7ZZZZZZZZZ8V7W2X4Y6Z8A0B1C',
          datasetVersionId: 'dsv_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C',
        },
        message: 'two rows',
      };
    });
    project.behaviours.set('b', (step) => ({ state: 'succeeded', output: { seen: step.input } }));
    const begun = await started(
      [
        { name: 'a' },
        {
          name: 'b',
          needs: ['a'],
          with: { second: { $from: 'a.rows.1' }, why: { $parameter: 'reason' }, colour: { $parameter: 'colour' } },
        },
      ],
      { colour: 'red' },
    );
    expect(begun).toMatchObject({
      number: 1,
      state: 'queued',
      trigger: { kind: 'manual', by: 'system:test', reason: 'Started by system:test.' },
      endedAt: null,
    });
    const run = await project.ended(begun.id);
    expect(run).toMatchObject({ state: 'succeeded', message: '' });
    expect(run.steps[0]).toMatchObject({
      state: 'succeeded',
      attempts: 1,
      message: 'two rows',
      log: [{ line: 'reading\u0000' }],
    });
    expect(run.steps[1]?.output).toEqual({
      seen: { name: 'b', second: 20, why: 'Started by system:test.', colour: 'red' },
    });

    const events = (await listEvents(project.platform.database.db, { project: 'default', limit: 100 })).items.reverse();
    expect(events.filter((event) => event.type === 'pipelines.run-started').map((event) => event.subjectId)).toEqual([
      run.id,
    ]);
    expect(
      events
        .filter((event) => event.type === 'pipelines.step-changed')
        .map((event) => `${String(event.data['step'])} ${String(event.data['state'])}`),
    ).toEqual(['a running', 'a succeeded', 'b running', 'b succeeded']);
    expect(events.filter((event) => event.type === 'pipelines.run-ended').map((event) => event.data)).toMatchObject([
      { state: 'succeeded', pipelineId: run.pipelineId },
    ]);
    const lineage = await project.graph.lineageOf(
      'default',
      { type: 'pipeline-run', id: run.id },
      { direction: 'both', depth: 1 },
    );
    expect(lineage.nodes.map((node) => [node.type, node.label, node.depth])).toEqual(
      expect.arrayContaining([
        ['pipeline-run', 'p #1', 0],
        ['pipeline', 'p', -1],
        ['run', 'run_7ZZZZZZZZZ8V7W2X4Y6Z8A0B1C', 1],
      ]),
    );
    expect(lineage.nodes.map((node) => node.type)).not.toContain('dataset-version');
    expect(
      (await project.service.listPipelineRuns(project.ctx, { pipeline: 'p' })).items.map((item) => [
        item.id,
        item.steps.map((step) => step.log),
      ]),
    ).toEqual([[run.id, [[], []]]]);
  });

  it('goes through every shape of graph, each step once, whichever ends first', async () => {
    project = await aProject({ database });
    project.start();
    for (const nodes of Object.values(graphShapes)) {
      project.calls.length = 0;
      expect((await project.ended((await started(nodes)).id)).state).toBe('succeeded');
      expect(project.calls.map((call) => call.name).sort()).toEqual(nodes.map((node) => node.name).sort());
      const position = (name: string) => project.calls.findIndex((call) => call.name === name);
      for (const node of nodes) for (const need of node.needs) expect(position(need)).toBeLessThan(position(node.name));
    }
  });

  it('skips what depends on a failed step, runs the rest, and says which step failed and why', async () => {
    project = await aProject({ database });
    project.start();
    const nodes = graphShapes['a diamond in a diamond'] ?? [];
    project.behaviours.set('c', () => fail('TRAINING_FAILED', 'The target has one class only.'));
    const run = await project.ended((await started(nodes)).id);
    expect(run).toMatchObject({ state: 'failed', message: "Step 'c' failed: The target has one class only." });
    expect(statesOf(run)).toEqual(
      Object.fromEntries(
        nodes.map((node) => [
          node.name,
          node.name === 'c' ? 'failed' : ancestorsOf(nodes, node.name).has('c') ? 'skipped' : 'succeeded',
        ]),
      ),
    );
    expect(project.calls.filter((call) => call.name === 'c')).toHaveLength(1);
  });

  it('is stopped by a step that says so, with its reason', async () => {
    project = await aProject({ database });
    project.start();
    project.behaviours.set('b', () => ({
      state: 'stopped',
      message: 'The gate is red: accuracy 0.71 < 0.8.',
      output: { verdict: 'red' },
    }));
    const run = await project.ended((await started(chain)).id);
    expect(run).toMatchObject({
      state: 'stopped',
      message: "Step 'b' stopped the run: The gate is red: accuracy 0.71 < 0.8.",
    });
    expect(statesOf(run)).toEqual({ a: 'succeeded', b: 'stopped', c: 'skipped' });
    expect(run.steps[1]?.output).toEqual({ verdict: 'red' });
  });

  it('tries a failed step again under the same step run id, up to its number of attempts', async () => {
    project = await aProject({ database });
    project.start();
    project.behaviours.set('a', (step) => {
      if (step.attempt < 2) throw new Error('the network is away');
      return { state: 'succeeded', output: {} };
    });
    project.behaviours.set('b', () => {
      throw new Error('for ever');
    });
    const run = await project.ended((await started([{ name: 'a' }, { name: 'b', needs: ['a'], maxAttempts: 2 }])).id);
    expect(run).toMatchObject({ state: 'failed', message: "Step 'b' failed: for ever" });
    expect(run.steps.map((step) => [step.state, step.attempts])).toEqual([
      ['succeeded', 2],
      ['failed', 2],
    ]);
    expect(run.steps[0]?.log.map((line) => line.line)).toEqual(['attempt 1 failed: the network is away']);
    expect(new Set(project.calls.filter((call) => call.name === 'a').map((call) => call.stepRunId)).size).toBe(1);
    expect(project.calls.map((call) => [call.name, call.attempt])).toEqual([
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['b', 2],
    ]);
  });

  it('looks at a waiting step again without counting an attempt', async () => {
    project = await aProject({ database });
    let looks = 0;
    project.behaviours.set('a', () =>
      ++looks < 4 ? { state: 'waiting', againInMs: 60, message: `look ${looks}` } : { state: 'succeeded', output: {} },
    );
    project.start();
    const begun = await started([{ name: 'a', maxAttempts: 1 }]);
    const waiting = await vi.waitFor(
      async () => {
        const run = await project.service.getPipelineRun(project.ctx, begun.id);
        expect(run.steps[0]?.state).toBe('waiting');
        return run;
      },
      { timeout: 10_000, interval: 5 },
    );
    expect(waiting.steps[0]?.message).toMatch(/^look /);
    const run = await project.ended(begun.id);
    expect(run.steps[0]).toMatchObject({ state: 'succeeded', attempts: 1, message: '' });
    expect(looks).toBe(4);
    const changed = (
      await listEvents(project.platform.database.db, { project: 'default', type: 'pipelines.step-changed' })
    ).items;
    expect(changed.map((event) => event.data['state']).reverse()).toEqual(['running', 'waiting', 'succeeded']);
  });

  it('fails a step whose input turns out not to fit, and one whose output is not what the kind promises', async () => {
    project = await aProject({ database });
    project.start();
    project.behaviours.set('b', () => ({ state: 'succeeded', output: 'text' as never }));
    const run = await project.ended(
      (await started([{ name: 'a' }, { name: 'b' }, { name: 'c', needs: ['a'], with: { x: { $from: 'a.missing' } } }]))
        .id,
    );
    expect(run.state).toBe('failed');
    expect(run.steps.map((step) => step.message)).toEqual([
      '',
      expect.stringContaining('an output it does not promise'),
      expect.stringContaining("There is nothing at 'a.missing'"),
    ]);
  });

  it('is cancelled: the running step is told, what was to come never starts', async () => {
    project = await aProject({ database });
    project.start();
    let told: unknown;
    project.behaviours.set(
      'a',
      (step) =>
        new Promise((_resolve, reject) =>
          step.signal.addEventListener('abort', () => {
            told = step.signal.reason;
            reject(step.signal.reason as Error);
          }),
        ),
    );
    const begun = await started(chain);
    await vi.waitFor(
      async () => expect((await project.service.getPipelineRun(project.ctx, begun.id)).steps[0]?.state).toBe('running'),
      { timeout: 10_000 },
    );
    const run = await project.service.cancelPipelineRun(project.ctx, begun.id);
    expect(run).toMatchObject({ state: 'cancelled', message: 'Cancelled by system:test.' });
    expect(statesOf(run)).toEqual({ a: 'cancelled', b: 'cancelled', c: 'cancelled' });
    expect(told).toMatchObject({ message: 'Cancelled by system:test.' });
    await expect(project.service.cancelPipelineRun(project.ctx, begun.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await project.platform.jobs.idle();
    expect(statesOf(await project.service.getPipelineRun(project.ctx, begun.id))).toEqual({
      a: 'cancelled',
      b: 'cancelled',
      c: 'cancelled',
    });
    expect(project.calls).toHaveLength(1);
    expect(
      (await listEvents(project.platform.database.db, { project: 'default', type: 'pipelines.run-ended' })).items.map(
        (event) => event.data['state'],
      ),
    ).toEqual(['cancelled']);
  });

  it('is noticed to be cancelled by another process, and what the step still answers is not taken', async () => {
    project = await aProject({ database });
    project.start();
    project.behaviours.set(
      'a',
      (step) =>
        new Promise((resolve) =>
          step.signal.addEventListener('abort', () => resolve({ state: 'succeeded', output: { late: true } })),
        ),
    );
    const begun = await started(chain);
    await vi.waitFor(
      async () => expect((await project.service.getPipelineRun(project.ctx, begun.id)).steps[0]?.state).toBe('running'),
      { timeout: 10_000 },
    );
    await project.platform.changes.change(project.ctx, async (change) => {
      const run = await lockRun(change.db, 'default', begun.id);
      if (run) await cancelRun(change, run, 'Cancelled elsewhere.');
    });
    await project.platform.jobs.idle();
    const run = await project.service.getPipelineRun(project.ctx, begun.id);
    expect(run.steps[0]).toMatchObject({ state: 'cancelled', output: null });
    expect(project.calls.map((call) => call.name)).toEqual(['a']);
  });

  it('goes on with the same attempt after the server was shut down in the middle of a step', async () => {
    project = await aProject({ database });
    project.start();
    let release = false;
    project.behaviours.set('a', (step) =>
      release
        ? { state: 'succeeded', output: {} }
        : new Promise((_resolve, reject) =>
            step.signal.addEventListener('abort', () => reject(step.signal.reason as Error)),
          ),
    );
    const begun = await started([{ name: 'a', maxAttempts: 1 }]);
    await vi.waitFor(() => expect(project.calls).toHaveLength(1), { timeout: 10_000 });
    await project.platform.jobs.stop(0);
    release = true;
    project.platform.jobs.start();
    const run = await project.ended(begun.id);
    expect(run.steps[0]).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(project.calls.map((call) => call.attempt)).toEqual([1, 1]);
  });

  it('gives up a step that ended its process again and again', async () => {
    project = await aProject({ database });
    const begun = await started(chain);
    await sql`update jobs set attempts = 6 where kind = 'pipelines.step'`.execute(project.platform.database.db);
    project.start();
    const run = await project.ended(begun.id);
    expect(run).toMatchObject({
      state: 'failed',
      message: "Step 'a' failed: The server ended 6 times while this step ran. It is not tried again.",
    });
    expect(project.calls).toEqual([]);
  });

  it('is the only one of its pipeline: of starts at the same time one wins, the others are told', async () => {
    project = await aProject({ database });
    await project.service.savePipeline(project.ctx, 'p', { spec: aSpec(chain) });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => project.service.startPipeline(project.ctx, 'p')));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({
          code: 'CONFLICT',
          message: "Run 1 of 'p' is still under way. Wait until it ends, or cancel it.",
        });
    const [run] = (await project.service.listPipelineRuns(project.ctx, {})).items;
    await project.service.cancelPipelineRun(project.ctx, run?.id ?? '');
    expect((await project.service.startPipeline(project.ctx, 'p')).number).toBe(2);
  });

  it('keeps the revision it was started with', async () => {
    project = await aProject({ database });
    const begun = await started(chain);
    const saved = await project.service.savePipeline(project.ctx, 'p', { spec: aSpec([{ name: 'z' }]) });
    expect(saved).toMatchObject({ revision: 2, lastRun: { id: begun.id, state: 'queued' } });
    project.start();
    const run = await project.ended(begun.id);
    expect(run.revision).toBe(1);
    expect(run.spec.steps.map((step) => step.name)).toEqual(['a', 'b', 'c']);
    expect(statesOf(await project.ended((await project.service.startPipeline(project.ctx, 'p')).id))).toEqual({
      z: 'succeeded',
    });
  });

  it('does not start without the parameters its steps use', async () => {
    project = await aProject({ database });
    await expect(started([{ name: 'a', with: { x: { $parameter: 'colour' } } }])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: "The pipeline 'p' needs the parameters colour.",
    });
    expect((await project.service.listPipelineRuns(project.ctx, {})).items).toEqual([]);
  });

  it('keeps the newest 200 lines of a log', async () => {
    project = await aProject({ database });
    project.start();
    project.behaviours.set('a', (step) => {
      for (let line = 1; line <= 250; line++) step.log(`line ${line}`);
      return { state: 'succeeded', output: {} };
    });
    const run = await project.ended((await started([{ name: 'a' }])).id);
    expect(run.steps[0]?.log.map((line) => line.line)).toEqual(
      Array.from({ length: 200 }, (_, index) => `line ${index + 51}`),
    );
  });
});
