import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DataService, data } from '#data';
import { type ExperimentsService, experiments } from '#experiments';
import { lineage } from '#lineage';
import { pipelines } from '#pipelines';
import { listAudit } from '#platform/audit';
import { aPlatform, type TestPlatform, testDatabases } from '#platform/testing';
import { type CategoryColumn, type NumberColumn, training } from './index.ts';
import type { TrainingService, TrainOptions } from './service.ts';

const header = 'at,size,colour,label,good,price';
/** Row i happened at minute i; `good` follows from `size` and turns around at `turnAt`. The file is in reverse order. */
const table = (rowCount: number, turnAt = rowCount): string => {
  const rows = Array.from({ length: rowCount }, (_, i) => {
    const size = ((i * 7919) % 1000) / 1000;
    const noisy = i % 11 === 0 ? 1 - size : size;
    const good = (i < turnAt ? noisy : 1 - noisy) > 0.5;
    const at = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString();
    return `${at},${i % 13 === 0 ? '' : size},${['red', 'blue', ''][i % 3]},${i % 4},${good},${10 * size + (i % 5) / 10}`;
  });
  return [header, ...rows.reverse()].join('\n');
};

describe.each(testDatabases)('training on %s', (database) => {
  let test: TestPlatform;
  let dataService: DataService;
  let runs: ExperimentsService;
  let service: TrainingService;
  let datasets = 0;
  let steady: string;
  let turned: string;

  const upload = async (csv: string) => {
    const dataset = await dataService.createDataset(test.ctx, { name: `table-${++datasets}` });
    const stream = (async function* () {
      yield Buffer.from(csv);
    })();
    return (await dataService.upload(test.ctx, dataset.id, { stream, mediaType: 'text/csv' })).id;
  };
  const request = {
    experiment: 'goods',
    trainer: 'logistic',
    target: 'good',
    timeColumn: 'at',
    features: ['size', 'colour', 'label'],
  };
  const train = (more: Record<string, unknown> = {}, options?: TrainOptions) =>
    service.train(test.ctx, { datasetVersionId: steady, ...request, ...more }, options);
  const children = async (runId: string) =>
    (await runs.listRuns(test.ctx, { filter: `tags.parentRunId = "${runId}"` })).items;

  beforeAll(async () => {
    test = await aPlatform({ database });
    const lineageService = lineage.create(test.platform, {});
    dataService = data.create(test.platform, { lineage: lineageService });
    runs = experiments.create(test.platform, { lineage: lineageService, data: dataService });
    const pipelinesService = pipelines.create(test.platform, { lineage: lineageService });
    service = training.create(test.platform, { data: dataService, experiments: runs, pipelines: pipelinesService });
    await runs.createExperiment(test.ctx, { name: 'goods' });
    steady = await upload(table(800));
    turned = await upload(table(1000, 500));
  });
  afterAll(async () => {
    await service.close();
    await test.close();
  });

  it('logs a finished run with parameters, loss over iterations, and the files of the model', async () => {
    const result = await train();
    expect(result).toMatchObject({
      datasetVersionId: steady,
      trainRows: 600,
      holdoutFrom: 600,
      holdoutRows: 200,
      droppedRows: 0,
      window: null,
      timeColumn: 'at',
    });
    expect(result.maxDifference).toBeLessThan(1e-5);
    const run = await runs.getRun(test.ctx, result.runId);
    expect(run.status).toBe('finished');
    expect(run.parameters).toMatchObject({
      trainer: 'logistic',
      lambda: '1',
      target: 'good',
      features: 'size, colour, label',
      rows: '800',
      trainRows: '600',
      window: 'all',
      seed: '0',
      datasetVersionId: steady,
    });
    expect(run.parameters['datasetDigest']).toMatch(/^sha256:/);
    expect(run.metrics['loss']!.points).toBeGreaterThan(2);
    expect(run.metrics['train.accuracy']!.last).toBeGreaterThan(0.85);
    const files = await runs.listArtifacts(test.ctx, result.runId);
    expect(run.tags).toMatchObject({
      'millwright.platform': expect.stringMatching(/^\d/),
      'millwright.seeds': '{"training":0}',
    });
    expect(files.map(({ path }) => path).sort()).toEqual([
      'millwright/host.json',
      'model.onnx',
      'signature.json',
      'training-request.json',
      'training.json',
    ]);
    expect(files.find(({ path }) => path === 'model.onnx')?.digest).toBe(result.modelDigest);
    expect(await service.trainResultOf(test.ctx, result.runId)).toEqual(result);
    const audit = await listAudit(test.platform.database.db, { resourceId: result.runId });
    expect(audit.items.map(({ verb }) => verb)).toContain('model.train');
  });

  it('tells the tensor from the column where a column is called like an output', async () => {
    const { signature } = await train();
    expect(signature.inputs).toEqual([
      { name: 'size', datatype: 'FP64', shape: [-1, 1] },
      { name: 'colour', datatype: 'BYTES', shape: [-1, 1] },
      { name: 'label_input', datatype: 'FP64', shape: [-1, 1], feature: 'label' },
    ]);
    expect(signature).toMatchObject({ classes: ['false', 'true'], target: 'good', task: 'classification' });
  });

  it('reads rows in time order, with missing values', async () => {
    const read = await service.readTable(test.ctx, steady, { columns: ['size', 'colour', 'at'], orderBy: 'at' });
    expect(read.rowCount).toBe(800);
    const number = (name: string) => (read.columns[name] as NumberColumn).values;
    const colour = read.columns['colour'] as CategoryColumn;
    expect([...number('at').subarray(0, 3)]).toEqual([0, 1, 2].map((i) => Date.UTC(2026, 0, 1) + i * 60_000));
    expect([...number('size').subarray(0, 3)]).toEqual([Number.NaN, 0.919, 0.838]);
    expect(Array.from(colour.codes.subarray(0, 4), (code) => colour.levels[code] ?? null)).toEqual([
      'red',
      'blue',
      null,
      'red',
    ]);
    await expect(service.readTable(test.ctx, steady, { columns: ['x'] })).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
    await expect(service.readTable(test.ctx, steady, { orderBy: 'x' })).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
  });

  it('scores all rows with the stored model, several models at once', async () => {
    const [classifier, ridge] = [
      await train(),
      await train({ trainer: 'ridge', target: 'price', features: ['size', 'colour'] }),
    ];
    const rows = await service.readRows(test.ctx, classifier);
    const [labels, values] = await Promise.all([
      service.score(classifier, rows.table),
      service.score(ridge, (await service.readRows(test.ctx, ridge)).table),
    ]);
    expect(labels.labels).toHaveLength(800);
    expect(labels.probabilities).toHaveLength(1600);
    expect(labels.probabilities![0]! + labels.probabilities![1]!).toBeCloseTo(1, 12);
    expect(values.values!.every((value) => Number.isFinite(value))).toBe(true);
    const { size: _size, ...fewer } = rows.table.columns;
    const broken = service.score(classifier, { ...rows.table, columns: fewer });
    await expect(broken).rejects.toMatchObject({ code: 'MODEL_REFUSED', message: expect.stringContaining('"size"') });
    const text = { ...rows.table.columns, size: rows.table.columns['colour']! };
    await expect(service.score(classifier, { ...rows.table, columns: text })).rejects.toThrow(
      'takes numbers for "size"',
    );
    expect((await service.score(classifier, rows.table)).labels).toEqual(labels.labels);
  });

  it('tries each window as a run of its own and refits the one with the lowest loss', async () => {
    const lines: string[] = [];
    const result = await train(
      { datasetVersionId: turned, windows: [null, 200, 5000, 500] },
      { log: (line) => lines.push(line) },
    );
    expect(result).toMatchObject({ window: 200, trainRows: 200, holdoutFrom: 750 });
    const tried = await children(result.runId);
    expect(tried.map(({ parameters, status }) => [parameters['window'], status]).sort()).toEqual([
      ['200', 'finished'],
      ['500', 'finished'],
      ['all', 'finished'],
    ]);
    const losses = new Map(
      tried.map(({ parameters, metrics }) => [parameters['window'], Number(metrics['validationLoss']!.last)]),
    );
    expect(losses.get('200')).toBeLessThan(losses.get('all')!);
    const run = await runs.getRun(test.ctx, result.runId);
    const chosen = tried.find(({ parameters }) => parameters['window'] === '200')!;
    expect(run.tags['chosenWindowRunId']).toBe(chosen.id);
    expect(run.parameters['window']).toBe('200');
    expect(chosen.parentRunId).toBe(result.runId);
    expect(lines.at(-2)).toBe(`Chosen: the newest 200 rows (run ${chosen.id}).`);
    // Where nothing has changed, more rows are better.
    expect((await train({ windows: [null, 100] })).window).toBeNull();
  });

  it('fails with the reason, and the run says so too', async () => {
    const oneClass = train({
      target: 'label',
      features: ['size'],
      timeColumn: 'at',
      datasetVersionId: await upload('at,size,label\n2026-01-01T00:00:00Z,1,a\n2026-01-02T00:00:00Z,2,a'),
    });
    await expect(oneClass).rejects.toMatchObject({
      code: 'TRAINING_FAILED',
      message: expect.stringContaining('one class'),
    });
    const { items } = await runs.listRuns(test.ctx, { filter: 'status = "failed"' });
    expect(items[0]?.tags['error']).toContain('one class');
    const before = (await runs.listRuns(test.ctx, {})).items.length;
    await expect(train({ parameters: { lambda: -1 } })).rejects.toMatchObject({ code: 'TRAINING_FAILED' });
    await expect(train({ trainer: 'forest' })).rejects.toMatchObject({ code: 'TRAINING_FAILED' });
    await expect(train({ features: undefined, timeColumn: undefined })).rejects.toThrow('"at" is a timestamp');
    await expect(train({ datasetVersionId: 'dsv_none' })).rejects.toMatchObject({ code: 'INVALID_REFERENCE' });
    await expect(train({ experiment: 'none' })).rejects.toMatchObject({ code: 'INVALID_REFERENCE' });
    expect((await runs.listRuns(test.ctx, {})).items).toHaveLength(before);
  });

  it('marks the run as killed when it is aborted', async () => {
    const abort = new AbortController();
    const reason = new Error('the run was cancelled');
    const training = train(
      { windows: [null, 100] },
      { originKey: 'aborted', signal: abort.signal, log: (line) => line.startsWith('Window') && abort.abort(reason) },
    );
    await expect(training).rejects.toBe(reason);
    const { items } = await runs.listRuns(test.ctx, { filter: 'tags.error = "the run was cancelled"' });
    expect(items.map(({ status }) => status)).toEqual(['killed', 'killed']);
  });

  it('gives the same model file for the same request', async () => {
    const [first, second] = [await train(), await train()];
    expect(second.runId).not.toBe(first.runId);
    expect(second.modelDigest).toBe(first.modelDigest);
  });

  it('answers a finished training under its key again', async () => {
    const first = await train({}, { originKey: 'step-1' });
    expect(await train({}, { originKey: 'step-1' })).toEqual(first);
  });

  it('begins anew, with a run of its own, what a crash left running under a key', async () => {
    const left = await runs.startRun(test.ctx, { experiment: 'goods', originKey: 'step-2' });
    const child = await runs.startRun(test.ctx, {
      experiment: 'goods',
      parentRunId: left.id,
      tags: { parentRunId: left.id },
    });
    const result = await train({}, { originKey: 'step-2' });
    expect(result.runId).not.toBe(left.id);
    expect((await runs.getRun(test.ctx, left.id)).status).toBe('killed');
    expect((await runs.getRun(test.ctx, child.id)).status).toBe('killed');
    expect(await train({}, { originKey: 'step-2' })).toEqual(result);
  });

  it('ends the run that a crash kept from being ended, when its result is complete', async () => {
    const model = await train();
    const left = await runs.startRun(test.ctx, { experiment: 'goods', originKey: 'step-3' });
    const kept = { ...model, runId: left.id };
    const { stream } = await test.platform.blobs.get(model.modelDigest);
    await runs.putArtifact(test.ctx, left.id, 'model.onnx', stream, 'application/octet-stream');
    await runs.putArtifact(test.ctx, left.id, 'training.json', Buffer.from(JSON.stringify(kept)), 'application/json');
    expect(await train({}, { originKey: 'step-3' })).toEqual(kept);
    expect(await runs.getRun(test.ctx, left.id)).toMatchObject({ status: 'finished', parameters: { window: 'all' } });
  });

  it('tries again under the same key after a failure', async () => {
    const failing = { datasetVersionId: steady, target: 'good', features: ['size'], parameters: { maxIterations: 1 } };
    const abort = new AbortController();
    abort.abort(new Error('stopped'));
    await expect(train(failing, { originKey: 'step-4', signal: abort.signal })).rejects.toThrow('stopped');
    expect((await train(failing, { originKey: 'step-4' })).trainRows).toBe(600);
  });

  it('does not take a foreign file for a result, nor another model than the one beside it', async () => {
    const run = await runs.startRun(test.ctx, { experiment: 'goods' });
    const put = (path: string, text: string) =>
      runs.putArtifact(test.ctx, run.id, path, Buffer.from(text), 'application/octet-stream');
    const refused = () =>
      expect(service.trainResultOf(test.ctx, run.id)).rejects.toMatchObject({ code: 'INVALID_REFERENCE' });
    await refused();
    await put('training.json', '{"runId": 1}');
    await refused();
    await put('training.json', 'no JSON');
    await refused();
    const model = await train();
    await put('training.json', JSON.stringify(model));
    await refused();
    await put('training.json', JSON.stringify({ ...model, runId: run.id }));
    await put('model.onnx', 'another model');
    await refused();
  });
});
