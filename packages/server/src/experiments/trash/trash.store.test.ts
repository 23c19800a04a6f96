import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LineageService } from '#lineage';
import { listAudit } from '#platform/audit';
import { sql } from '#platform/db';
import { idOfHex } from '#platform/ids';
import { aClock, aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { aRun as aRunOf } from '#testing';
import { experimentsOn } from '../fixtures/experiments-on.ts';
import type { ExperimentsService } from '../index.ts';

const dayMs = 24 * 3_600_000;

describe.each(testDatabases)('the trash of experiments on %s', (database) => {
  const clock = aClock();
  let test: TestPlatform;
  let graph: LineageService;
  let service: ExperimentsService;
  beforeAll(async () => {
    test = await aPlatform({ database, clock });
    ({ service, graph } = experimentsOn(test.platform));
    test.start();
  });
  afterAll(() => test.close());

  const childTables = [
    'run_parameters',
    'run_tags',
    'run_metrics',
    'metric_points',
    'artifacts',
    'run_inputs',
    'run_input_tags',
    'run_models',
    'logged_model_metrics',
    'logged_model_points',
    'purges',
  ];
  const rows = async (table: string): Promise<number> => {
    const found = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
      test.platform.database.db,
    );
    return Number(found.rows[0]?.count);
  };
  const counts = async () =>
    Object.fromEntries(await Promise.all(childTables.map(async (table) => [table, await rows(table)])));

  /** A run with something in every table that runs have. */
  const aFullRun = async (experiment: string, points = 20): Promise<string> => {
    const { id, experimentNumber } = await aRunOf(service, test.ctx, {
      experiment,
      parameters: { depth: '6' },
      tags: { team: 'risk' },
      metrics: [{ key: 'auc', value: 'NaN', step: 1 }],
    });
    for (let from = 0; from < points; from += 10_000)
      await service.logMetrics(
        test.ctx,
        id,
        Array.from({ length: Math.min(10_000, points - from) }, (_, at) => ({
          key: 'loss',
          value: 1 / (from + at + 1),
          step: from + at,
        })),
      );
    await service.putArtifact(test.ctx, id, 'notes/a.txt', Buffer.from(`of ${id}`), 'text/plain');
    const model = await service.createLoggedModel(test.ctx, {
      experiment: experimentNumber,
      name: 'm',
      sourceRunId: id,
      tags: { a: 'b' },
    });
    await service.logToRun(test.ctx, { runId: id, modelMetrics: [{ modelId: model.id, key: 'auc', value: 0.5 }] });
    await service.logOutputs(test.ctx, id, [{ modelId: model.id, step: 1 }]);
    const dataset = { name: 'cards', digest: 'd1', sourceType: 'local', source: '{}', schema: null, profile: null };
    await service.logInputs(test.ctx, id, { datasets: [{ dataset, context: 'train', tags: { part: '1' } }] });
    return id;
  };

  it('deletes a run for good: gone at once, its rows soon after, and nothing of others', async () => {
    const { name } = await service.createExperiment(test.ctx, { name: 'first' });
    const before = await counts();
    const run = await aFullRun(name, 12_345);
    const stays = await aFullRun(name);
    await expect(service.purgeRun(test.ctx, run)).rejects.toMatchObject({ code: 'CONFLICT' });
    await service.setRunDeleted(test.ctx, run, true);
    await service.purgeRun(test.ctx, run);
    await expect(service.getRun(test.ctx, run)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(service.metricHistory(test.ctx, run, 'loss', 10)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(service.purgeRun(test.ctx, run)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await test.platform.jobs.idle();
    expect(await counts()).toEqual({
      ...before,
      run_parameters: before['run_parameters'] + 1,
      run_tags: before['run_tags'] + 1,
      run_metrics: before['run_metrics'] + 2,
      metric_points: before['metric_points'] + 21,
      artifacts: before['artifacts'] + 1,
      run_inputs: before['run_inputs'] + 1,
      run_input_tags: before['run_input_tags'] + 1,
      run_models: before['run_models'] + 1,
      logged_model_metrics: before['logged_model_metrics'] + 1,
      logged_model_points: before['logged_model_points'] + 1,
    });
    expect(await service.metricHistory(test.ctx, stays, 'loss', 100)).toMatchObject({ total: 20 });
    const graphOf = await graph.lineageOf('default', { type: 'run', id: run }, { direction: 'both', depth: 2 });
    expect(graphOf.edges).toEqual([]);
    const { items } = await listAudit(test.platform.database.db, { resourceId: run });
    expect(items[0]).toMatchObject({ verb: 'run.purge', detail: { name: 'run-1', points: 12_346, files: 1 } });
  });

  it('deletes an experiment for good: its name is free at once, its runs are gone at once', async () => {
    const { name, id } = await service.createExperiment(test.ctx, { name: 'second', tags: { a: 'b' } });
    const before = await counts();
    const runs = [await aFullRun(name), await aFullRun(name)];
    await expect(service.purgeExperiment(test.ctx, name)).rejects.toMatchObject({ code: 'CONFLICT' });
    await service.setExperimentDeleted(test.ctx, name, true);
    await service.setRunDeleted(test.ctx, runs[0] as string, false);
    await expect(service.purgeExperiment(test.ctx, name)).rejects.toMatchObject({
      message: "1 runs of the experiment 'second' are not in the trash. Delete them first.",
    });
    await service.setRunDeleted(test.ctx, runs[0] as string, true);
    await service.purgeExperiment(test.ctx, name);
    const again = await service.createExperiment(test.ctx, { name: 'second' });
    expect(again).toMatchObject({ tags: {}, runCount: 0 });
    expect(again.id).not.toBe(id);
    for (const run of runs) {
      await expect(service.getRun(test.ctx, run)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await service.runExists(test.ctx, run)).toBe(false);
      await expect(service.setRunDeleted(test.ctx, run, false)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    await test.platform.jobs.idle();
    expect(await counts()).toEqual(before);
    expect((await service.listRuns(test.ctx, { experiment: name, view: 'all' })).items).toEqual([]);
  });

  it('lets a run stay that something later refers to, and its experiment with it', async () => {
    const { name } = await service.createExperiment(test.ctx, { name: 'third' });
    const held = await aFullRun(name);
    const free = await aFullRun(name);
    service.registerKeeper(async (_db, ids) => new Map(ids.includes(held) ? [[held, 'version 1 needs it.']] : []));
    await service.setExperimentDeleted(test.ctx, name, true);
    const refusal = { code: 'CONFLICT', message: 'It cannot be deleted for good: version 1 needs it.' };
    await expect(service.purgeRun(test.ctx, held)).rejects.toMatchObject(refusal);
    await expect(service.purgeExperiment(test.ctx, name)).rejects.toMatchObject(refusal);
    expect(await service.purgeRuns(test.ctx, [held, free])).toMatchObject({
      done: 1,
      failed: 1,
      outcomes: [
        { run: held, code: 'CONFLICT' },
        { run: free, code: null },
      ],
    });
  });

  it('empties the trash of what was in it long enough, in all projects, and of nothing else', async () => {
    const { name } = await service.createExperiment(test.ctx, { name: 'fourth' });
    const [old, young, active] = [await aFullRun(name), await aFullRun(name), await aFullRun(name)];
    const gone = await service.createExperiment(test.ctx, { name: 'fifth' });
    const inside = await aFullRun(gone.name);
    await service.setRunDeleted(test.ctx, old, true);
    await service.setExperimentDeleted(test.ctx, gone.id, true);
    clock.advance(31 * dayMs);
    await service.setRunDeleted(test.ctx, young, true);
    await test.platform.changes.change(test.ctx, async (change) => change.enqueue('experiments.empty-trash', {}));
    await test.platform.jobs.idle();
    for (const run of [old, inside]) expect(await service.runExists(test.ctx, run)).toBe(false);
    for (const run of [young, active]) expect(await service.runExists(test.ctx, run)).toBe(true);
    await expect(service.findExperiment(test.ctx, gone.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await rows('purges')).toBe(0);
  });

  it('changes many runs at once and answers for each', async () => {
    const { name } = await service.createExperiment(test.ctx, { name: 'sixth' });
    const runs = await Promise.all(
      Array.from(
        { length: 300 },
        async () => (await aRunOf(service, test.ctx, { experiment: name, tags: { old: '1' } })).id,
      ),
    );
    const missing = idOfHex('run', 'f'.repeat(32)) as string;
    const tagged = await service.changeRuns(test.ctx, [...runs, missing], {
      action: 'edit',
      tags: { reviewed: 'yes' },
      removedTags: ['old', 'none'],
    });
    expect(tagged).toMatchObject({ done: 300, failed: 1 });
    expect(tagged.outcomes.at(-1)).toMatchObject({ run: missing, code: 'NOT_FOUND' });
    expect((await service.getRun(test.ctx, runs[299] as string)).tags).toEqual({ reviewed: 'yes' });
    expect(await service.changeRuns(test.ctx, runs, { action: 'delete' })).toMatchObject({ done: 300, failed: 0 });
    expect(await service.countRuns(test.ctx, { experiment: name })).toBe(0);
    const refused = await service.changeRuns(test.ctx, [runs[0] as string], { action: 'edit', tags: { a: 'b' } });
    expect(refused.outcomes).toMatchObject([{ code: 'CONFLICT' }]);
    expect(await service.changeRuns(test.ctx, runs.slice(0, 2), { action: 'restore' })).toMatchObject({ done: 2 });
    expect(await service.countRuns(test.ctx, { experiment: name })).toBe(2);
    await expect(service.changeRuns(test.ctx, runs, { action: 'edit' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(service.changeRuns(test.ctx, runs, { action: 'delete', tags: { a: 'b' } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await service.purgeRuns(test.ctx, runs)).toMatchObject({ done: 298, failed: 2 });
    await test.platform.jobs.idle();
    expect(await service.countRuns(test.ctx, { experiment: name, view: 'all' })).toBe(2);
  });
});
