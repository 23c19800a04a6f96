import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LineageService } from '#lineage';
import { listAudit } from '#platform/audit';
import { sql } from '#platform/db';
import { idOfHex } from '#platform/ids';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { aRun as aRunOf } from '#testing';
import { experimentsOn } from '../../fixtures/experiments-on.ts';
import type { ExperimentsService } from '../../index.ts';

const dataset = { name: 'cards', digest: 'd1', sourceType: 'local', source: '{}', schema: null, profile: null };

describe.each(testDatabases)('runs put elsewhere on %s', (database) => {
  let test: TestPlatform;
  let graph: LineageService;
  let service: ExperimentsService;
  let made = 0;
  beforeAll(async () => {
    test = await aPlatform({ database });
    ({ service, graph } = experimentsOn(test.platform));
    test.start();
  });
  afterAll(() => test.close());

  const anExperiment = () => service.createExperiment(test.ctx, { name: `place-${++made}` });
  const aRun = (experiment: string, more: { parentRunId?: string } = {}) =>
    aRunOf(service, test.ctx, {
      experiment,
      parameters: { depth: '6' },
      tags: { team: 'risk' },
      metrics: [
        { key: 'auc', value: 0.7, step: 1 },
        { key: 'auc', value: 0.9, step: 2 },
      ],
      ...more,
    });
  const ended = async (experiment: string, more: { parentRunId?: string } = {}) => {
    const run = await aRun(experiment, more);
    return service.endRun(test.ctx, run.id, 'finished');
  };
  const found = async (experiment: string, filter: string) =>
    (await service.listRuns(test.ctx, { experiment, filter })).items.map(({ id }) => id);
  const inputsOf = async (id: string) =>
    (await graph.lineageOf('default', { type: 'run', id }, { direction: 'up', depth: 1 })).nodes
      .filter(({ type }) => type === 'input-dataset')
      .map((node) => node.id);

  describe('moved to another experiment', () => {
    it('keep all they have, and are found there and no longer where they were', async () => {
      const [from, to] = [await anExperiment(), await anExperiment()];
      const run = await aRun(from.id);
      const model = await service.createLoggedModel(test.ctx, {
        experiment: from.number,
        name: 'm',
        sourceRunId: run.id,
      });
      await service.putArtifact(test.ctx, run.id, 'a.txt', Buffer.from('a'), 'text/plain');
      await service.logInputs(test.ctx, run.id, { datasets: [{ dataset, context: 'train', tags: { part: '1' } }] });
      const before = await inputsOf(run.id);
      const outcome = await service.changeRuns(test.ctx, [run.id], { action: 'move', experiment: to.name });
      expect(outcome).toEqual({ done: 1, failed: 0, outcomes: [{ run: run.id, code: null, detail: null }] });
      expect(await service.getRun(test.ctx, run.id)).toMatchObject({
        experimentId: to.id,
        parameters: { depth: '6' },
        tags: { team: 'risk' },
        metrics: { auc: { last: 0.9, points: 2 } },
      });
      for (const filter of ['metrics.auc > 0.8', 'tags.team = "risk"', 'parameters.depth = "6"']) {
        expect(await found(from.id, filter)).toEqual([]);
        expect(await found(to.id, filter)).toEqual([run.id]);
      }
      expect(await service.runKeys(test.ctx, from.id)).toEqual({ metrics: [], parameters: [], tags: [] });
      expect(await service.runKeys(test.ctx, to.id)).toMatchObject({ metrics: ['auc'] });
      expect(await service.metricHistory(test.ctx, run.id, 'auc', 10)).toMatchObject({ total: 2 });
      expect((await service.listArtifacts(test.ctx, run.id)).map(({ path }) => path)).toEqual(['a.txt']);
      expect(await service.getLoggedModel(test.ctx, model.id)).toMatchObject({ experiment: to.number });
      expect((await service.runLinks(test.ctx, [run.id])).get(run.id)?.datasets).toMatchObject([
        { dataset: { name: 'cards' }, context: 'train', tags: { part: '1' } },
      ]);
      expect(await service.datasetsRead(test.ctx, [from.number], 10)).toEqual([]);
      expect(await service.datasetsRead(test.ctx, [to.number], 10)).toMatchObject([{ name: 'cards' }]);
      const after = await inputsOf(run.id);
      expect(after).toHaveLength(1);
      expect(after).not.toEqual(before);
      expect(await service.findExperiment(test.ctx, from.id)).toMatchObject({ runCount: 0 });
      expect(await service.findExperiment(test.ctx, to.id)).toMatchObject({ runCount: 1, lastRunAt: run.startedAt });
      const { items } = await listAudit(test.platform.database.db, { resourceId: run.id });
      expect(items[0]).toMatchObject({ verb: 'run.move', detail: { from: from.name, to: to.name } });
      // A run that starts where it was is no second one of its name.
      await aRun(from.id);
      expect((await aRun(from.id)).name).toBe('run-3');
      // The old experiment may go for good; nothing of the run goes with it.
      await service.setExperimentDeleted(test.ctx, from.id, true);
      await service.purgeExperiment(test.ctx, from.id);
      await test.platform.jobs.idle();
      expect(await inputsOf(run.id)).toEqual(after);
      expect(await service.getLoggedModel(test.ctx, model.id)).toMatchObject({ name: 'm' });
    });

    it('take the runs below them along on demand, and are answered for one by one', async () => {
      const [from, to] = [await anExperiment(), await anExperiment()];
      const parent = await aRun(from.id);
      const child = await aRun(from.id, { parentRunId: parent.id });
      const grandchild = await aRun(from.id, { parentRunId: child.id });
      const other = await aRun(from.id);
      await service.setRunDeleted(test.ctx, other.id, true);
      const missing = idOfHex('run', 'f'.repeat(32)) as string;
      const move = { action: 'move', experiment: to.id } as const;
      const outcome = await service.changeRuns(test.ctx, [parent.id, other.id, missing], { ...move, children: true });
      expect(outcome).toMatchObject({ done: 3, failed: 2 });
      expect(outcome.outcomes.map(({ run, code }) => [run, code])).toEqual([
        [parent.id, null],
        [other.id, 'CONFLICT'],
        [missing, 'NOT_FOUND'],
        [child.id, null],
        [grandchild.id, null],
      ]);
      expect(await found(to.id, '')).toHaveLength(3);
      expect(await service.changeRuns(test.ctx, [child.id], { action: 'move', experiment: from.id })).toMatchObject({
        done: 1,
      });
      expect(await found(to.id, '')).toHaveLength(2);
    });

    it('do not go where they would lose their files, into the trash, or nowhere', async () => {
      const [from, to] = [await anExperiment(), await anExperiment()];
      const run = await aRun(from.id);
      const elsewhere = await service.createExperiment(test.ctx, {
        name: `place-${++made}`,
        artifactLocation: 's3://bucket/x',
      });
      const move = (experiment?: string) => service.changeRuns(test.ctx, [run.id], { action: 'move', experiment });
      expect((await move(elsewhere.id)).outcomes).toMatchObject([{ code: 'CONFLICT' }]);
      await service.setExperimentDeleted(test.ctx, to.id, true);
      await expect(move(to.id)).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(move('nowhere')).rejects.toMatchObject({ code: 'INVALID_REFERENCE' });
      await expect(move()).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      expect(await service.getRun(test.ctx, run.id)).toMatchObject({ experimentId: from.id });
    });

    it('lose nothing that is logged to them meanwhile, and nobody waits for ever', async () => {
      const [a, b] = [await anExperiment(), await anExperiment()];
      const runs = await Promise.all(Array.from({ length: 6 }, () => aRun(a.id)));
      let moving = true;
      const logging = runs.map(async ({ id }, at) => {
        for (let step = 0; step < 40; step++) {
          await service.logToRun(test.ctx, {
            runId: id,
            metrics: [{ key: `loss-${step % 5}`, value: step, step: 10 + step }],
            tags: { [`tag-${step}`]: String(at) },
          });
        }
      });
      const mover = (async () => {
        for (let turn = 0; moving; turn++) {
          await service.changeRuns(
            test.ctx,
            runs.map(({ id }) => id),
            { action: 'move', experiment: turn % 2 === 0 ? b.id : a.id },
          );
          // A database within this process answers before anything else gets its turn.
          await setImmediate();
        }
      })();
      const starting = Array.from({ length: 20 }, () => aRun(b.id));
      await Promise.all([...logging, ...starting]);
      moving = false;
      await mover;
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from runs where exists (select 1 from run_tags where run_tags.run = runs.number and run_tags.experiment <> runs.experiment)
          or exists (select 1 from run_metrics where run_metrics.run = runs.number and run_metrics.experiment <> runs.experiment)
          or exists (select 1 from run_parameters where run_parameters.run = runs.number and run_parameters.experiment <> runs.experiment)
      `.execute(test.platform.database.db);
      expect(Number(rows[0]?.count)).toBe(0);
      for (const { id } of runs) {
        const run = await service.getRun(test.ctx, id);
        expect(Object.keys(run.tags)).toHaveLength(41);
        expect(run.metrics).toMatchObject({ 'loss-0': { points: 8 }, 'loss-4': { points: 8, last: 39 } });
      }
      const counts = await Promise.all([a, b].map(async ({ id }) => service.findExperiment(test.ctx, id)));
      expect(counts[0]?.runCount).toBe(await service.countRuns(test.ctx, { experiment: a.id }));
      expect(counts[1]?.runCount).toBe(await service.countRuns(test.ctx, { experiment: b.id }));
    });
  });

  describe('copied', () => {
    it('have everything again, with files that are stored once, and know where they come from', async () => {
      const [from, to] = [await anExperiment(), await anExperiment()];
      const run = await ended(from.id);
      await service.logMetrics(test.ctx, run.id, [{ key: 'odd', value: 'NaN', step: -1 }]);
      const file = await service.putArtifact(test.ctx, run.id, 'm/a.txt', Buffer.from('a'), 'text/plain');
      await service.logInputs(test.ctx, run.id, { datasets: [{ dataset, context: 'train', tags: { part: '1' } }] });
      const { outcomes } = await service.changeRuns(test.ctx, [run.id], { action: 'copy', experiment: to.id });
      const id = outcomes[0]?.copy as string;
      const [source, copy] = [await service.getRun(test.ctx, run.id), await service.getRun(test.ctx, id)];
      expect(copy).toEqual({
        ...source,
        id,
        experimentId: to.id,
        experimentName: to.name,
        experimentNumber: to.number,
        tags: { ...source.tags, 'millwright.copiedFrom': run.id },
      });
      for (const key of ['auc', 'odd'])
        expect(await service.metricHistory(test.ctx, id, key, 10)).toEqual(
          await service.metricHistory(test.ctx, run.id, key, 10),
        );
      expect(await service.listArtifacts(test.ctx, id)).toEqual([file]);
      expect((await service.runLinks(test.ctx, [id])).get(id)).toEqual(
        (await service.runLinks(test.ctx, [run.id])).get(run.id),
      );
      expect(await inputsOf(id)).toHaveLength(1);
      const graphOf = await graph.lineageOf('default', { type: 'run', id }, { direction: 'up', depth: 1 });
      expect(graphOf.edges).toContainEqual(expect.objectContaining({ kind: 'copy', fromId: run.id, toId: id }));
      expect(await found(to.id, 'metrics.auc > 0.8')).toEqual([id]);
      const { rows: tried } = await sql<{ data: string; parameters: string; experiment: number }>`
        select data, parameters, experiment from run_fingerprints
        where run in (select number from runs where id in (${run.id}, ${id})) order by experiment, data`.execute(
        test.platform.database.db,
      );
      const ofSource = tried.filter(({ experiment }) => experiment === from.number);
      expect(ofSource.length).toBeGreaterThan(0);
      expect(tried.filter(({ experiment }) => experiment === to.number)).toEqual(
        ofSource.map((one) => ({ ...one, experiment: to.number })),
      );
      // What is logged to one of them says nothing of the other.
      await service.logMetrics(test.ctx, id, [{ key: 'auc', value: 1, step: 3 }]);
      expect((await service.getRun(test.ctx, run.id)).metrics['auc']).toMatchObject({ last: 0.9 });
    });

    it('keep who is above whom, and leave those alone that are under way', async () => {
      const home = await anExperiment();
      const parent = await ended(home.id);
      const child = await ended(home.id, { parentRunId: parent.id });
      const open = await aRun(home.id, { parentRunId: parent.id });
      const copied = await service.changeRuns(test.ctx, [parent.id], { action: 'copy', children: true });
      expect(copied).toMatchObject({ done: 2, failed: 1 });
      const [copyOfParent, copyOfChild] = [parent, child].map(
        ({ id }) => copied.outcomes.find(({ run }) => run === id)?.copy as string,
      );
      expect(copied.outcomes.find(({ run }) => run === open.id)).toMatchObject({ code: 'CONFLICT' });
      expect(await service.getRun(test.ctx, copyOfChild as string)).toMatchObject({ parentRunId: copyOfParent });
    });

    it('get a long history in the background, with what is logged on either side meanwhile', async () => {
      const home = await anExperiment();
      const run = await ended(home.id);
      for (let from = 0; from < 30_000; from += 10_000)
        await service.logMetrics(
          test.ctx,
          run.id,
          Array.from({ length: 10_000 }, (_, at) => ({
            key: 'loss',
            value: 1 / (from + at + 1),
            step: from + at,
            at: from + at,
          })),
        );
      await service.logMetrics(
        test.ctx,
        run.id,
        Array.from({ length: 700 }, (_, at) => ({ key: `many-${at}`, value: at })),
      );
      const { outcomes } = await service.changeRuns(test.ctx, [run.id], { action: 'copy' });
      const id = outcomes[0]?.copy as string;
      expect((await service.getRun(test.ctx, id)).tags).toMatchObject({ 'millwright.copying': 'true' });
      // It must stay while it is read.
      await service.setRunDeleted(test.ctx, run.id, true);
      await expect(service.purgeRun(test.ctx, run.id)).rejects.toMatchObject({ code: 'CONFLICT' });
      await service.setRunDeleted(test.ctx, run.id, false);
      // Before what was copied already, and beyond the end.
      await service.logMetrics(test.ctx, run.id, [{ key: 'loss', value: -5, step: 0, at: 0 }]);
      await service.logMetrics(test.ctx, id, [{ key: 'loss', value: 7, step: 40_000 }]);
      await test.platform.jobs.idle();
      const copy = await service.getRun(test.ctx, id);
      expect(copy.tags).not.toHaveProperty('millwright.copying');
      expect(copy.metrics['loss']).toMatchObject({ points: 30_002, min: -5, max: 7, last: 7, lastStep: 40_000 });
      expect(Object.keys(copy.metrics)).toHaveLength(702);
      const { rows } = await sql<{ runs: number; series: number }>`
        select (select count(*) from run_copies) as runs, (select count(*) from series_copies) as series`.execute(
        test.platform.database.db,
      );
      expect(rows.map((row) => [Number(row.runs), Number(row.series)])).toEqual([[0, 0]]);
    });

    it('end quietly when the copy is deleted for good before it is whole', async () => {
      const home = await anExperiment();
      const run = await ended(home.id);
      for (let from = 0; from < 30_000; from += 10_000)
        await service.logMetrics(
          test.ctx,
          run.id,
          Array.from({ length: 10_000 }, (_, at) => ({ key: 'loss', value: at, step: from + at })),
        );
      const { outcomes } = await service.changeRuns(test.ctx, [run.id], { action: 'copy' });
      const id = outcomes[0]?.copy as string;
      await service.changeRuns(test.ctx, [id], { action: 'delete' });
      await service.purgeRun(test.ctx, id);
      await test.platform.jobs.idle();
      await expect(service.getRun(test.ctx, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await service.getRun(test.ctx, run.id)).toMatchObject({ metrics: { loss: { points: 30_000 } } });
    });
  });

  it('are renamed, noted and ended together', async () => {
    const home = await anExperiment();
    const runs = [await aRun(home.id), await aRun(home.id)];
    const ids = runs.map(({ id }) => id);
    const edit = (name: string) =>
      service.changeRuns(test.ctx, ids, { action: 'edit', name, note: 'looked at', status: 'killed' });
    expect(await edit('d={parameters.depth} {tags.team} #{number}')).toMatchObject({ done: 2 });
    expect(await service.getRun(test.ctx, ids[1] as string)).toMatchObject({
      name: 'd=6 risk #2',
      note: 'looked at',
      status: 'killed',
    });
    expect((await edit('{tags.none}')).outcomes).toMatchObject([{ code: 'INVALID_INPUT' }, { code: 'INVALID_INPUT' }]);
    await expect(edit('{oops}')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const finished = await service.changeRuns(test.ctx, ids, { action: 'edit', status: 'finished' });
    expect(finished.outcomes).toMatchObject([{ code: 'CONFLICT' }, { code: 'CONFLICT' }]);
  });
});
