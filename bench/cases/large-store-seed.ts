import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/** Runs a statement, and answers its rows. */
export interface SeedTarget {
  kind: 'sqlite' | 'postgres';
  query(text: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export const sqliteTarget = (file: string): SeedTarget => {
  const connection = new DatabaseSync(file);
  connection.exec('pragma synchronous = off; pragma cache_size = -524288; pragma temp_store = memory');
  return {
    kind: 'sqlite',
    query: async (text) => connection.prepare(text).all(),
    close: async () => {
      connection.exec('pragma wal_checkpoint(truncate)');
      connection.close();
    },
  };
};

export const postgresTarget = async (url: string): Promise<SeedTarget> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("set synchronous_commit = off; set maintenance_work_mem = '512MB'");
  return {
    kind: 'postgres',
    query: async (text) => (await client.query<Record<string, unknown>>(text)).rows,
    close: async () => {
      await client.query('vacuum analyze');
      await client.end();
    },
  };
};

export interface LargeSize {
  runs: number;
  /** Points per metric, of which each run has five. */
  steps: number;
}
export const metrics = 5;
export const startedAtMs = 1_600_000_000_000;

const filled = ['runs', 'run_parameters', 'run_tags', 'run_metrics', 'metric_points'];

/** Indexes that no constraint needs: built at once afterwards, which takes a fifth of the time. */
const takeIndexes = async (target: SeedTarget): Promise<string[]> => {
  const among = filled.map((name) => `'${name}'`).join(', ');
  const found = await target.query(
    target.kind === 'sqlite'
      ? `select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name in (${among})`
      : `select indexname as name, indexdef as sql from pg_indexes where schemaname = current_schema() and tablename in (${among})
           and indexname not in (select conname from pg_constraint)`,
  );
  for (const { name } of found) await target.query(`drop index ${String(name)}`);
  return found.map(({ sql }) => String(sql));
};

/**
 * Written straight into the tables: runs in two experiments, nine of ten in the first, with five metrics, four or five
 * parameters and two tags each. What makes a search hard is among them: a parameter that a fortieth of the runs shares by
 * value, at all times (`p0`, `p1`) and in a row (`commit`); a metric that is the same for all (`epoch`); metrics that are
 * no number (one run in 97), runs that go on (one in 200), and keys that few lack (`p2`) or have (`rare`).
 */
export const seedLarge = async (
  target: SeedTarget,
  { first, second }: { first: number; second: number },
  { runs, steps }: LargeSize,
  say: (text: string) => void,
): Promise<void> => {
  const isSqlite = target.kind === 'sqlite';
  const count = (name: string, size: number): string =>
    isSqlite
      ? `${name}(n) as (select 0 union all select n + 1 from ${name} where n + 1 < ${size})`
      : `${name}(n) as (select n::bigint from generate_series(0, ${size - 1}) as series(n))`;
  const padded = (text: string, length: number) =>
    isSqlite ? `printf('%0${length}d', ${text})` : `lpad((${text})::text, ${length}, '0')`;
  const withRows = `with ${isSqlite ? 'recursive ' : ''}`;
  const number = '1000 + r.n';
  const experiment = `case r.n % 10 when 9 then ${second} else ${first} end`;
  const startedAt = `${startedAtMs} + r.n * 1000`;
  const value = '((r.n * 7919 + m.n * 31 + 104729) % 1000003) / 1000003.0';
  const parameter = `case p.n when 3 then 'c' || (r.n / ${Math.ceil(runs / 40)}) else '' || ((r.n * 31 + p.n) % 40) end`;
  const tag = "'value-' || (r.n % (10 + t.n))";
  const isNone = '(r.n + m.n) % 97 = 5';
  const entries = 'run, experiment, started_at, key, value, head, number_value';
  const statements: [string, string][] = [
    [
      'runs',
      // As identifiers are: 26 digits of base 32, of which the first is at most 7.
      `insert into runs (number, id, hex, project, experiment, name, status, started_at, ended_at, owner, user_id, note)
       ${withRows} ${count('r', runs)} select ${number}, 'run_01K' || ${padded('r.n', 23)}, ${padded('r.n', 32)}, 'default', ${experiment}, 'run-' || r.n,
         case when r.n % 200 = 0 then 'running' when r.n % 50 = 1 then 'failed' else 'finished' end, ${startedAt},
         case when r.n % 200 = 0 then null else ${startedAt} + (r.n * 7919) % 100003 end, '', 'user-' || (r.n % 20), '' from r`,
    ],
    [
      'parameters',
      `insert into run_parameters (${entries})
       ${withRows} ${count('r', runs)}, ${count('p', 5)} select ${number}, ${experiment}, ${startedAt},
         case p.n when 3 then 'commit' when 4 then 'rare' else 'p' || p.n end,
         ${parameter}, ${parameter},
         case p.n when 3 then null else (r.n * 31 + p.n) % 40 end
       from r cross join p where not (p.n = 2 and r.n % 1000 = 7) and not (p.n = 4 and r.n % 1000 <> 3)`,
    ],
    [
      'tags',
      `insert into run_tags (${entries})
       ${withRows} ${count('r', runs)}, ${count('t', 2)} select ${number}, ${experiment}, ${startedAt}, 't' || t.n, ${tag}, ${tag}, null from r cross join t`,
    ],
    [
      'metrics',
      `insert into run_metrics (series, run, experiment, started_at, key, points, last_value, last_special, last_step, last_at, min_value, max_value)
       ${withRows} ${count('r', runs)}, ${count('m', metrics)} select 1000000 + r.n * ${metrics} + m.n, ${number}, ${experiment}, ${startedAt},
         case m.n when 4 then 'epoch' else 'm' || m.n end, ${steps},
         case when m.n = 4 then 10 when ${isNone} then null else ${value} end, case when m.n < 4 and ${isNone} then 'NaN' end, ${steps - 1}, ${startedAt} + ${steps},
         case m.n when 4 then 1 else ${value} - ((r.n * 17) % 997) / 997.0 end, case m.n when 4 then 10 else ${value} + ((r.n * 13) % 1009) / 1009.0 end
       from r cross join m`,
    ],
    [
      'points',
      `insert into metric_points (series, at, step, value, special)
       ${withRows} ${count('s', runs * metrics)}, ${count('k', steps)} select 1000000 + s.n, ${startedAtMs} + k.n, k.n, (s.n * 31 + k.n) % 997, 0 from s cross join k`,
    ],
  ];
  const indexes = await takeIndexes(target);
  for (const [name, statement] of statements) {
    say(`writing ${name}`);
    await target.query(statement);
  }
  for (const index of indexes) {
    say(index.slice(0, 80));
    await target.query(index);
  }
  if (!isSqlite) for (const name of ['runs', 'run_metrics']) await target.query(catchUp(name));
  await target.query(
    `update experiments set run_count = (select count(*) from runs where runs.experiment = experiments.number)`,
  );
};

/** What gives out numbers goes on after those that were written. */
const catchUp = (table: string): string => {
  const column = table === 'runs' ? 'number' : 'series';
  return `select setval(pg_get_serial_sequence('${table}', '${column}'), (select max(${column}) from ${table}))`;
};
