import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataService } from '#data';
import { sql } from '#platform/db';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { experimentsOn } from '../fixtures/experiments-on.ts';
import type { ExperimentsService } from '../index.ts';

describe.each(testDatabases)('what was tried already, on %s', (database) => {
  let test: TestPlatform;
  let service: ExperimentsService;
  let datasets: DataService;
  let count = 0;
  beforeAll(async () => {
    test = await aPlatform({ database });
    ({ service, datasets } = experimentsOn(test.platform));
  });
  afterAll(() => test.close());

  const anExperiment = async () => (await service.createExperiment(test.ctx, { name: `tried-${++count}` })).id;
  const aRun = async (
    experiment: string,
    parameters: Record<string, string>,
    options: { digest?: string; end?: boolean; datasetVersionId?: string } = {},
  ) => {
    const { digest, end = true, datasetVersionId } = options;
    const { id } = await service.startRun(test.ctx, { experiment, datasetVersionId });
    if (digest !== undefined) {
      const dataset = { name: 'wine', digest, sourceType: 'local', source: '{}', schema: null, profile: null };
      await service.logInputs(test.ctx, id, { datasets: [{ dataset, context: null, tags: {} }] });
    }
    await service.logToRun(test.ctx, { runId: id, parameters, metrics: [{ key: 'auc', value: 0.9 }] });
    if (end) await service.endRun(test.ctx, id, 'finished');
    return id;
  };
  const found = async (query: Parameters<ExperimentsService['findSimilarRuns']>[1]) =>
    (await service.findSimilarRuns(test.ctx, query)).items;

  it('finds the same parameters with another seed, then near ones, best first, and says what differs', async () => {
    const experiment = await anExperiment();
    const same = await aRun(experiment, { lr: '0.10', kernel: 'rbf', seed: '7' }, { digest: 'a' });
    const near = await aRun(experiment, { lr: '0.095', kernel: 'rbf', seed: '1' }, { digest: 'a' });
    await aRun(experiment, { lr: '0.2', kernel: 'rbf' }, { digest: 'a' });
    await aRun(experiment, { lr: '0.1', kernel: 'poly' }, { digest: 'a' });
    await aRun(experiment, { lr: '0.1', kernel: 'rbf' }, { digest: 'other' });
    const asked = { datasetDigest: 'a', parameters: { lr: 0.1, kernel: 'rbf', seed: 3 } };
    const items = await found(asked);
    expect(items.map(({ runId, same: isSame }) => [runId, isSame])).toEqual([
      [same, true],
      [near, false],
    ]);
    expect(items[0]).toMatchObject({ distance: 0, differences: [], metrics: { auc: 0.9 } });
    expect(items[1]?.distance).toBeCloseTo(0.025, 10);
    expect(items[1]?.differences).toEqual([{ key: 'lr', asked: '0.1', had: '0.095' }]);
    expect(await found({ ...asked, within: 1 })).toHaveLength(4);
    expect(await found({ ...asked, datasetDigest: 'nowhere' })).toEqual([]);
  });

  it('is asked for a run as well, which is not its own answer', async () => {
    const experiment = await anExperiment();
    const first = await aRun(experiment, { depth: '4' }, { digest: 'b' });
    const more = await aRun(experiment, { depth: '4', extra: 'x' }, { digest: 'b' });
    const second = await aRun(experiment, { depth: '4' }, { digest: 'b' });
    const items = await found({ run: second });
    expect(items.map(({ runId }) => runId)).toEqual([first, more]);
    expect(items[1]).toMatchObject({ same: false, differences: [{ key: 'extra', asked: null, had: 'x' }] });
    expect(await service.runsLike(test.ctx, second, 5)).toEqual([first]);
  });

  it('finds nothing for a run that says neither what it read nor what it was told', async () => {
    const experiment = await anExperiment();
    await aRun(experiment, {});
    await aRun(experiment, { depth: '4' });
    const silent = await aRun(experiment, { seed: '1' });
    expect(await service.findSimilarRuns(test.ctx, { run: silent })).toEqual({ considered: 0, items: [] });
  });

  it('finds a run that is still under way, and one that was told its data after its end', async () => {
    const experiment = await anExperiment();
    const open = await aRun(experiment, { depth: '4' }, { digest: 'c', end: false });
    const late = await aRun(experiment, { depth: '4' });
    const dataset = { name: 'wine', digest: 'c', sourceType: 'local', source: '{}', schema: null, profile: null };
    await service.logInputs(test.ctx, late, { datasets: [{ dataset, context: null, tags: {} }] });
    const items = await found({ datasetDigest: 'c', parameters: { depth: '4' } });
    expect(items.map(({ runId }) => runId).sort()).toEqual([open, late].sort());
  });

  it('knows data set versions of this platform by id, and runs of an experiment that name no data', async () => {
    const dataset = await datasets.createDataset(test.ctx, { name: `tried-data-${database}` });
    const stream = (async function* () {
      yield Buffer.from('a,b\n1,2\n3,4\n');
    })();
    const version = await datasets.upload(test.ctx, dataset.id, { stream, mediaType: 'text/csv' });
    const experiment = await anExperiment();
    const id = await aRun(
      experiment,
      { lambda: '1', datasetDigest: version.digest },
      { datasetVersionId: version.id, end: false },
    );
    const plain = await aRun(experiment, { lambda: '1' });
    const ask = (query: object) => found({ parameters: { lambda: 1 }, ...query });
    expect((await ask({ datasetVersionId: version.id })).map(({ runId }) => runId)).toEqual([id]);
    await service.endRun(test.ctx, id, 'finished');
    expect((await ask({ datasetDigest: version.digest })).map(({ runId }) => runId)).toEqual([id]);
    expect((await ask({ experiment })).map(({ runId }) => runId)).toEqual([plain]);
    await expect(found({ parameters: {} })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(found({ datasetVersionId: 'dsv_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C' })).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
  });

  it('leaves out what is in the trash, other projects, and what was deleted for good', async () => {
    const experiment = await anExperiment();
    const gone = await aRun(experiment, { depth: '9' }, { digest: 'd' });
    await service.setRunDeleted(test.ctx, gone, true);
    expect(await found({ datasetDigest: 'd', parameters: { depth: 9 } })).toEqual([]);
    await service.setRunDeleted(test.ctx, gone, false);
    const elsewhere = { ...test.ctx, project: 'elsewhere' };
    const asked = { datasetDigest: 'd', parameters: { depth: 9 } };
    expect((await service.findSimilarRuns(elsewhere, asked)).items).toEqual([]);
    test.start();
    await service.setRunDeleted(test.ctx, gone, true);
    await service.purgeRun(test.ctx, gone);
    await test.platform.jobs.idle();
    const { rows } = await sql`select run from run_fingerprints where data = 'd'`.execute(test.platform.database.db);
    expect(rows).toEqual([]);
  });

  it('finds the very same settings behind more runs than it looks at, without reading them all', async () => {
    const experiment = await anExperiment();
    const first = await aRun(experiment, { depth: '1', lr: '0.5' }, { digest: 'e' });
    const { db } = test.platform.database;
    // More later runs on the data than are looked at one by one.
    await sql`
      insert into runs (number, id, hex, project, experiment, name, status, started_at, owner, user_id, note)
      with recursive later(n) as (select 1 union all select n + 1 from later where n < 1500)
      select 1000000 + n, 'later-' || n, 'later-' || n, project, experiment, name, status, started_at, owner, user_id, note
      from runs, later where runs.id = ${first}`.execute(db);
    await sql`
      insert into run_fingerprints (run, project, experiment, data, parameters)
      select number, project, experiment, 'e', 'other' from runs where number > 1000000`.execute(db);
    const items = await found({ datasetDigest: 'e', parameters: { depth: 1, lr: 0.5 } });
    expect(items.map(({ runId }) => runId)).toEqual([first]);
    const near = await found({ datasetDigest: 'e', parameters: { depth: 1, lr: 0.49 } });
    expect(near).toEqual([]);
  });
});
