import { type OrderTerm, sql } from '#platform/db';
import { fail } from '#platform/errors';
import type { BestValues } from '../../metrics/metric.ts';

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

/** A column of an index, in whose order rows are read. */
export interface WalkedColumn {
  sql: Sql;
  /** Which of the terms of its lead it is the value of. */
  term: number;
  /** Whether the index has only the beginning of the value. */
  isHead: boolean;
  /** Whether it is the last value of a metric. */
  isLastMetric?: boolean;
}

/** Runs that come one after the other in an order, as one index has them. */
export interface Stretch {
  /** Whether its rows are entries, or runs. */
  of: 'entries' | 'runs';
  /** What the first term of its lead is for all of them; null: they all have a value, which is the first term. */
  rank: number | null;
  /** What makes a run one of them, where the entry of the lead is joined. */
  where: readonly Sql[];
  /** None: the lead says the same of all of them. */
  columns: readonly WalkedColumn[];
}

/** A parameter, tag or metric of a run, under a name of its own. */
export interface Entry {
  table: string;
  name: string;
  key: string;
}

/** One part of an order: `metrics.auc desc`. */
export interface Lead {
  descending: boolean;
  terms: OrderTerm[];
  /** The entry it orders by. */
  entry: Entry | null;
  /** What else it is read from. */
  others: readonly Entry[];
  /** Null where no index has this order. */
  stretches: readonly Stretch[] | null;
}

/** An order that ends, as every order does, with when a run started and its id. */
export interface Ordering {
  leads: Lead[];
  isOldestFirst: boolean;
}

/** How much of a long text an index has. */
export const headLength = 60;
export const headOf = (text: string): string =>
  text.length <= headLength
    ? text
    : Array.from(text.slice(0, 2 * headLength))
        .slice(0, headLength)
        .join('');

const columns: Record<string, Sql> = {
  name: sql`runs.name`,
  status: sql`runs.status`,
  userId: sql`runs.user_id`,
  owner: sql`runs.owner`,
  startedAt: sql`runs.started_at`,
  id: sql`runs.id`,
};
/** Of a run that goes on: how long it took is not known yet. */
const nullable: Record<string, Sql> = {
  endedAt: sql`runs.ended_at`,
  durationMs: sql`(runs.ended_at - runs.started_at)`,
};
const own = (among: Record<string, Sql>, name: string): Sql | undefined =>
  Object.hasOwn(among, name) ? among[name] : undefined;

/** Whether a path asks for the least or the greatest value of a metric. */
const summaryOf = ({ path, summaries }: RunOrder, best: BestValues): 'min' | 'max' | null => {
  if (!summaries || path[0] !== 'metrics' || path.length < 3) return null;
  const last = path.at(-1);
  if (last === 'best') return best.get(path.slice(1, -1).join('.')) ?? null;
  return last === 'min' || last === 'max' ? last : null;
};

/** The metrics that are named as a part of another one is: `auc.max`. */
export const namedLikeParts = (order: readonly RunOrder[], best: BestValues): string[] =>
  order.filter((one) => summaryOf(one, best) !== null).map(({ path }) => path.slice(1).join('.'));

const columnLead = ({ path: [name = ''], descending }: RunOrder): Lead | null => {
  const lead = { descending, entry: null, others: [] };
  const stretch = { of: 'runs', rank: null, where: [] } as const;
  const column = own(columns, name);
  if (column)
    return {
      ...lead,
      terms: [{ sql: column, descending }],
      stretches: [{ ...stretch, columns: [{ sql: column, term: 0, isHead: false }] }],
    };
  if (name === 'note')
    return {
      ...lead,
      terms: [{ sql: sql`runs.note`, descending }],
      stretches: [
        { ...stretch, columns: [{ sql: sql`substr(runs.note, 1, ${sql.lit(headLength)})`, term: 0, isHead: true }] },
      ],
    };
  // All runs of an experiment have the same.
  if (name === 'experiment')
    return {
      ...lead,
      terms: [{ sql: sql`experiments.name`, descending }],
      stretches: [{ ...stretch, columns: [] }],
    };
  // Below a place that all runs of an experiment have in common, by their ids.
  if (name === 'artifactUri')
    return {
      ...lead,
      terms: [
        {
          sql: sql`rtrim(coalesce(experiments.artifact_location, 'mlflow-artifacts:/' || experiments.number), '/') || '/'`,
          descending,
        },
        { sql: sql`runs.id`, descending },
      ],
      stretches: [{ ...stretch, columns: [{ sql: sql`runs.id`, term: 1, isHead: false }] }],
    };
  const open = own(nullable, name);
  if (!open) return null;
  return {
    ...lead,
    terms: [
      { sql: sql`case when ${open} is null then 1 else 0 end`, descending: false },
      { sql: sql`coalesce(${open}, 0)`, descending },
    ],
    stretches: [
      { ...stretch, rank: 0, where: [sql`${open} is not null`], columns: [{ sql: open, term: 1, isHead: false }] },
      { ...stretch, rank: 1, where: [sql`${open} is null`], columns: [] },
    ],
  };
};

const lacking = (rank: number, isThere: Sql): Stretch => ({
  of: 'runs',
  rank,
  where: [sql`${isThere} is null`],
  columns: [],
});

const metricLead = (order: RunOrder, name: string, best: BestValues, named: ReadonlySet<string>): Lead => {
  const { path, descending } = order;
  const part = summaryOf(order, best);
  const key = path.slice(1).join('.');
  const column = (alias: string, column: string) => sql.ref(`${alias}.${column}`);
  const termsOf = (value: Sql, isThere: Sql): OrderTerm[] => [
    { sql: sql`case when ${value} is not null then 0 when ${isThere} then 1 else 2 end`, descending: false },
    { sql: sql`coalesce(${value}, 0)`, descending },
  ];
  if (part !== null && named.has(key)) {
    // Of some runs the value of one metric counts, of others that of another: no index has both.
    const whole = `${name}_whole`;
    const isNamed = sql`${column(name, 'run')} is not null`;
    return {
      descending,
      entry: { table: 'run_metrics', name, key },
      others: [{ table: 'run_metrics', name: whole, key: path.slice(1, -1).join('.') }],
      terms: termsOf(
        sql`case when ${isNamed} then ${column(name, 'last_value')} else ${column(whole, `${part}_value`)} end`,
        sql`(${isNamed} or ${column(whole, 'run')} is not null)`,
      ),
      stretches: null,
    };
  }
  const value = column(name, part === null ? 'last_value' : `${part}_value`);
  const run = column(name, 'run');
  return {
    descending,
    entry: { table: 'run_metrics', name, key: part === null ? key : path.slice(1, -1).join('.') },
    others: [],
    terms: termsOf(value, sql`${run} is not null`),
    stretches: [
      {
        of: 'entries',
        rank: 0,
        where: [sql`${value} is not null`],
        columns: [{ sql: value, term: 1, isHead: false, isLastMetric: part === null }],
      },
      { of: 'entries', rank: 1, where: [sql`${run} is not null`, sql`${value} is null`], columns: [] },
      lacking(2, run),
    ],
  };
};

const textLead = ({ path, descending, numeric }: RunOrder, name: string): Lead => {
  const [value, number] = [sql.ref(`${name}.value`), sql.ref(`${name}.number_value`)];
  const run = sql.ref(`${name}.run`);
  const table = path[0] === 'tags' ? 'run_tags' : 'run_parameters';
  const lead = { descending, entry: { table, name, key: path.slice(1).join('.') }, others: [] };
  const text = { sql: sql`coalesce(${value}, '')`, descending };
  const byHead = (term: number): WalkedColumn => ({ sql: sql.ref(`${name}.head`), term, isHead: true });
  if (!numeric)
    return {
      ...lead,
      terms: [{ sql: sql`case when ${value} is null then 1 else 0 end`, descending: false }, text],
      stretches: [{ of: 'entries', rank: 0, where: [sql`${run} is not null`], columns: [byHead(1)] }, lacking(1, run)],
    };
  const rank = sql`case when ${number} is not null then 0 when ${value} is not null then 1 else 2 end`;
  return {
    ...lead,
    terms: [{ sql: rank, descending: false }, { sql: sql`coalesce(${number}, 0)`, descending }, text],
    stretches: [
      {
        of: 'entries',
        rank: 0,
        where: [sql`${number} is not null`],
        columns: [{ sql: number, term: 1, isHead: false }, byHead(2)],
      },
      { of: 'entries', rank: 1, where: [sql`${run} is not null`, sql`${number} is null`], columns: [byHead(2)] },
      lacking(2, run),
    ],
  };
};

/** The entry of a run, or nothing. `end`: of the query for it, where each is to be looked up. */
export const entryJoin = ({ table, name, key }: Entry, end: Sql | null = null): Sql => {
  const alias = sql.ref(name);
  if (end)
    return sql`left join lateral (
      select * from ${sql.table(table)} as one where one.run = runs.number and one.key = ${key} ${end}) as ${alias} on true`;
  return sql`left join ${sql.table(table)} as ${alias} on ${alias}.run = runs.number and ${alias}.key = ${key}`;
};

/**
 * Every order as plain terms without nulls, so that the last row of a page says where the next one begins. `named`: of
 * `namedLikeParts` those that runs have. Errors: INVALID_FILTER.
 */
export const orderingOf = (order: readonly RunOrder[], best: BestValues, named: ReadonlySet<string>): Ordering => {
  const last = order.at(-1);
  const isByStart = last?.path.length === 1 && last.path[0] === 'startedAt';
  const leads = (isByStart ? order.slice(0, -1) : order).map((one, index) => {
    const [first = ''] = one.path;
    const name = `order_${index}`;
    const isEntry = one.path.length > 1;
    if (isEntry && first === 'metrics') return metricLead(one, name, best, named);
    if (isEntry && (first === 'parameters' || first === 'tags')) return textLead(one, name);
    return (
      (isEntry ? null : columnLead(one)) ?? fail('INVALID_FILTER', `Runs cannot be ordered by '${one.path.join('.')}'.`)
    );
  });
  return { leads, isOldestFirst: isByStart && !last.descending };
};

export const tailOf = ({ isOldestFirst }: Ordering, startedAt = sql`runs.started_at`): OrderTerm[] => [
  { sql: startedAt, descending: !isOldestFirst },
  { sql: sql`runs.id`, descending: false },
];

export const termsOf = (ordering: Ordering): OrderTerm[] => [
  ...ordering.leads.flatMap(({ terms }) => terms),
  ...tailOf(ordering),
];
