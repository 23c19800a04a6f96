import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataService } from '#data';
import type { LineageService } from '#lineage';
import { listAudit } from '#platform/audit';
import { sql } from '#platform/db';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { aDatasetVersion } from '#testing';
import { experimentsOn } from '../fixtures/experiments-on.ts';
import type { ExperimentsService } from '../index.ts';
import type { DatasetInput, InputDataset } from './input.ts';

const anInput = (more: Partial<InputDataset & Pick<DatasetInput, 'context' | 'tags'>> = {}): DatasetInput => {
  const { context = null, tags = {}, ...dataset } = more;
  const plain = { name: 'wine', digest: 'd1', sourceType: 'local', source: '{}', schema: null, profile: null };
  return { dataset: { ...plain, ...dataset }, context, tags };
};

describe.each(testDatabases)('inputs of runs on %s', (database) => {
  let test: TestPlatform;
  let graph: LineageService;
  let datasets: DataService;
  let service: ExperimentsService;
  let count = 0;
  beforeAll(async () => {
    test = await aPlatform({ database });
    ({ service, graph, datasets } = experimentsOn(test.platform));
  });
  afterAll(() => test.close());

  const anExperiment = () => service.createExperiment(test.ctx, { name: `experiment-${++count}` });
  const aRun = async (experiment?: string) =>
    service.startRun(test.ctx, { experiment: experiment ?? (await anExperiment()).id });
  const datasetsIn = async (experiment: number): Promise<number> => {
    const { rows } = await sql<{
      found: number;
    }>`select count(*) as found from input_datasets where experiment = ${experiment}`.execute(
      test.platform.database.db,
    );
    return Number(rows[0]?.found);
  };

  it('keeps a data set once per experiment, name and digest, however many runs read it at once', async () => {
    const { id, number } = await anExperiment();
    const runs = await Promise.all(Array.from({ length: 8 }, () => aRun(id)));
    const inputs = [anInput(), anInput({ digest: 'd2' }), anInput({ name: 'beer' })];
    await Promise.all(
      runs.map((run, index) =>
        service.logInputs(test.ctx, run.id, { datasets: index % 2 === 0 ? inputs : inputs.toReversed() }),
      ),
    );
    expect(await datasetsIn(number)).toBe(3);
    const links = await service.runLinks(
      test.ctx,
      runs.map((run) => run.id),
    );
    for (const run of runs) expect(links.get(run.id)?.datasets).toHaveLength(3);
    expect(links.get(runs[1]?.id ?? '')?.datasets).toEqual(inputs.toReversed());
    const elsewhere = await aRun();
    await service.logInputs(test.ctx, elsewhere.id, { datasets: [anInput({ source: 'another' })] });
    const own = (await service.runLinks(test.ctx, [elsewhere.id])).get(elsewhere.id);
    expect(own?.datasets[0]?.dataset.source).toBe('another');
  });

  it('reads links of the project alone, and nothing for runs without any', async () => {
    const [run, plain] = [await aRun(), await aRun()];
    await service.logInputs(test.ctx, run.id, { datasets: [anInput({ context: '', tags: { __proto__x: '1' } })] });
    const links = await service.runLinks(test.ctx, [plain.id, run.id, 'run_none']);
    expect([...links]).toEqual([
      [run.id, { datasets: [anInput({ context: '', tags: { __proto__x: '1' } })], models: [], outputs: [] }],
    ]);
    expect((await service.runLinks({ ...test.ctx, project: 'elsewhere' }, [run.id])).size).toBe(0);
    expect((await service.runLinks(test.ctx, [])).size).toBe(0);
  });

  it('is told in the audit trail and drawn in the lineage graph', async () => {
    const run = await aRun();
    await service.logInputs(test.ctx, run.id, { datasets: [anInput()] });
    const { items } = await listAudit(test.platform.database.db, { resourceId: run.id });
    expect(items[0]).toMatchObject({ verb: 'run.update', detail: { datasets: ['wine (d1)'], modelInputs: [] } });
    const { nodes } = await graph.lineageOf('default', { type: 'run', id: run.id }, { direction: 'up', depth: 1 });
    expect(nodes.filter(({ depth }) => depth < 0)).toMatchObject([{ type: 'input-dataset', label: 'wine (d1)' }]);
  });

  it('knows a version of ours that a client names, in the graph too, and that of the start', async () => {
    const [started, named] = [await aDatasetVersion(datasets, test.ctx), await aDatasetVersion(datasets, test.ctx)];
    const { id: experiment } = await anExperiment();
    const run = await service.startRun(test.ctx, { experiment, datasetVersionId: started.id });
    const of = (versionId: string) => JSON.stringify({ versionId });
    await service.logInputs(test.ctx, run.id, {
      datasets: [
        anInput({ name: 'ours', sourceType: 'millwright', source: of(named.id), context: 'train' }),
        anInput({ name: 'gone', sourceType: 'millwright', source: of('dsv_00000000000000000000000000') }),
        anInput({ name: 'foreign', sourceType: 'local', source: of(named.id) }),
        anInput({ name: 'broken', sourceType: 'millwright', source: '{' }),
      ],
    });
    const read = await service.runInputs(test.ctx, run.id);
    expect(read.map(({ name, context, datasetVersionId }) => [name, context, datasetVersionId])).toEqual([
      [started.datasetName, null, started.id],
      ['ours', 'train', named.id],
      ['gone', null, null],
      ['foreign', null, null],
      ['broken', null, null],
    ]);
    const { nodes } = await graph.lineageOf('default', { type: 'run', id: run.id }, { direction: 'up', depth: 1 });
    const above = nodes.filter(({ depth }) => depth < 0).map(({ type }) => type);
    expect(above.toSorted()).toEqual(['dataset-version', 'dataset-version', ...Array(3).fill('input-dataset')]);
    await expect(service.runInputs({ ...test.ctx, project: 'elsewhere' }, run.id)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('takes the step of an output that was told last', async () => {
    const run = await aRun();
    await service.logOutputs(test.ctx, run.id, [
      { modelId: 'a', step: 1 },
      { modelId: 'b', step: 1 },
      { modelId: 'a', step: 2 },
    ]);
    await service.logOutputs(test.ctx, run.id, [{ modelId: 'b', step: 7 }]);
    expect((await service.runLinks(test.ctx, [run.id])).get(run.id)?.outputs).toEqual([
      { modelId: 'a', step: 2 },
      { modelId: 'b', step: 7 },
    ]);
  });

  it('changes nothing of a run in the trash or of another project', async () => {
    const run = await aRun();
    await service.setRunDeleted(test.ctx, run.id, true);
    const inputs = { datasets: [anInput()] };
    await expect(service.logInputs(test.ctx, run.id, inputs)).rejects.toMatchObject({ code: 'CONFLICT' });
    const elsewhere = { ...test.ctx, project: 'elsewhere' };
    await expect(service.logInputs(elsewhere, run.id, inputs)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(service.logOutputs(elsewhere, run.id, [])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await datasetsIn(run.experimentNumber)).toBe(0);
  });

  it('summarises what runs of experiments read, no more than asked for', async () => {
    const { id, number } = await anExperiment();
    const [one, two] = [await aRun(id), await aRun(id)];
    await service.logInputs(test.ctx, one.id, { datasets: [anInput({ context: 'train' }), anInput({ name: 'ale' })] });
    await service.logInputs(test.ctx, two.id, { datasets: [anInput({ context: 'train' })] });
    const three = await aRun(id);
    await service.logInputs(test.ctx, three.id, { datasets: [anInput()] });
    const all = [
      { experiment: number, name: 'ale', digest: 'd1', context: null },
      { experiment: number, name: 'wine', digest: 'd1', context: null },
      { experiment: number, name: 'wine', digest: 'd1', context: 'train' },
    ];
    expect(await service.datasetsRead(test.ctx, [number], 10)).toEqual(all);
    expect(await service.datasetsRead(test.ctx, [number], 2)).toEqual(all.slice(0, 2));
    expect(await service.datasetsRead({ ...test.ctx, project: 'elsewhere' }, [number], 10)).toEqual([]);
  });
});
