import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesAt } from './files.ts';
import { openFileStore } from './file-store.ts';

const run = 'a'.repeat(32);
const runMeta = `run_id: ${run}\nrun_name: first\nstatus: 3\nstart_time: 1\nend_time: 2\nlifecycle_stage: active\nuser_id: me\n`;

let dir: string;
let problems: string[];

const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
};
const open = (more: { artifactsDir?: string } = {}) =>
  openFileStore(join(dir, 'mlruns'), { ...more, problem: (text) => void problems.push(text) });

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'mlruns-'));
  problems = [];
  put('mlruns/1/meta.yaml', "experiment_id: '1'\nname: cards\nlifecycle_stage: active\n");
  put(`mlruns/1/${run}/meta.yaml`, runMeta);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const runRow = async (more = {}) => (await (await open(more)).rows('runs', { experiment_id: '1' }))[0];
const filesOf = async (uri: unknown) => {
  const found: string[] = [];
  for await (const { path } of filesAt(String(uri), undefined)) found.push(path);
  return found;
};

describe('a folder mlruns', () => {
  it('is refused where it is something else', async () => {
    await expect(openFileStore(dir, { problem: () => undefined })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(openFileStore(join(dir, 'none'), { problem: () => undefined })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('gives points with every spelling of a number, and leaves out a line that was cut off', async () => {
    put(`mlruns/1/${run}/metrics/deep/loss`, '5 0.5 1\n6 nan 2\n7 -inf 3\n8 1e-07 4 cards d1\n9 2.5\n10 0.');
    const store = await open();
    await store.rows('runs', { experiment_id: '1' });
    put(`mlruns/1/${run}/metrics/broken`, '11 x 1\n12');
    const points = await store.rows('metrics', { run_uuid: run });
    expect(points.map(({ key, value, step }) => [key, value, step])).toEqual([
      ['deep/loss', 0.5, 1],
      ['deep/loss', Number.NaN, 2],
      ['deep/loss', Number.NEGATIVE_INFINITY, 3],
      ['deep/loss', 1e-7, 4],
      ['deep/loss', 2.5, 0],
      ['deep/loss', 0, 0],
    ]);
    expect(problems).toHaveLength(2);
  });

  it('follows no link, whatever it points at', async () => {
    put('secret/password', 'hunter2');
    put('secret/meta.yaml', runMeta);
    mkdirSync(join(dir, `mlruns/1/${run}/tags`), { recursive: true });
    symlinkSync(join(dir, 'secret/password'), join(dir, `mlruns/1/${run}/tags/leaked`));
    symlinkSync(join(dir, 'secret'), join(dir, `mlruns/1/${run}/params`));
    symlinkSync(join(dir, 'secret'), join(dir, `mlruns/1/${run}/artifacts`));
    symlinkSync(join(dir, 'secret'), join(dir, `mlruns/1/${'b'.repeat(32)}`));
    const store = await open();
    const rows = await store.rows('runs', { experiment_id: '1' });
    expect(rows.map((row) => row['run_uuid'])).toEqual([run]);
    expect(await store.rows('tags', { run_uuid: run })).toEqual([]);
    expect(await store.rows('params', { run_uuid: run })).toEqual([]);
    expect(await filesOf(rows[0]?.['artifact_uri'])).toEqual([]);
  });

  it('takes files that an address names outside of it only where that was permitted', async () => {
    put('elsewhere/model.bin', 'x');
    put(`mlruns/1/${run}/meta.yaml`, `${runMeta}artifact_uri: file://${dir}/elsewhere\n`);
    expect(await filesOf((await runRow())?.['artifact_uri'])).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('--artifacts')]);
    const permitted = await runRow({ artifactsDir: join(dir, 'elsewhere') });
    expect(await filesOf(permitted?.['artifact_uri'])).toEqual(['model.bin']);
    // A permitted folder does not permit its neighbours, nor what a path climbs to.
    put('elsewhere-too/key', 'x');
    put(`mlruns/1/${run}/meta.yaml`, `${runMeta}artifact_uri: file://${dir}/elsewhere/../elsewhere-too\n`);
    expect((await runRow({ artifactsDir: join(dir, 'elsewhere') }))?.['artifact_uri']).toBe('');
  });

  it('finds the files of a folder that was moved', async () => {
    put(`mlruns/1/${run}/meta.yaml`, `${runMeta}artifact_uri: file:///gone/mlruns/1/${run}/artifacts\n`);
    put(`mlruns/1/${run}/artifacts/a/b.txt`, 'x');
    expect(await filesOf((await runRow())?.['artifact_uri'])).toEqual(['a/b.txt']);
  });

  it('asks for nothing outside by a name that a file holds', async () => {
    put('datasets/x/meta.yaml', 'name: stolen\n');
    const store = await open();
    expect(await store.rows('datasets', { dataset_uuid: '../../../datasets/x' })).toEqual([]);
    await expect(store.rows('runs', { experiment_id: '../secret' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await store.rows('registered_model_tags', { name: '../../secret' })).toEqual([]);
  });

  const bombs: [string, string][] = [
    ['aliases that multiply', `a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nname: [*c, *c]\n`],
    ['an alias of a text', 'a: &a x\nname: *a\n'],
    ['a type of Python', 'name: !!python/object/apply:os.system [id]\n'],
    ['a list', '- 1\n- 2\n'],
    ['nesting without end', `name: ${'['.repeat(50_000)}\n`],
    ['no YAML', 'name: [\n:\n\t"\n'],
    ['eight megabytes', `name: ${'x'.repeat(8_000_000)}\n`],
  ];
  it.each(bombs)('leaves out a run whose meta.yaml holds %s', async (_name, text) => {
    put(`mlruns/1/${'b'.repeat(32)}/meta.yaml`, text);
    const started = performance.now();
    const rows = await (await open()).rows('runs', { experiment_id: '1' });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(rows.some((row) => typeof row['run_name'] === 'string' && row['run_name'] !== 'first')).toBe(false);
    expect(rows.filter((row) => row['run_uuid'] === run)).toHaveLength(1);
    expect(problems.length + rows.filter((row) => row['name'] === '').length).toBeGreaterThan(0);
  });
});
