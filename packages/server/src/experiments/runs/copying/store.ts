import { type Db, isAmong, sql } from '#platform/db';
import { nothing } from '../../metrics/adding.ts';
import { fromStored, type Int64, type MetricState } from '../../metrics/metric.ts';
import { updateSeries } from '../../metrics/store.ts';
import type { ExperimentsTables } from '../../tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

export interface Weight {
  datasetVersionId: string | null;
  /** Points and files: what may be too much for one transaction. */
  rows: number;
}

/** What there is to copy of runs, by their numbers. */
export const weigh = async (db: Db, project: string, runs: readonly number[]): Promise<Map<number, Weight>> => {
  const { rows } = await sql<{ number: number; version: string | null; points: number; files: number }>`
    select number, dataset_version_id as version,
      (select coalesce(sum(points), 0) from run_metrics where run = runs.number) as points,
      (select count(*) from artifacts where project = ${project} and root = runs.id) as files
    from runs where ${isAmong(db, 'number', runs)}`.execute(db);
  return new Map(
    rows.map((row) => [row.number, { datasetVersionId: row.version, rows: Number(row.points) + Number(row.files) }]),
  );
};

export interface Copied {
  from: { number: number; id: string };
  to: { number: number; id: string };
  /** The number of the experiment of the copy. */
  experiment: number;
  project: string;
}

const big = (value: number) => sql`cast(${value} as bigint)`;

/** Parameters, tags, metrics as they are now, and links; points and files follow piece by piece. */
export const beginCopy = async (db: Db, { from, to, experiment, project }: Copied, now: number): Promise<void> => {
  for (const table of ['run_parameters', 'run_tags'])
    await sql`insert into ${sql.table(table)} (run, experiment, started_at, key, value, head, number_value)
      select ${big(to.number)}, ${big(experiment)}, (select runs.started_at from runs where runs.number = ${to.number}), key, value, head, number_value from ${sql.table(table)}
      where run = ${from.number}`.execute(db);
  await sql`
    insert into run_metrics (run, experiment, started_at, key, points, last_value, last_special, last_step, last_at, min_value, max_value)
    select ${big(to.number)}, ${big(experiment)}, (select runs.started_at from runs where runs.number = ${to.number}), key, points, last_value, last_special, last_step, last_at, min_value, max_value
    from run_metrics where run = ${from.number}`.execute(db);
  await sql`
    insert into series_copies (run, target, source, points)
    select made.run, made.series, old.series, old.points from run_metrics as made
    inner join run_metrics as old on old.key = made.key
    where made.run = ${to.number} and old.run = ${from.number}`.execute(db);
  await sql`
    insert into run_inputs (run, dataset, context) select ${big(to.number)}, dataset, context from run_inputs
    where run = ${from.number} order by number`.execute(db);
  await sql`
    insert into run_input_tags (input, key, value)
    select made.number, tag.key, tag.value from run_inputs as old
    inner join run_inputs as made on made.dataset = old.dataset and made.run = ${to.number}
    inner join run_input_tags as tag on tag.input = old.number where old.run = ${from.number}`.execute(db);
  await sql`
    insert into run_models (run, direction, model, step) select ${big(to.number)}, direction, model, step from run_models
    where run = ${from.number} order by number`.execute(db);
  await tables(db)
    .insertInto('run_copies')
    .values({ run: to.number, id: to.id, source_id: from.id, project, begun_at: now, files_after: '' })
    .execute();
};

/** Ids of the data sets a run reads, and of the logged models. */
export const readSources = async (db: Db, run: number): Promise<{ datasets: string[]; models: string[] }> => {
  const datasets = await tables(db)
    .selectFrom('run_inputs')
    .innerJoin('input_datasets', 'input_datasets.number', 'run_inputs.dataset')
    .select('input_datasets.id')
    .where('run_inputs.run', '=', run)
    .execute();
  const models = await tables(db)
    .selectFrom('run_models')
    .innerJoin('logged_models', 'logged_models.id', 'run_models.model')
    .select('logged_models.id')
    .where('run_models.run', '=', run)
    .where('run_models.direction', '=', 'input')
    .execute();
  return { datasets: datasets.map(({ id }) => id), models: models.map(({ id }) => id) };
};

export type RunCopy = ExperimentsTables['run_copies'];

/** Those that began first; or a certain one. */
export const nextCopy = async (db: Db, run?: number): Promise<RunCopy | null> => {
  const query = tables(db).selectFrom('run_copies').selectAll().orderBy('run').limit(1);
  return (await (run === undefined ? query : query.where('run', '=', run)).executeTakeFirst()) ?? null;
};

/** Those of the runs that are being copied. */
export const copiedNow = async (db: Db, ids: readonly string[]): Promise<string[]> => {
  const rows = await tables(db)
    .selectFrom('run_copies')
    .select('source_id')
    .where(isAmong(db, 'source_id', ids))
    .execute();
  return rows.map((row) => row.source_id);
};

export const endCopy = async (db: Db, run: number): Promise<void> => {
  await tables(db).deleteFrom('series_copies').where('run', '=', run).execute();
  await tables(db).deleteFrom('run_copies').where('run', '=', run).execute();
};

/** The next files, in the order of their paths. Their contents are shared. Answers how many. */
export const copyFiles = async (db: Db, copy: RunCopy, limit: number): Promise<number> => {
  const paths = await tables(db)
    .selectFrom('artifacts')
    .select('path')
    .where('project', '=', copy.project)
    .where('root', '=', copy.source_id)
    .where('path', '>', copy.files_after ?? '')
    .orderBy('path')
    .limit(limit)
    .execute();
  const last = paths.at(-1)?.path;
  if (last !== undefined)
    await sql`
      insert into artifacts (project, root, path, digest, size_bytes, media_type, created_at)
      select project, ${copy.id}, path, digest, size_bytes, media_type, created_at from artifacts
      where project = ${copy.project} and root = ${copy.source_id} and path > ${copy.files_after ?? ''}
        and path <= ${last}
      on conflict do nothing`.execute(db);
  const filesAfter = paths.length < limit ? null : (last as string);
  await tables(db).updateTable('run_copies').set({ files_after: filesAfter }).where('run', '=', copy.run).execute();
  return paths.length;
};

type SeriesCopy = ExperimentsTables['series_copies'];
const seriesPerPiece = 500;

/** Points of the next metrics: of several short ones, or a part of a long one. Answers how many rows, 0 at the end. */
export const copyPoints = async (db: Db, run: number, limit: number): Promise<number> => {
  const waiting = await tables(db)
    .selectFrom('series_copies')
    .selectAll()
    .where('run', '=', run)
    .orderBy('target')
    .limit(seriesPerPiece)
    .execute();
  const [first] = waiting;
  if (!first) return 0;
  if (first.points > limit && (await copyPart(db, first, limit))) return limit;
  const whole: SeriesCopy[] = [];
  let rows = 0;
  for (const one of waiting) {
    if (rows > 0 && rows + one.points + 1 > limit) break;
    rows += (one === first && first.points > limit ? 0 : one.points) + 1;
    whole.push(one);
    if (one === first && first.points > limit) break;
  }
  await copyRest(db, run, whole);
  return rows;
};

/** Whether there was a whole part; what is less than one is left to the end. */
const copyPart = async (db: Db, series: SeriesCopy, limit: number): Promise<boolean> => {
  const after = isAfterLast(series);
  const { rows } = await sql<{ at: Int64; step: Int64; value: number; special: number }>`
    select at, step, value, special from metric_points where series = ${series.source} ${after}
    order by at, step, value, special limit 1 offset ${limit - 1}`.execute(db);
  const [last] = rows;
  if (!last) return false;
  await sql`
    insert into metric_points (series, at, step, value, special)
    select ${big(series.target)}, at, step, value, special from metric_points where series = ${series.source} ${after}
      and (at, step, value, special) <= (${last.at}, ${last.step}, ${last.value}, ${last.special})
    on conflict do nothing`.execute(db);
  await tables(db)
    .updateTable('series_copies')
    .set({ at: last.at, step: last.step, value: last.value, special: last.special })
    .where('run', '=', series.run)
    .where('target', '=', series.target)
    .execute();
  return true;
};

const isAfterLast = ({ at, step, value, special }: SeriesCopy) =>
  at === null ? sql`` : sql`and (at, step, value, special) > (${at}, ${step}, ${value}, ${special})`;

/** Ends metrics: their last points, and those that somebody added on either side meanwhile. */
const copyRest = async (db: Db, run: number, series: readonly SeriesCopy[]): Promise<void> => {
  const [first] = series as [SeriesCopy];
  const targets = series.map(({ target }) => target);
  if (first.at !== null) await copyAll(db, first, isAfterLast(first));
  else
    await sql`
      insert into metric_points (series, at, step, value, special)
      select copy.target, point.at, point.step, point.value, point.special
      from series_copies as copy inner join metric_points as point on point.series = copy.source
      where copy.run = ${run} and ${isAmong(db, 'copy.target', targets)}
      on conflict do nothing`.execute(db);
  const { rows: changed } = await sql<{ target: number }>`
    select copy.target from series_copies as copy
    inner join run_metrics as old on old.series = copy.source inner join run_metrics as made on made.series = copy.target
    where copy.run = ${run} and ${isAmong(db, 'copy.target', targets)}
      and (old.points <> copy.points or made.points <> copy.points)`.execute(db);
  for (const { target } of changed) {
    await copyAll(db, series.find((one) => one.target === target) as SeriesCopy, sql``);
    await updateSeries(db, 'run_metrics', [{ series: target, ...(await stateOf(db, target)) }]);
  }
  await tables(db)
    .deleteFrom('series_copies')
    .where('run', '=', run)
    .where(isAmong(db, 'target', targets))
    .execute();
};

const copyAll = async (db: Db, { source, target }: SeriesCopy, after: ReturnType<typeof sql>): Promise<void> => {
  await sql`
    insert into metric_points (series, at, step, value, special)
    select ${big(target)}, at, step, value, special from metric_points where series = ${source} ${after}
    on conflict do nothing`.execute(db);
};

/** What is known of a metric, from its points. */
const stateOf = async (db: Db, series: number): Promise<MetricState> => {
  const { rows } = await sql<{ points: number; min: number | null; max: number | null }>`
    select count(*) as points, min(case when special = 0 then value end) as min, max(case when special = 0 then value end) as max
    from metric_points where series = ${series}`.execute(db);
  const last = await sql<{ at: Int64; step: Int64; value: number; special: number }>`
    select at, step, value, special from metric_points where series = ${series}
    order by step desc, at desc, case special when 2 then 2 when 0 then 1 when 3 then 0 else -1 end desc, value desc
    limit 1`.execute(db);
  const [latest] = last.rows;
  const [all] = rows;
  return {
    points: Number(all?.points ?? 0),
    min: all?.min ?? null,
    max: all?.max ?? null,
    last: latest ? fromStored(latest) : 'NaN',
    lastStep: latest?.step ?? nothing.lastStep,
    lastAt: latest?.at ?? 0,
  };
};
