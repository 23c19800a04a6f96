import type { Filter, Page } from '@millwright/contract';
import type { RawBuilder } from 'kysely';
import {
  compileFilter,
  type Db,
  decodeCursor,
  type FilterField,
  isAfter,
  kindOf,
  orderBy,
  type OrderTerm,
  pageFrom,
  sql,
  termColumns,
  type TermRow,
  termValues,
} from '#platform/db';
import { fail } from '#platform/errors';
import type { DatasetChoice, LoggedModel } from '../logged-model.ts';
import { completeModels, type ModelRow } from '../store.ts';

type Sql = RawBuilder<unknown>;

/** `path`: the name of a column (`createdAt`), or `metrics` and the key; of a metric on certain data only: `dataset`. */
export interface ModelOrder {
  path: readonly string[];
  descending: boolean;
  dataset?: Partial<DatasetChoice> | undefined;
}

export interface ModelSearch {
  project: string;
  /** Numbers. */
  experiments: readonly number[];
  filter: Filter | null;
  /** Then the newest first. What has no value comes last in either direction. */
  order: readonly ModelOrder[];
  /** Only metrics on one of these; without a condition on a metric: only models with any metric on one of these. */
  datasets: readonly DatasetChoice[];
  limit: number;
  cursor?: string | undefined;
}

const isOn = (alias: string, { name, digest }: Partial<DatasetChoice>): Sql => {
  const conditions: Sql[] = [];
  if (name !== undefined) conditions.push(sql`${sql.ref(`${alias}.dataset_name`)} = ${name}`);
  if (digest !== undefined) conditions.push(sql`${sql.ref(`${alias}.dataset_digest`)} = ${digest}`);
  return conditions.length === 0 ? sql`1 = 1` : sql`(${sql.join(conditions, sql` and `)})`;
};
const isOnAny = (alias: string, datasets: readonly DatasetChoice[]): Sql =>
  datasets.length === 0
    ? sql`1 = 1`
    : sql`(${sql.join(
        datasets.map((dataset) => isOn(alias, dataset)),
        sql` or `,
      )})`;

/** NaN below every number, as among the points of one metric. */
const rank = (alias: string): Sql => sql`coalesce(${sql.ref(`${alias}.last_value`)}, -1.7976931348623157e308)`;
const age = (alias: string): Sql =>
  sql`${sql.ref(`${alias}.last_step`)} desc, ${sql.ref(`${alias}.last_at`)} desc, ${rank(alias)} desc`;

/** A model may be measured by several runs and on several data sets: what counts is the latest of all. */
const latestOf = (key: string, on: Sql): Sql => sql`(
  select latest.series from logged_model_metrics as latest
  where latest.model = logged_models.number and latest.key = ${key} and ${on} order by ${age('latest')} limit 1)`;

const entriesIn = (table: 'logged_model_parameters' | 'logged_model_tags'): FilterField => ({
  entry: (path, test) => sql`exists (
    select 1 from ${sql.table(table)} as entry where entry.model = logged_models.number and entry.key = ${path.join('.')}
    and ${test({ text: sql`entry.value` })})`,
});

const fieldsFor = (datasets: readonly DatasetChoice[]): Record<string, FilterField> => ({
  id: { column: { text: sql`logged_models.id` } },
  name: { column: { text: sql`logged_models.name` } },
  status: { column: { text: sql`logged_models.status` } },
  modelType: { column: { text: sql`logged_models.model_type` } },
  sourceRunId: { column: { text: sql`logged_models.source_run_id` } },
  owner: { column: { text: sql`logged_models.owner` } },
  createdAt: { column: { number: sql`logged_models.created_at` } },
  updatedAt: { column: { number: sql`logged_models.updated_at` } },
  parameters: entriesIn('logged_model_parameters'),
  tags: entriesIn('logged_model_tags'),
  metrics: {
    entry: (path, test) => sql`exists (
      select 1 from logged_model_metrics as metric
      where metric.series = ${latestOf(path.join('.'), isOnAny('latest', datasets))}
      and ${test({
        number: sql`case when metric.last_special is null then metric.last_value end`,
        special: sql`metric.last_special`,
      })})`,
  },
});

const namesMetric = (filter: Filter | null): boolean => {
  if (filter === null) return false;
  if ('parts' in filter) return filter.parts.some(namesMetric);
  return 'part' in filter ? namesMetric(filter.part) : filter.path[0] === 'metrics';
};

const columns: Record<string, Sql> = {
  id: sql`logged_models.id`,
  name: sql`logged_models.name`,
  // In the order of a model's life.
  status: sql`case logged_models.status when 'pending' then 1 when 'ready' then 2 else 3 end`,
  modelType: sql`logged_models.model_type`,
  sourceRunId: sql`logged_models.source_run_id`,
  createdAt: sql`logged_models.created_at`,
  updatedAt: sql`logged_models.updated_at`,
};

const termsOf = ({ path, descending, dataset = {} }: ModelOrder, datasets: readonly DatasetChoice[]): OrderTerm[] => {
  const [first = '', ...rest] = path;
  if (rest.length === 0 && Object.hasOwn(columns, first)) return [{ sql: columns[first] as Sql, descending }];
  if (first !== 'metrics' || rest.length === 0)
    return fail('INVALID_FILTER', `Logged models cannot be ordered by '${path.join('.')}'.`);
  const on = sql`${isOnAny('latest', datasets)} and ${isOn('latest', dataset)}`;
  const value = sql`(select last_value from logged_model_metrics where series = ${latestOf(rest.join('.'), on)})`;
  return [
    { sql: sql`case when ${value} is null then 1 else 0 end`, descending: false },
    { sql: sql`coalesce(${value}, 0)`, descending },
  ];
};

type FoundRow = ModelRow & TermRow;

/** Without the trash. */
export const searchModels = async (db: Db, search: ModelSearch): Promise<Page<LoggedModel>> => {
  const { datasets, experiments, limit } = search;
  const terms = [
    ...search.order.flatMap((order) => termsOf(order, datasets)),
    { sql: sql`logged_models.created_at`, descending: true },
    { sql: sql`logged_models.id`, descending: false },
  ];
  const conditions: Sql[] = [
    sql`logged_models.project = ${search.project}`,
    sql`logged_models.deleted_at is null`,
    sql`logged_models.experiment in (${sql.join(experiments.length === 0 ? [sql`null`] : experiments)})`,
  ];
  if (search.filter) conditions.push(compileFilter(search.filter, fieldsFor(datasets), kindOf(db)));
  if (datasets.length > 0 && !namesMetric(search.filter))
    conditions.push(sql`exists (
      select 1 from logged_model_metrics as measured
      where measured.model = logged_models.number and ${isOnAny('measured', datasets)})`);
  const after = decodeCursor(search.cursor);
  if (after !== null) conditions.push(isAfter(terms, after));
  const { rows } = await sql<FoundRow>`
    select logged_models.*, ${termColumns(terms)}
    from logged_models where ${sql.join(conditions, sql` and `)}
    order by ${orderBy(terms)}
    limit ${limit + 1}`.execute(db);
  const { items, nextCursor } = pageFrom(
    rows,
    limit,
    (row) => termValues(terms, row),
    (row) => row,
  );
  return { items: await completeModels(db, items), nextCursor };
};
