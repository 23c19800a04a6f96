import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { type AnImport, anImport } from '../../import/fixtures/an-import.ts';

const exported = join(import.meta.dirname, 'fixtures', 'export');

describe.each(testDatabases)("what Neptune's exporter wrote, imported on %s", (database) => {
  let here: AnImport;
  beforeAll(async () => {
    here = await anImport(database);
  });
  afterAll(() => here.close());

  it('is here with parameters, tags, series over all parts, texts and files', async () => {
    const { counts, problems } = await here.bring('neptune', exported);
    expect(counts).toMatchObject({ experiments: 1, runs: 2, points: 99, files: 3 });
    expect(problems).toEqual([
      expect.stringContaining('CARDS-3 was left out'),
      "CARDS-1: 1 values of type 'histogram_series' have no place here",
      expect.stringContaining("the file of 'stolen' was left out"),
      'CARDS-2: its steps are no whole numbers; they are 100 times as large here',
    ]);
    const { 'CARDS-1': run, 'CARDS-2': failed } = await here.runs();
    if (!run || !failed) throw new Error('runs are missing');
    expect(run).toMatchObject({
      experimentName: 'risk/cards',
      status: 'finished',
      startedAt: 1_700_000_000_000,
      endedAt: 1_700_000_100_000,
      userId: 'ada',
      note: 'a note',
      parameters: { 'params/lr': '0.1', 'params/depth': '6', 'params/bias': 'true', 'params/optimizer': 'adam ä' },
    });
    expect(run.tags).toMatchObject({ good: 'true', v2: 'true', 'neptune.name': 'baseline', 'neptune.owner': 'ada' });
    const loss = await here.points(run, 'train/loss');
    expect(loss).toHaveLength(90);
    expect(loss[3]).toEqual({ value: 0.25, step: 3, at: 1_700_000_003_000 });
    expect(await here.points(run, 'train/odd')).toMatchObject([{ value: 'NaN' }]);
    expect(Object.keys(await here.files(run))).toEqual(['logs.txt', 'model.bin', 'plots/step_3.png']);
    expect(await here.text(run, 'model.bin')).toBe('model');
    expect(await here.text(run, 'logs.txt')).toBe(
      '0; 2023-11-14T22:13:20.000Z; first\n1; 2023-11-14T22:13:21.000Z; second ä\n',
    );
    expect(failed.status).toBe('failed');
    expect((await here.points(failed, 'loss')).slice(0, 2).map(({ step }) => step)).toEqual([0, 25]);
  });

  it('changes nothing when it is imported once more', async () => {
    const before = await here.runs();
    const { counts } = await here.bring('neptune', exported);
    expect(counts).toMatchObject({ experiments: 0, runs: 0, files: 0 });
    expect(await here.runs()).toEqual(before);
  });

  it('is asked for where a folder holds none', async () => {
    await expect(here.bring('neptune', join(import.meta.dirname, '..', '..', 'import'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
