import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '../../../../../scripts/testing/needs.ts';
import { systemClock } from '#platform/clock';
import { loadConfig } from '#platform/config';
import { sql } from '#platform/db';
import { createLog } from '#platform/log';
import { aPostgresSchema } from '#platform/testing';
import { createApp } from '../../app.ts';
import { aDataDir } from '../../testing/process.ts';
import { s3Config } from '../../testing/storages.ts';

const millwright = join(import.meta.dirname, '..', '..', '..', '..', 'cli', 'bin', 'millwright.mjs');
const dir = aDataDir();
const from = join(dir.path, 'mlruns');

const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(from, path)), { recursive: true });
  writeFileSync(join(from, path), text);
};

beforeAll(() => {
  put('1/meta.yaml', "experiment_id: '1'\nname: cards\ncreation_time: 5\nlifecycle_stage: active\n");
  for (const [index, letter] of ['a', 'b', 'c', 'd'].entries()) {
    const id = letter.repeat(32);
    const stage = letter === 'd' ? 'deleted' : 'active';
    put(`1/${id}/meta.yaml`, `run_name: ${letter}\nstatus: 3\nstart_time: 1\nend_time: 2\nlifecycle_stage: ${stage}\n`);
    put(`1/${id}/params/depth`, String(index));
    put(
      `1/${id}/metrics/loss`,
      Array.from({ length: 500 }, (_, step) => `${step} ${1 / (step + 1)} ${step}\n`).join(''),
    );
    put(`1/${id}/artifacts/notes.txt`, `of ${letter}`);
    if (letter !== 'd') put(`1/${id}/tags/mlflow.parentRunId`, 'c'.repeat(32));
    put(`1/${id}/inputs/i/meta.yaml`, 'source_type: DATASET\nsource_id: x\ntags: {mlflow.data.context: train}\n');
  }
  put('1/datasets/x/meta.yaml', 'name: cards\ndigest: d1\nsource_type: local\nsource: "{}"\n');
  put('models/fraud/meta.yaml', 'name: fraud\ndescription: text\n');
  for (const version of [1, 2, 3])
    put(
      `models/fraud/version-${version}/meta.yaml`,
      `version: ${version}\nsource: runs:/${'a'.repeat(32)}/notes.txt\ncurrent_stage: ${version === 2 ? 'Deleted_Internal' : 'Staging'}\n`,
    );
  put('models/fraud/aliases/champion', '3');
});
afterAll(() => dir.remove());

interface Place {
  dataDir: string;
  flags?: Record<string, string>;
  env?: Record<string, string>;
}

const bring = async (place: Place, failurePoint?: string): Promise<string> => {
  const flags = [
    'import',
    'mlruns',
    '--from',
    from,
    '--data-dir',
    place.dataDir,
    ...Object.entries(place.flags ?? {}).flat(),
  ];
  const env = {
    ...place.env,
    PATH: String(process.env['PATH']),
    ...(failurePoint ? { MILLWRIGHT_FAILURE_POINT: failurePoint } : {}),
  };
  const done = promisify(execFile)(process.execPath, [millwright, ...flags], { env });
  return done.then(
    ({ stdout }) => stdout,
    (error: { signal: string | null; stderr: string }) => {
      if (error.signal !== 'SIGKILL') throw new Error(error.stderr);
      return 'killed';
    },
  );
};

/** All that was imported, without ids given out here and times of the import. */
const contents = async ({ dataDir, flags, env = {} }: Place) => {
  const { config } = loadConfig({ flags: { '--data-dir': dataDir, '--port': '0', ...flags }, env });
  const log = createLog({ level: 'error', clock: systemClock, write: () => undefined });
  const app = await createApp({ config, log, staticDir: null });
  const { db } = app.platform.database;
  const rows = async (text: string) => (await sql.raw(text).execute(db)).rows;
  const found = {
    experiments: await rows('select name, run_count from experiments order by name'),
    runs: await rows(
      'select id, name, status, parent_run_id, started_at, ended_at, case when deleted_at is null then 1 else 0 end as here from runs order by id',
    ),
    parameters: await rows(
      'select runs.id, key, value from run_parameters join runs on runs.number = run order by 1, 2',
    ),
    tags: await rows('select runs.id, key, value from run_tags join runs on runs.number = run order by 1, 2'),
    points: await rows(
      'select runs.id, key, step, at, value from metric_points join run_metrics using (series) join runs on runs.number = run order by 1, 2, 3',
    ),
    files: await rows('select root, path, digest from artifacts order by 1, 2'),
    inputs: await rows(
      'select runs.id, input_datasets.name, context from run_inputs join runs on runs.number = run join input_datasets on input_datasets.number = dataset order by 1',
    ),
    versions: await rows(
      'select number, source, stage, case when deleted_at is null then 1 else 0 end as here from model_versions order by number',
    ),
    aliases: await rows(
      'select alias, number from model_aliases join model_versions on model_versions.id = version_id order by 1',
    ),
    modelTags: await rows('select key, value from model_tags order by key'),
  };
  await app.close();
  return found;
};

/** Answers how often it was killed. */
const bringKilledOften = async (place: Place, passages: readonly number[]): Promise<number> => {
  let kills = 0;
  for (const passage of passages) {
    if ((await bring(place, `change.after-commit:${passage}`)) !== 'killed') break;
    kills += 1;
    if ((await bring(place, 'change.before-commit:2')) !== 'killed') break;
    kills += 1;
  }
  return kills;
};

let expected: Awaited<ReturnType<typeof contents>>;
beforeAll(async () => {
  const whole = { dataDir: join(dir.path, 'whole') };
  expect(await bring(whole)).toContain('4 runs');
  expected = await contents(whole);
  expect(expected.points).toHaveLength(2000);
  expect(expected.versions).toHaveLength(3);
});

it('is completed by the next import, wherever the one before was killed', async () => {
  const torn = { dataDir: join(dir.path, 'torn') };
  expect(await bringKilledOften(torn, [3, 2, 5, 4, 3, 7, 2, 6])).toBeGreaterThan(8);
  await bring(torn);
  expect(await contents(torn)).toEqual(expected);
}, 120_000);

needs('postgres', 's3')('into PostgreSQL and S3', () => {
  it('is completed by the next import as well', async () => {
    const torn = {
      dataDir: join(dir.path, 'elsewhere'),
      flags: s3Config('import-kill'),
      env: { MILLWRIGHT_DATABASE_URL: await aPostgresSchema(), MILLWRIGHT_INSTANCE_SECRET: 'test' },
    };
    expect(await bringKilledOften(torn, [3, 6])).toBe(4);
    await bring(torn);
    expect(await contents(torn)).toEqual(expected);
  }, 120_000);
});
