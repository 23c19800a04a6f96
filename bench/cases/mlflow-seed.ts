import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

export interface SeedSize {
  runs: number;
  /** Of each of the five metrics. */
  steps: number;
}

const params = 10;
const metrics = 5;
const tags = 4;
const startedAtMs = 1_600_000_000_000;

/** The same numbers as the SQL below. */
const valueOf = (run: number, metric: number, step: number): number =>
  ((run * 7919 + metric * 31 + step * 104_729) % 1_000_003) / 1_000_003;

/** The rows of MLflow's tables, in order. */
function* rowsOf(experiment: string, size: SeedSize): Generator<[table: string, row: (string | number | boolean)[]]> {
  for (let run = 0; run < size.runs; run++) {
    const id = hexOf(run);
    const [at, uri] = [startedAtMs + run, `mlflow-artifacts:/${experiment}/${id}/artifacts`];
    yield [
      'runs',
      [id, `run-${run}`, 'UNKNOWN', '', '', '', 'FINISHED', at, at + 1000, '', 'active', uri, Number(experiment)],
    ];
    for (let index = 0; index < params; index++) yield ['params', [`p${index}`, `value-${(run + index) % 10}`, id]];
    for (let index = 0; index < tags; index++) yield ['tags', [`t${index}`, `value-${(run + index) % 10}`, id]];
    for (let metric = 0; metric < metrics; metric++) {
      for (let step = 0; step < size.steps; step++)
        yield ['metrics', [`m${metric}`, valueOf(run, metric, step), startedAtMs + step, id, step, false]];
      const last = size.steps - 1;
      yield ['latest_metrics', [`m${metric}`, valueOf(run, metric, last), startedAtMs + last, last, false, id]];
    }
  }
}

const hexOf = (run: number): string => (run + 1).toString(16).padStart(32, '0');

const columnsOf: Record<string, string> = {
  runs: 'run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version, lifecycle_stage, artifact_uri, experiment_id',
  params: 'key, value, run_uuid',
  tags: 'key, value, run_uuid',
  metrics: 'key, value, timestamp, run_uuid, step, is_nan',
  latest_metrics: 'key, value, timestamp, step, is_nan, run_uuid',
};

/** Rows of one table that are sent at once. */
const rowsPerStatement = 5000;

/** The seed written straight into the tables of MLflow's database, in an experiment that is there. Answers a run's id. */
export const seedMlflow = async (
  database: { sqlite: string } | { postgres: string },
  experiment: string,
  size: SeedSize,
): Promise<string> => {
  if ('sqlite' in database) seedSqlite(database.sqlite, experiment, size);
  else await seedPostgres(database.postgres, experiment, size);
  return hexOf(size.runs / 2);
};

const seedSqlite = (file: string, experiment: string, size: SeedSize): void => {
  const connection = new DatabaseSync(file, { timeout: 60_000 });
  connection.exec('begin');
  const inserts = new Map(
    Object.entries(columnsOf).map(([table, columns]) => [
      table,
      connection.prepare(`insert into ${table} (${columns}) values (${columns.replaceAll(/\w+/g, '?')})`),
    ]),
  );
  for (const [table, row] of rowsOf(experiment, size))
    inserts.get(table)?.run(...row.map((value) => (typeof value === 'boolean' ? Number(value) : value)));
  connection.exec('commit; analyze');
  connection.close();
};

const seedPostgres = async (url: string, experiment: string, size: SeedSize): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('begin');
  const waiting = new Map<string, (string | number | boolean)[][]>();
  const send = async (table: string, rows: readonly (string | number | boolean)[][]): Promise<void> => {
    const names = (columnsOf[table] as string).split(', ');
    const objects = rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
    await client.query(
      `insert into ${table} (${columnsOf[table]}) select ${columnsOf[table]} from json_populate_recordset(null::${table}, $1::json)`,
      [JSON.stringify(objects)],
    );
  };
  for (const [table, row] of rowsOf(experiment, size)) {
    const rows = waiting.get(table) ?? [];
    rows.push(row);
    waiting.set(table, rows);
    if (rows.length < rowsPerStatement) continue;
    // What others refer to comes first.
    if (table !== 'runs') await send('runs', waiting.get('runs')?.splice(0) ?? []);
    await send(table, rows.splice(0));
  }
  for (const table of Object.keys(columnsOf)) await send(table, waiting.get(table) ?? []);
  await client.query('commit');
  await client.query('analyze');
  await client.end();
};

const atOnce = 8;

/** The same through the wire. Answers a run's id. */
export const seedThroughWire = async (
  post: (route: string, body: object) => Promise<unknown>,
  experiment: string,
  { runs, steps }: SeedSize,
): Promise<string> => {
  let next = 0;
  let middle = '';
  const work = async (): Promise<void> => {
    for (let run = next++; run < runs; run = next++) {
      const reply = (await post('runs/create', {
        experiment_id: experiment,
        start_time: startedAtMs + run,
        run_name: `run-${run}`,
        tags: Array.from({ length: tags }, (_, index) => ({ key: `t${index}`, value: `value-${(run + index) % 10}` })),
      })) as { run: { info: { run_id: string } } };
      const { run_id } = reply.run.info;
      await post('runs/log-batch', {
        run_id,
        params: Array.from({ length: params }, (_, index) => ({
          key: `p${index}`,
          value: `value-${(run + index) % 10}`,
        })),
        metrics: Array.from({ length: metrics * steps }, (_, index) => {
          const [metric, step] = [index % metrics, Math.floor(index / metrics)];
          return { key: `m${metric}`, value: valueOf(run, metric, step), timestamp: startedAtMs + step, step };
        }),
      });
      await post('runs/update', { run_id, status: 'FINISHED', end_time: startedAtMs + run + 1000 });
      if (run === runs / 2) middle = run_id;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return middle;
};
