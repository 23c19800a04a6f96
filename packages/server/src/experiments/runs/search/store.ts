import type { Page } from '@millwright/contract';
import { fail } from '#platform/errors';
import {
  type Db,
  decodeCursor,
  isAfter,
  orderBy,
  type OrderTerm,
  pageFrom,
  sql,
  termColumns,
  type TermRow,
  termValues,
} from '#platform/db';
import type { BestValues } from '../../metrics/metric.ts';
import { conditionsOf, type RunSelection, sourceOf } from '../selection/store.ts';

type Sql = ReturnType<typeof sql>;

/** `path`: the name of a column (`startedAt`), or of an entry (`metrics`, `val`, `loss`). */
export interface RunOrder {
  path: readonly string[];
  descending: boolean;
  /** Parameters and tags that read as numbers by their size, before those that do not. */
  numeric?: boolean;
  /** `metrics.auc.min` is the least value of `auc`, unless a run has a metric of that very name. */
  summaries?: boolean;
  /** The character where it was asked for. */
  at?: number;
}

export interface RunSearch extends RunSelection {
  /** Then the newest first. What has no value comes last in either direction, NaN before it. */
  order?: readonly RunOrder[];
  limit: number;
  cursor?: string | undefined;
}

/** A run that was found: at a revision, which moves with everything that belongs to the run. */
export interface FoundRun {
  number: number;
  revision: number;
}

const columns: Record<string, Sql> = {
  id: sql`runs.id`,
  name: sql`runs.name`,
  status: sql`runs.status`,
  userId: sql`runs.user_id`,
  owner: sql`runs.owner`,
  startedAt: sql`runs.started_at`,
  experiment: sql`experiments.name`,
  note: sql`runs.note`,
};
/** Of a run that goes on: how long it took is not known yet. */
const nullable: Record<string, Sql> = {
  endedAt: sql`runs.ended_at`,
  durationMs: sql`runs.ended_at - runs.started_at`,
};

/** Whether a path asks for the least or the greatest value of a metric. */
const summaryOf = (path: readonly string[], best: BestValues): 'min' | 'max' | null => {
  if (path[0] !== 'metrics' || path.length < 3) return null;
  const last = path.at(-1);
  if (last === 'best') return best.get(path.slice(1, -1).join('.')) ?? null;
  return last === 'min' || last === 'max' ? last : null;
};

interface Ordering {
  joins: Sql[];
  terms: OrderTerm[];
}

/** Every order as plain terms without nulls, so that the last row of a page says where the next one begins. */
const orderingOf = (order: readonly RunOrder[], best: BestValues): Ordering => {
  const joins: Sql[] = [];
  const terms: OrderTerm[] = [];
  for (const [index, { path, descending, numeric = false, summaries = false }] of order.entries()) {
    const [first = '', ...rest] = path;
    if (rest.length === 0) {
      const column = Object.hasOwn(columns, first) ? columns[first] : undefined;
      const open = Object.hasOwn(nullable, first) ? nullable[first] : undefined;
      if (column) terms.push({ sql: column, descending });
      else if (open) {
        terms.push({ sql: sql`case when ${open} is null then 1 else 0 end`, descending: false });
        terms.push({ sql: sql`coalesce(${open}, 0)`, descending });
      } else return fail('INVALID_FILTER', `Runs cannot be ordered by '${path.join('.')}'.`);
      continue;
    }
    const name = `order_${index}`;
    const alias = sql.ref(name);
    const key = rest.join('.');
    const part = summaries ? summaryOf(path, best) : null;
    const of = (table: string, as = alias, wanted = key) =>
      sql`left join ${sql.table(table)} as ${as} on ${as}.run = runs.number and ${as}.key = ${wanted}`;
    const column = (own: string) => sql.ref(`${name}.${own}`);
    if (first === 'metrics') {
      joins.push(of('run_metrics'));
      let [value, isThere] = [column('last_value'), sql`${column('series')} is not null`];
      if (part !== null) {
        const whole = sql.ref(`${name}_whole`);
        joins.push(of('run_metrics', whole, rest.slice(0, -1).join('.')));
        const least = sql.ref(`${name}_whole.${part}_value`);
        value = sql`case when ${isThere} then ${value} else ${least} end`;
        isThere = sql`(${isThere} or ${sql.ref(`${name}_whole.series`)} is not null)`;
      }
      const isNumber = sql`${value} is not null`;
      terms.push({
        sql: sql`case when ${isNumber} then 0 when ${isThere} then 1 else 2 end`,
        descending: false,
      });
      terms.push({ sql: sql`coalesce(${value}, 0)`, descending });
    } else if (first === 'parameters' || first === 'tags') {
      joins.push(of(first === 'tags' ? 'run_tags' : 'run_parameters'));
      const [value, number] = [column('value'), column('number_value')];
      if (numeric) {
        const rank = sql`case when ${number} is not null then 0 when ${value} is not null then 1 else 2 end`;
        terms.push({ sql: rank, descending: false }, { sql: sql`coalesce(${number}, 0)`, descending });
      } else terms.push({ sql: sql`case when ${value} is null then 1 else 0 end`, descending: false });
      terms.push({ sql: sql`coalesce(${value}, '')`, descending });
    } else fail('INVALID_FILTER', `Runs cannot be ordered by '${path.join('.')}'.`);
  }
  terms.push({ sql: sql`runs.started_at`, descending: true }, { sql: sql`runs.id`, descending: false });
  return { joins, terms };
};

type FoundRow = FoundRun & TermRow;

const columnsOf = (terms: readonly OrderTerm[]): Sql => sql`runs.number, runs.revision, ${termColumns(terms)}`;

/**
 * Runs with a number for the metric that leads the order, walked in the order of that metric's index: the first page
 * costs the same however many runs there are. Null where it cannot be walked.
 */
const walkMetric = async (
  db: Db,
  search: RunSearch,
  ordering: Ordering,
  after: readonly (string | number)[] | null,
): Promise<FoundRow[] | null> => {
  const [lead] = search.order ?? [];
  if (lead?.path[0] !== 'metrics' || lead.path.length < 2 || search.experiments?.length !== 1) return null;
  // The index is of last values.
  if (lead.summaries && summaryOf(lead.path, search.best) !== null) return null;
  // Past the last number: what is left has none.
  if (after !== null && after[0] !== 0) return null;
  const { terms, joins } = ordering;
  const value = sql`lead.last_value`;
  const own: OrderTerm[] = [
    { sql: sql`0`, descending: false },
    { sql: value, descending: lead.descending },
    ...terms.slice(2),
  ];
  const conditions = conditionsOf(db, search);
  if (after !== null) {
    const from = after[1];
    conditions.push(lead.descending ? sql`${value} <= ${from}` : sql`${value} >= ${from}`);
    conditions.push(isAfter(own.slice(1), after.slice(1)));
  }
  const { rows } = await sql<FoundRow>`
    select ${columnsOf(own)} from run_metrics as lead
    cross join runs cross join experiments ${sql.join(joins.slice(1), sql` `)}
    where lead.experiment = ${search.experiments[0]} and lead.key = ${lead.path.slice(1).join('.')} and ${value} is not null
      and runs.number = lead.run and experiments.number = runs.experiment and ${sql.join(conditions, sql` and `)}
    order by ${orderBy(own.slice(1))} limit ${search.limit + 1}`.execute(db);
  return rows;
};

export const findRuns = async (db: Db, search: RunSearch): Promise<Page<FoundRun>> => {
  const ordering = orderingOf(search.order ?? [], search.best);
  const after = decodeCursor(search.cursor);
  const source = await sourceOf(db, search);
  const walked = source.isNarrow ? null : await walkMetric(db, search, ordering, after);
  let rows = walked ?? [];
  if (walked === null || walked.length <= search.limit) {
    const { terms, joins } = ordering;
    const conditions = conditionsOf(db, search);
    if (walked !== null) conditions.push(sql`${(terms[0] as OrderTerm).sql} > 0`);
    else if (after !== null) conditions.push(isAfter(terms, after));
    const rest = await sql<FoundRow>`
      select ${columnsOf(terms)} from ${source.tables} ${sql.join(joins, sql` `)}
      where ${sql.join(conditions, sql` and `)}
      order by ${orderBy(terms)} limit ${search.limit + 1 - rows.length}`.execute(db);
    rows = [...rows, ...rest.rows];
  }
  return pageFrom(
    rows,
    search.limit,
    (row) => termValues(ordering.terms, row),
    ({ number, revision }) => ({ number, revision }),
  );
};
