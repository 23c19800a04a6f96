import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlflowFolder, needs } from '../../../../../../scripts/testing/needs.ts';
import { createLog } from '#platform/log';
import { systemClock } from '#platform/clock';
import { loadConfig } from '#platform/config';
import { sql } from '#platform/db';
import { type App, createApp } from '../../../app.ts';
import { aDataDir } from '../../../testing/process.ts';

interface Made {
  run: string;
  child: string;
  gone: string;
  model: string;
  /** What its client reads of every run. */
  runs: Record<string, ReadRun>;
}

interface ReadRun {
  name: string;
  status: string;
  stage: string;
  start: number;
  params: Record<string, string>;
  tags: Record<string, string>;
  /** Time, value as Python shows it, step. */
  points: Record<string, [number, string, number][]>;
}

const stores = [
  ['sqlite', 'a database', (root: string) => `sqlite:///${root}/mlflow.db`],
  ['file', 'a folder mlruns', (root: string) => `${root}/mlruns`],
] as const;

/** As JSON has it on the wire. A database of MLflow's no longer knows what was infinite, and says so itself. */
const valueOf = (shown: string): unknown => ({ nan: 'NaN', inf: 'Infinity' })[shown] ?? Number(shown);

needs('mlflow')('what a real MLflow client wrote', () => {
  describe.each(stores)('%s: %s', (kind, _called, fromOf) => {
    tests(kind, fromOf);
  });
});

const tests = (kind: string, fromOf: (root: string) => string): void => {
  const dir = aDataDir();
  const foreign = join(dir.path, 'foreign');
  const from = fromOf(foreign);
  let made: Made;
  let app: App;
  beforeAll(async () => {
    const python = join(mlflowFolder(), 'bin', 'python');
    const out = execFileSync(python, [join(import.meta.dirname, 'fixtures', 'make-store.py'), foreign, kind], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: dir.path,
    });
    made = JSON.parse(out.trim().split('\n').at(-1) ?? '') as Made;
    const { config } = loadConfig({ flags: { '--data-dir': join(dir.path, 'data'), '--port': '0' }, env: {} });
    const log = createLog({ level: 'error', clock: systemClock, write: (line) => process.stderr.write(line) });
    app = await createApp({ config, log, staticDir: null });
  }, 120_000);
  afterAll(async () => {
    await app.close();
    dir.remove();
  });

  const bring = (more = {}) =>
    app.importFrom('mlflow', 'default', {
      from,
      merge: false,
      workspace: 'default',
      progress: () => undefined,
      ...more,
    });
  const wire = async (method: 'GET' | 'POST', path: string, payload?: object) => {
    const reply = await app.api.app.inject({
      method,
      url: `/api/2.0/mlflow/${path}`,
      headers: { host: 'localhost' },
      ...(payload ? { payload } : {}),
    });
    return JSON.parse(reply.body);
  };
  const tables = [
    'experiments',
    'runs',
    'run_parameters',
    'run_tags',
    'run_metrics',
    'metric_points',
    'artifacts',
    'run_inputs',
    'run_models',
    'logged_models',
    'logged_model_points',
    'models',
    'model_versions',
    'model_aliases',
    'lineage_edges',
    'audit',
  ];
  const everything = async () =>
    Object.fromEntries(
      await Promise.all(
        tables.map(async (table) => [
          table,
          (
            await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(app.platform.database.db)
          ).rows.map(
            // Which rendering of a run is current; told points that it has, it may count on.
            ({ revision: _revision, ...row }) => row,
          ),
        ]),
      ),
    );

  it('is here with its ids, values and files, as clients read them', async () => {
    const { counts, problems } = await bring();
    expect(problems).toEqual([]);
    expect((await wire('GET', 'experiments/get?experiment_id=0')).experiment).toMatchObject({ name: 'Default' });
    expect(counts).toMatchObject({ runs: 4, models: 1, registeredModels: 1, versions: 3, files: 2 });
    const { run } = await wire('GET', `runs/get?run_id=${made.run}`);
    expect(run.info).toMatchObject({
      run_id: made.run,
      run_name: 'first',
      status: 'FINISHED',
      end_time: 1_900_000_000_000,
      lifecycle_stage: 'active',
    });
    expect(run.data.params).toEqual([{ key: 'depth', value: '6' }]);
    expect(run.data.tags).toContainEqual({ key: 'seed', value: '1' });
    const metrics = Object.fromEntries(
      run.data.metrics.map((metric: { key: string; value: unknown }) => [metric.key, metric.value]),
    );
    expect(metrics).toEqual({
      loss: 'NaN',
      best: kind === 'file' ? 'Infinity' : Number.MAX_VALUE,
      auc: 0.9,
      'val/auc': -1e-300,
    });
    expect(run.inputs.dataset_inputs).toMatchObject([
      { dataset: { name: 'cards', digest: 'd1' }, tags: [{ key: 'mlflow.data.context', value: 'train' }] },
    ]);
    expect(run.outputs.model_outputs).toMatchObject([{ model_id: made.model, step: 1 }]);
    const { metrics: history } = await wire(
      'GET',
      `metrics/get-history?run_id=${made.run}&metric_key=loss&max_results=1000`,
    );
    expect(history).toHaveLength(51);
    const { files } = await wire('GET', `artifacts/list?run_id=${made.run}&path=notes`);
    expect(files).toEqual([{ path: 'notes/a.txt', is_dir: false, file_size: 5 }]);
    const gone = await wire('GET', `runs/get?run_id=${made.gone}`);
    expect(gone.run.info.lifecycle_stage).toBe('deleted');
    const { experiments } = await wire('POST', 'experiments/search', { max_results: 10, view_type: 'DELETED_ONLY' });
    expect(experiments.map(({ name }: { name: string }) => name)).toEqual(['trashed']);
    const { model } = await wire('GET', `logged-models/${made.model}`);
    expect(model.info).toMatchObject({
      name: 'mod',
      status: 'LOGGED_MODEL_READY',
      model_type: 'agent',
      source_run_id: made.run,
    });
    const champion = await wire('GET', 'registered-models/alias?name=fraud&alias=champion');
    expect(champion.model_version).toMatchObject({
      version: '1',
      run_id: made.run,
      description: 'vd',
      tags: [{ key: 'v', value: '1' }],
    });
    const third = await wire('GET', 'model-versions/get?name=fraud&version=3');
    expect(third.model_version).toMatchObject({ current_stage: 'Staging', source: `runs:/${made.run}/notes` });
    expect(await wire('GET', 'model-versions/get?name=fraud&version=2')).toMatchObject({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
    });
    const { rows } = await sql<{
      parent: string;
    }>`select parent_run_id as parent from runs where hex = ${made.child}`.execute(app.platform.database.db);
    expect(rows[0]?.parent).toMatch(/^run_/);
  });

  it('has of every run what its client reads there', async () => {
    expect(Object.keys(made.runs)).toHaveLength(4);
    for (const [id, read] of Object.entries(made.runs)) {
      const { run } = await wire('GET', `runs/get?run_id=${id}`);
      const entries = (list: { key: string; value: string }[] = []) =>
        Object.fromEntries(list.map(({ key, value }) => [key, value]));
      expect(run.info).toMatchObject({ run_name: read.name, status: read.status, lifecycle_stage: read.stage });
      expect(run.info.start_time).toBe(read.start);
      expect(entries(run.data.params)).toEqual(read.params);
      expect(entries(run.data.tags)).toEqual(read.tags);
      expect(Object.keys(entries(run.data.metrics)).sort()).toEqual(Object.keys(read.points).sort());
      for (const [key, points] of Object.entries(read.points)) {
        const history = await wire('GET', `metrics/get-history?run_id=${id}&metric_key=${encodeURIComponent(key)}`);
        const here = history.metrics.map((one: { timestamp: number; value: unknown; step: number }) => [
          one.timestamp,
          one.value,
          one.step,
        ]);
        const there = points.map(([at, value, step]) => [at, valueOf(value), step]);
        const order = (a: unknown[], b: unknown[]) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
        expect(here.toSorted(order)).toEqual(there.toSorted(order));
      }
    }
  });

  it('changes nothing when it is imported once more', async () => {
    const before = await everything();
    const { counts } = await bring();
    expect(counts).toMatchObject({ experiments: 0, runs: 0, models: 0, registeredModels: 0, versions: 0, files: 0 });
    expect(await everything()).toEqual(before);
  });

  it('is refused where it is no such database', async () => {
    await expect(bring({ from: `sqlite:///${foreign}/none.db` })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(bring({ from: `sqlite:///${app.platform.config.dataDir}/millwright.db` })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(bring({ from: 'mysql://host/mlflow' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
};
