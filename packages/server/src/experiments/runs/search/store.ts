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

/** How the key that leads an order is walked. */
interface Walk {
  table: string;
  key: string;
  /** What takes the place of the terms of the key: the first is 0, as all that are walked have a value. */
  own: OrderTerm[];
  /** The column of the index that follows the key, and what in the last row of a page bounds it. */
  indexed: Sql;
  boundOf(value: string | number | undefined): Sql;
  /** Of the rows of the key, those that are walked. */
  condition: Sql | null;
}

/** Null where there is no index in the order asked for. */
const walkOf = ({ order = [], best }: RunSearch): Walk | null => {
  const [lead] = order;
  const [first, ...rest] = lead?.path ?? [];
  if (lead === undefined || rest.length === 0) return null;
  const { descending } = lead;
  const key = rest.join('.');
  const term = (value: Sql): OrderTerm => ({ sql: value, descending });
  const has = { sql: sql`0`, descending: false };
  const same = (value: string | number | undefined): Sql => sql`${value}`;
  if (first === 'metrics') {
    // The index is of last values.
    if (lead.summaries && summaryOf(lead.path, best) !== null) return null;
    const value = sql`lead.last_value`;
    const condition = sql`${value} is not null`;
    return { table: 'run_metrics', key, own: [has, term(value)], indexed: value, boundOf: same, condition };
  }
  const table = first === 'tags' ? 'run_tags' : 'run_parameters';
  const value = sql`lead.value`;
  if (lead.numeric) {
    if (first === 'tags') return null;
    const number = sql`lead.number_value`;
    const condition = sql`${number} is not null`;
    return { table, key, own: [has, term(number), term(value)], indexed: number, boundOf: same, condition };
  }
  return {
    table,
    key,
    own: [has, term(value)],
    // Values may be long: the index has their beginnings.
    indexed: sql`substr(${value}, 1, 60)`,
    boundOf: (last) => sql`${[...String(last)].slice(0, 60).join('')}`,
    condition: null,
  };
};

/**
 * Runs that have the key that leads the order, walked in the order of its index: the first page costs the same however
 * many runs there are. Null where it cannot be walked.
 */
const walkLead = async (
  db: Db,
  search: RunSearch,
  ordering: Ordering,
  after: readonly (string | number)[] | null,
): Promise<FoundRow[] | null> => {
  const walk = search.experiments?.length === 1 ? walkOf(search) : null;
  if (walk === null || search.order?.[0] === undefined) return null;
  // Past the last that has it.
  if (after !== null && after[0] !== 0) return null;
  const { terms, joins } = ordering;
  const { descending } = search.order[0];
  const own = [...walk.own, ...terms.slice(walk.own.length)];
  const conditions = conditionsOf(db, search);
  if (walk.condition !== null) conditions.push(walk.condition);
  if (after !== null) {
    const bound = walk.boundOf(after[1]);
    conditions.push(descending ? sql`${walk.indexed} <= ${bound}` : sql`${walk.indexed} >= ${bound}`);
    conditions.push(isAfter(own.slice(1), after.slice(1)));
  }
  const { rows } = await sql<FoundRow>`
    select ${columnsOf(own)} from ${sql.table(walk.table)} as lead
    cross join runs cross join experiments ${sql.join(joins.slice(1), sql` `)}
    where lead.experiment = ${search.experiments?.[0]} and lead.key = ${walk.key}
      and runs.number = lead.run and experiments.number = runs.experiment and ${sql.join(conditions, sql` and `)}
    order by ${orderBy([{ sql: walk.indexed, descending }, ...own.slice(1)])} limit ${search.limit + 1}`.execute(db);
  return rows;
};

export const findRuns = async (db: Db, search: RunSearch): Promise<Page<FoundRun>> => {
  const ordering = orderingOf(search.order ?? [], search.best);
  const after = decodeCursor(search.cursor);
  const source = await sourceOf(db, search);
  const walked = source.isNarrow ? null : await walkLead(db, search, ordering, after);
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
