import {
  type Db,
  isAfter,
  kindOf,
  orderBy,
  type OrderTerm,
  plannedAnew,
  sql,
  termColumns,
  type TermRow,
} from '#platform/db';
import type { Bound, OfOneValue } from '../candidates/store.ts';
import { asWritten } from '../fields/store.ts';
import {
  entryJoin,
  headLength,
  headOf,
  type Lead,
  type Ordering,
  type Stretch,
  tailOf,
  termsOf,
  type WalkedColumn,
} from '../ordering/store.ts';
import { runByNumber } from '../selection/store.ts';

type Sql = ReturnType<typeof sql>;
type Value = string | number;

/** A run that was found: at a revision, which moves with everything that belongs to the run. */
export interface FoundRun {
  number: number;
  revision: number;
}
export type FoundRow = FoundRun & TermRow;

export const columnsOf = (terms: readonly OrderTerm[]): Sql => sql`runs.number, runs.revision, ${termColumns(terms)}`;

/** As the databases sort: byte by byte. */
export const compareText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What entries an order needs of a run. `read`: the lead whose entries are what is read. `areFew`: of runs that are looked up. */
export const joinsOf = (
  db: Db,
  { leads }: Ordering,
  { read = null, areFew }: { read?: Lead | null; areFew: boolean },
): Sql => {
  const end = areFew && kindOf(db) === 'postgres' ? asWritten : null;
  return sql.join(
    leads
      .flatMap((lead) => [...(lead.entry && lead !== read ? [lead.entry] : []), ...lead.others])
      .map((entry) => entryJoin(entry, end)),
    sql` `,
  );
};

/** An index that is read in its order. */
interface Source {
  table: Sql;
  /** What bounds it, of its own rows. */
  where: readonly Sql[];
  /** The run of a row; null: the rows are runs. */
  run: Sql | null;
  startedAt: Sql;
  /** The lead whose entries its rows are. */
  lead: Lead | null;
}

export interface Walking {
  db: Db;
  experiment: number;
  ordering: Ordering;
  /** Of every run, by its number. */
  conditions(run: Sql): readonly Sql[];
  /** What they say of what each lead goes by. */
  bounds: readonly Bound[];
  /** Whether many rows may be passed over until a page is full. */
  isFiltered: boolean;
  /** All that the filter can hold for, in the order in which they started. */
  within: OfOneValue | null;
  /** Read until it is asked whether it goes on. */
  rowsAtFirst: number;
  /** Of a value that has more, rows are not sorted but read in the order of what comes next. */
  sortedAtMost: number;
  /** Told how many rows more were passed, and how many runs were found in all: how many rows to read next; null: it is given up. */
  goesOn(rows: number, found: number): Promise<number | null>;
}

/** There is a better way to what is asked for. */
export class WalkGivenUp extends Error {}

const runsOf = (experiment: number): Source => ({
  table: sql`runs`,
  where: [sql`runs.experiment = ${experiment}`],
  run: null,
  startedAt: sql`runs.started_at`,
  lead: null,
});

const entriesOf = (table: string, name: string, key: string, experiment: number): Source => ({
  table: sql`${sql.table(table)} as ${sql.ref(name)}`,
  where: [sql`${sql.ref(`${name}.experiment`)} = ${experiment}`, sql`${sql.ref(`${name}.key`)} = ${key}`],
  run: sql.ref(`${name}.run`),
  startedAt: sql.ref(`${name}.started_at`),
  lead: null,
});

const sourceOf = (lead: Lead, stretch: Stretch, experiment: number): Source => {
  const { entry } = lead;
  const source =
    stretch.of === 'runs' || entry === null
      ? runsOf(experiment)
      : { ...entriesOf(entry.table, entry.name, entry.key, experiment), lead };
  // What a run lacks cannot be asked of the runs alone.
  return stretch.of === 'runs' && entry !== null ? source : { ...source, where: [...source.where, ...stretch.where] };
};

/** What the parts of an order that come before say of all runs that are read. */
interface Fixed {
  where: readonly Sql[];
  source: Source | null;
}

/**
 * A page in the order of an index. Where more runs share a value than should be sorted, they are read in the order of
 * what the order says next, at last of their start: so that a page costs what it holds, however many runs there are.
 */
export const walk = (walking: Walking, after: readonly Value[] | null, limit: number): Promise<FoundRow[]> => {
  const { db, experiment, ordering, conditions, bounds, isFiltered, within, rowsAtFirst, sortedAtMost, goesOn } =
    walking;
  const { leads } = ordering;
  const terms = termsOf(ordering);
  let foundInAll = 0;
  let size = Math.max(isFiltered ? rowsAtFirst : Math.min(rowsAtFirst, 2 * limit), limit);
  const selecting = sql.raw(leads.length > 0 || isFiltered ? `${plannedAnew} select` : 'select');

  const select = async (
    source: Source,
    where: readonly Sql[],
    order: readonly OrderTerm[],
    most: number,
    { isBounded = false } = {},
  ): Promise<FoundRow[]> => {
    const run = source.run === null ? null : runByNumber(db, source.run);
    // In the text: PostgreSQL plans for a tenth of all rows where it does not see how few are wanted.
    const { rows } = await sql<FoundRow>`
      ${isBounded ? sql`select` : selecting} ${columnsOf(terms)}
      from experiments cross join ${source.table} ${run === null ? sql`` : sql`cross join ${run.table}`}
        ${joinsOf(db, ordering, { read: source.lead, areFew: true })}
      where experiments.number = ${experiment} and ${run === null ? sql`` : sql`${run.where} and`}
        ${sql.join([...source.where, ...where, ...conditions(source.run ?? sql`runs.number`)], sql` and `)}
      order by ${orderBy(order)} limit ${sql.lit(limit)}`.execute(db);
    const page = rows.slice(0, most);
    foundInAll += page.length;
    return page;
  };

  /** Reads along a column of an index. */
  const along = async (
    source: Source,
    { sql: column, descending }: OrderTerm,
    begin: Value | null,
    read: {
      /** Runs of one value that has many; of that of the row a page begins after, those that come after it. */
      equal(value: Value, isFirst: boolean, most: number): Promise<FoundRow[]>;
      /** Runs of values of which each has few. */
      sorted(where: readonly Sql[], isFirst: boolean, most: number): Promise<FoundRow[]>;
      /** Whether runs of one value are read from elsewhere than here. */
      goesElsewhere: boolean;
    },
    most: number,
  ): Promise<FoundRow[]> => {
    const equal = async (value: Value, isFirst: boolean, rest: number): Promise<FoundRow[]> => {
      if (!read.goesElsewhere) return read.equal(value, isFirst, rest);
      const is = sql`${column} = ${value}`;
      const { rows } = await sql`
        ${selecting} 1 as one from ${source.table} where ${sql.join([...source.where, is], sql` and `)}
        limit 1 offset ${sql.lit(sortedAtMost)}`.execute(db);
      return rows.length > 0 ? read.equal(value, isFirst, rest) : read.sorted([is], isFirst, rest);
    };
    const found = begin === null ? [] : await equal(begin, true, most);
    const beyond = (value: Value, isIncluded: boolean): Sql =>
      sql`${column} ${sql.raw(`${descending ? '<' : '>'}${isIncluded ? '=' : ''}`)} ${value}`;
    let start = begin === null ? [] : [beyond(begin, false)];
    while (found.length < most) {
      const rowsNow = size;
      const at = (offset: number): Sql => sql`(select ${column} from ${source.table}
        where ${sql.join([...source.where, ...start], sql` and `)}
        order by ${orderBy([{ sql: column, descending }])} limit 1 offset ${sql.lit(offset)})`;
      const { rows } = await sql<{ first: Value | null; last: Value | null }>`
        ${selecting} ${at(0)} as first, ${at(rowsNow)} as last`.execute(db);
      const { first = null, last = null } = rows[0] ?? {};
      if (last === null) {
        if (first !== null) found.push(...(await read.sorted(start, false, most - found.length)));
        break;
      }
      if (first === last) {
        found.push(...(await equal(last, false, most - found.length)));
        start = [beyond(last, false)];
      } else {
        const before = sql`${column} ${sql.raw(descending ? '>' : '<')} ${last}`;
        found.push(...(await read.sorted([...start, before], false, most - found.length)));
        start = [beyond(last, true)];
      }
      if (found.length >= most) break;
      const next = await goesOn(rowsNow, foundInAll);
      if (next === null) throw new WalkGivenUp();
      size = next;
    }
    return found;
  };

  const runs = runsOf(experiment);
  const everything: Source = within ? entriesOf(within.table, 'within', within.key, experiment) : runs;
  if (within) everything.where = [...everything.where, sql`within.head = ${within.head}`];

  const byStart = async (
    { where, source: fixed }: Fixed,
    after: readonly Value[] | null,
    most: number,
    isSparse: boolean,
  ): Promise<FoundRow[]> => {
    const source = fixed ?? everything;
    const tail = tailOf(ordering, source.startedAt) as [OrderTerm, OrderTerm];
    const [startedAt, id] = tail;
    const key = after?.slice(-2) as [number, string] | undefined;
    if (!isFiltered && !isSparse) return select(source, [...where, ...(key ? [isAfter(tail, key)] : [])], tail, most);
    const begin = key?.[0] ?? null;
    return along(
      source,
      startedAt,
      begin,
      {
        equal: (value, isFirst, rest) =>
          select(
            source,
            [...where, sql`${startedAt.sql} = ${value}`, ...(isFirst && key ? [sql`${id.sql} > ${key[1]}`] : [])],
            [id],
            rest,
          ),
        sorted: (bounds, _isFirst, rest) => select(source, [...where, ...bounds], tail, rest, { isBounded: true }),
        goesElsewhere: false,
      },
      most,
    );
  };

  const nameOf = async (): Promise<string> => {
    const { rows } = await sql<{ name: string }>`select name from experiments where number = ${experiment}`.execute(db);
    return rows[0]?.name ?? '';
  };

  const offsetOf = (depth: number): number => leads.slice(0, depth).reduce((sum, lead) => sum + lead.terms.length, 0);

  const byColumn = (
    depth: number,
    stretch: Stretch,
    at: number,
    source: Source,
    fixed: Fixed,
    after: readonly Value[] | null,
    most: number,
  ): Promise<FoundRow[]> => {
    const column = stretch.columns[at] as WalkedColumn;
    const { descending } = leads[depth] as Lead;
    const own = offsetOf(depth) + column.term;
    const walked: OrderTerm = { sql: column.sql, descending };
    const last = after?.[own] ?? null;
    const begin = last === null ? null : column.isHead ? headOf(String(last)) : last;
    // A column is its term, unless it is but the beginning of it.
    const rest = terms.slice(column.isHead ? own : own + 1);
    return along(
      source,
      walked,
      begin,
      {
        equal: (value, isFirst, rows) => {
          const is = sql`${column.sql} = ${value}`;
          const narrowed: Source = { ...source, where: [...source.where, is] };
          const before = isFirst ? after : null;
          if (at + 1 < stretch.columns.length) return byColumn(depth, stretch, at + 1, narrowed, fixed, before, rows);
          if (column.isHead && [...String(value)].length >= headLength)
            return select(
              narrowed,
              [...fixed.where, ...(before ? [isAfter(rest, before.slice(own))] : [])],
              rest,
              rows,
            );
          const where = [...fixed.where, ...stretch.where, ...narrowed.where.slice(source.where.length - at)];
          return byLead(depth + 1, { where, source: narrowed }, before, rows);
        },
        sorted: (bounds, isFirst, rows) =>
          select(
            source,
            [...fixed.where, ...bounds, ...(isFirst && after ? [isAfter(terms, after)] : [])],
            [walked, ...rest],
            rows,
            { isBounded: true },
          ),
        goesElsewhere: at + 1 === stretch.columns.length && depth + 1 < leads.length,
      },
      most,
    );
  };

  const byLead = async (
    depth: number,
    fixed: Fixed,
    after: readonly Value[] | null,
    most: number,
    isSparse = false,
  ): Promise<FoundRow[]> => {
    const lead = leads[depth];
    if (lead === undefined) return byStart(fixed, after, most, isSparse);
    const found: FoundRow[] = [];
    for (const stretch of lead.stretches ?? []) {
      if (found.length >= most) break;
      const rank = after?.[offsetOf(depth)];
      if (rank !== undefined && stretch.rank !== null && Number(rank) > stretch.rank) continue;
      let inside = stretch.rank === null || rank === stretch.rank ? after : null;
      if (inside !== null && stretch.rank === null && stretch.columns.length === 0) {
        const side = compareText(await nameOf(), String(rank)) * (lead.descending ? -1 : 1);
        if (side < 0) continue;
        if (side > 0) inside = null;
      }
      const bound = bounds[depth] as Bound;
      const isValue = stretch.columns.length > 0;
      const isLacking = stretch.of === 'runs' && lead.entry !== null;
      if ((isLacking && bound.isThere) || (!isValue && bound.where.length > 0)) continue;
      const source = sourceOf(lead, stretch, experiment);
      if (isValue) source.where = [...source.where, ...bound.where];
      const left = most - found.length;
      if (isValue) found.push(...(await byColumn(depth, stretch, 0, source, fixed, inside, left)));
      else {
        const where = [...fixed.where, ...stretch.where];
        const hasIndex = !isLacking && stretch.where.length > 0;
        const next: Fixed = { where, source: hasIndex ? source : fixed.source };
        found.push(...(await byLead(depth + 1, next, inside, left, isSparse || isLacking)));
      }
    }
    return found;
  };
  return byLead(0, { where: [], source: null }, after, limit);
};
