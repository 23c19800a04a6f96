import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { type AnImport, anImport } from '../../import/fixtures/an-import.ts';

const logs = join(import.meta.dirname, 'fixtures', 'logs');

describe.each(testDatabases)('runs that W&B logged offline, imported on %s', (database) => {
  let here: AnImport;
  beforeAll(async () => {
    here = await anImport(database);
  });
  afterAll(() => here.close());

  it('are here with configuration, history, summary, output and files', async () => {
    const { counts, problems } = await here.bring('wandb', logs);
    expect(counts).toMatchObject({ experiments: 1, runs: 2, files: 2 });
    expect(problems).toEqual([
      "first: 1 values of 'word' are no numbers and were left out",
      "first: 1 values of 'padding' are no numbers and were left out",
    ]);
    const { first, second } = await here.runs();
    if (!first || !second) throw new Error('runs are missing');
    expect(first).toMatchObject({ experimentName: 'cards', status: 'finished', note: 'a note' });
    expect(first.startedAt).toBeGreaterThan(1_700_000_000_000);
    expect(first.endedAt).toBeGreaterThan(first.startedAt);
    expect(first.parameters).toEqual({
      lr: '0.2',
      'net.width': '4',
      'net.act': 'relu',
      layers: '[1,2]',
      late: 'true',
    });
    expect(first.tags).toMatchObject({
      baseline: 'true',
      'wandb.group': 'seeds',
      'wandb.jobType': 'train',
      'wandb.runId': 'aaaa1111',
      'summary.verdict': 'good',
    });
    expect(Object.keys(first.tags)).not.toContain('millwright.importing');
    const loss = await here.points(first, 'loss');
    expect(loss).toHaveLength(41);
    expect(loss[3]).toMatchObject({ value: 0.25, step: 3 });
    expect(loss.at(-1)).toMatchObject({ value: 'NaN', step: 40 });
    expect((await here.points(first, 'val.acc')).at(-1)).toMatchObject({ value: 39 / 40, step: 39 });
    expect(await here.points(first, 'top')).toMatchObject([{ value: 'Infinity' }]);
    expect(await here.points(first, 'best')).toMatchObject([{ value: 0.5, step: 51 }]);
    expect(
      Object.keys(first.metrics)
        .filter((key) => !key.startsWith('system/'))
        .sort(),
    ).toEqual(['best', 'loss', 'ok', 'top', 'val.acc']);
    const files = await here.files(first);
    expect(Object.keys(files)).toEqual([expect.stringMatching(/^media\/images\/img_41_.*\.png$/), 'output.log']);
    expect(await here.text(first, 'output.log')).toContain('printed by the run');
    expect(second.status).toBe('failed');
  });

  it('change nothing when they are imported once more', async () => {
    const before = await here.runs();
    const { counts } = await here.bring('wandb', logs);
    expect(counts).toMatchObject({ experiments: 0, runs: 0, files: 0 });
    expect(await here.runs()).toEqual(before);
  });

  it('are read up to where a killed process left them, and where they are damaged', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'wandb-'));
    try {
      const [name = ''] = readdirSync(logs);
      const log = join(dir, 'cut', 'run-aaaa1111.wandb');
      cpSync(join(logs, name), join(dir, 'cut'), { recursive: true });
      const whole = readFileSync(log);
      // Another run: in another project it has another id.
      const renamed = Buffer.from(whole);
      renamed[0] = 0;
      cpSync(join(logs, name), join(dir, 'noise'), { recursive: true });
      writeFileSync(join(dir, 'noise', 'run-aaaa1111.wandb'), renamed);
      symlinkSync(logs, join(dir, 'linked'));
      const project = await here.server.asOwner({ method: 'POST', url: '/api/v1/projects', payload: { name: 'cut' } });
      expect(project.statusCode).toBe(201);
      const bring = () =>
        here.server.app.importFrom('wandb', 'cut', {
          from: dir,
          merge: false,
          workspace: 'default',
          progress: () => undefined,
        });
      const read = async () =>
        JSON.parse((await here.server.asOwner({ method: 'GET', url: '/api/v1/projects/cut/runs' })).body).items;
      writeFileSync(log, whole.subarray(0, 6000));
      const { problems } = await bring();
      expect(problems).toEqual([
        expect.stringContaining('no log of W&B'),
        expect.stringContaining('does not say which run'),
      ]);
      const [torn] = await read();
      expect(torn).toMatchObject({ name: 'first', status: 'killed' });
      const count = torn.metrics.loss.points;
      expect(count).toBeGreaterThan(3);
      expect(count).toBeLessThan(41);
      // It went on after all: the next import adds the rest.
      writeFileSync(log, whole);
      await bring();
      expect((await read())[0].metrics.loss.points).toBe(41);
      const damaged = Buffer.from(whole);
      damaged[5000] = (damaged[5000] ?? 0) ^ 1;
      writeFileSync(log, damaged);
      expect((await bring()).problems).toContainEqual(expect.stringContaining('does not match its checksum'));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('are asked for where a folder holds none', async () => {
    await expect(here.bring('wandb', join(import.meta.dirname, '..', '..', 'import'))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
