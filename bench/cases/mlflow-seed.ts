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

/** The seed written straight into the tables of MLflow's database, in an experiment that is there. Answers a run's id. */
export const seedMlflow = async (
  database: { sqlite: string } | { postgres: string },
  experiment: string,
  { runs, steps }: SeedSize,
): Promise<string> => {
  const hex = 'sqlite' in database ? "printf('%032x', i + 1)" : "lpad(to_hex(i + 1), 32, '0')";
  const upTo = (name: string, count: number) =>
    `${name}(${name[0]}) as (select 0 union all select ${name[0]} + 1 from ${name} where ${name[0]} + 1 < ${count})`;
  const value = (step: string) => `((i * 7919 + j * 31 + ${step} * 104729) % 1000003) / 1000003.0`;
  const all = `with recursive ${upTo('ids', runs)}, ${upTo('jobs', metrics)}, ${upTo('keys', steps)}`;
  const of = (count: number) => `with recursive ${upTo('ids', runs)}, ${upTo('jobs', count)}`;
  const statements = [
    `insert into runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time, source_version, lifecycle_stage, artifact_uri, experiment_id)
     with recursive ${upTo('ids', runs)} select ${hex}, 'run-' || i, 'UNKNOWN', '', '', '', 'FINISHED', ${startedAtMs} + i, ${startedAtMs} + i + 1000, '', 'active',
       'mlflow-artifacts:/${experiment}/' || ${hex} || '/artifacts', ${experiment} from ids`,
    `insert into params (key, value, run_uuid) ${of(params)} select 'p' || j, 'value-' || ((i + j) % 10), ${hex} from ids, jobs`,
    `insert into tags (key, value, run_uuid) ${of(tags)} select 't' || j, 'value-' || ((i + j) % 10), ${hex} from ids, jobs`,
    `insert into metrics (key, value, timestamp, run_uuid, step, is_nan) ${all}
     select 'm' || j, ${value('k')}, ${startedAtMs} + k, ${hex}, k, false from ids, jobs, keys`,
    `insert into latest_metrics (key, value, timestamp, step, is_nan, run_uuid) ${of(metrics)}
     select 'm' || j, ${value(`${steps - 1}`)}, ${startedAtMs} + ${steps - 1}, ${steps - 1}, false, ${hex} from ids, jobs`,
  ];
  if ('sqlite' in database) {
    const connection = new DatabaseSync(database.sqlite, { timeout: 60_000 });
    connection.exec(`begin; ${statements.join('; ')}; commit; analyze`);
    connection.close();
  } else {
    const client = new pg.Client({ connectionString: database.postgres });
    await client.connect();
    for (const statement of ['begin', ...statements, 'commit', 'analyze']) await client.query(statement);
    await client.end();
  }
  return (runs / 2 + 1).toString(16).padStart(32, '0');
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
