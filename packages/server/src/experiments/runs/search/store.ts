import type { Page } from '@millwright/contract';
import { type Db, decodeCursor, isAfter, orderBy, pageFrom, sql, type OrderTerm, termValues } from '#platform/db';
import { namedLikeParts, type Ordering, orderingOf, type RunOrder, termsOf } from '../ordering/store.ts';
import {
  amongCandidates,
  conditionsOf,
  estimate,
  narrowed,
  type Part,
  partsOf,
  type RunSelection,
  runsEver,
  type Uncounted,
} from '../selection/store.ts';
import { columnsOf, compareText, type FoundRow, type FoundRun, joinsOf, walk, WalkGivenUp } from '../walk/store.ts';
import { boundOf } from '../candidates/store.ts';
import { wayAround } from './way-around.ts';

type Values = readonly (string | number)[];

export interface RunSearch extends RunSelection {
  /** Then the newest first. What has no value comes last in either direction, NaN before it. */
  order?: readonly RunOrder[];
  limit: number;
  cursor?: string | undefined;
}

/** More experiments than this are read as one: a page of each would cost more. */
const mostExperiments = 64;
/** How runs are looked for; what is found is the same. */
export interface Effort {
  /** More candidates than this are not looked up one by one, whatever else it would take. */
  mostCandidates: number;
  /** Of an experiment with no more, all runs are read: to ask how to read fewer would take longer. */
  fewRuns: number;
  /** Of an index, so many rows are read at first until it is asked whether there is a better way. */
  rowsAtFirst: number;
}
const usual: Effort = { mostCandidates: 50_000, fewRuns: 500, rowsAtFirst: 1000 };

/** The experiments to read one by one; null: all runs of the project as one. */
const experimentsOf = async (
  db: Db,
  { experiments, project, order = [], filter }: RunSearch,
): Promise<number[] | null> => {
  if (experiments !== null) return experiments.length > mostExperiments ? null : [...new Set(experiments)];
  if (order.length === 0 && filter === null) return null;
  const { rows } = await sql<{ number: number }>`
    select number from experiments where project = ${project} limit ${mostExperiments + 1}`.execute(db);
  return rows.length > mostExperiments ? null : rows.map(({ number }) => Number(number));
};

/** Metrics that are named as a part of another one is, of those that the order asks for. */
const namedIn = async (db: Db, search: RunSearch, experiments: readonly number[] | null): Promise<Set<string>> => {
  const keys = namedLikeParts(search.order ?? [], search.best);
  if (experiments === null) return new Set(keys);
  const named = new Set<string>();
  // Ordered, so that PostgreSQL enters the index and does not look through the table for the first it comes by.
  for (const key of new Set(keys))
    for (const experiment of experiments) {
      const { rows } = await sql`
        select last_value from run_metrics where experiment = ${experiment} and key = ${key}
        order by last_value limit 1`.execute(db);
      if (rows.length > 0) named.add(key);
    }
  return named;
};

interface Asked {
  search: RunSearch;
  ordering: Ordering;
  terms: OrderTerm[];
  after: Values | null;
  /** One more than a page holds. */
  limit: number;
}

const sorted = async (
  db: Db,
  { ordering, terms, after, limit }: Asked,
  from: { tables: ReturnType<typeof sql>; conditions: readonly ReturnType<typeof sql>[] },
  { areFew }: { areFew: boolean },
): Promise<FoundRow[]> => {
  const conditions = [...from.conditions, ...(after === null ? [] : [isAfter(terms, after)])];
  const { rows } = await sql<FoundRow>`
    select ${columnsOf(terms)} from ${from.tables} ${joinsOf(db, ordering, { areFew })}
    where ${sql.join(conditions, sql` and `)} order by ${orderBy(terms)} limit ${limit}`.execute(db);
  return rows;
};

/** All runs that are asked for, sorted where no index has them in order. */
const readAll = (db: Db, asked: Asked, experiments: readonly number[] | null): Promise<FoundRow[]> =>
  sorted(
    db,
    asked,
    {
      tables: sql`runs inner join experiments on experiments.number = runs.experiment`,
      conditions: [
        ...(experiments === null
          ? [sql`runs.project = ${asked.search.project}`]
          : [sql`runs.experiment in (${sql.join([...experiments, -1])})`]),
        ...conditionsOf(db, asked.search, null),
      ],
    },
    { areFew: false },
  );

/**
 * Of one experiment: either the runs that a part of the filter can hold for, sorted, or an index in the order asked for,
 * until the page is full. Whichever promises to read less is begun; a walk that has passed so many rows for so few runs
 * that the candidates are fewer than the rows it would still take is given up for these.
 */
const readOne = async (db: Db, asked: Asked, experiment: number, effort: Effort): Promise<FoundRow[]> => {
  const { search, ordering, after, limit } = asked;
  const { mostCandidates, fewRuns, rowsAtFirst } = effort;
  const isPlain = search.filter === null && search.view !== 'deleted' && (search.order ?? []).length === 0;
  const runs = isPlain ? Number.POSITIVE_INFINITY : await runsEver(db, experiment);
  const collect = async (part: Uncounted | Part) => {
    const isMany = 'count' in part && part.count > 4 * rowsAtFirst;
    const fewer = isMany ? await narrowed(db, search, experiment, part) : part;
    return sorted(db, asked, amongCandidates(db, search, fewer, { experiment, areFew: true }), { areFew: true });
  };
  if (runs <= fewRuns) {
    const [part] = partsOf(search, experiment);
    return part ? collect(part) : readAll(db, asked, [experiment]);
  }
  const most = Math.min(mostCandidates, Math.ceil(4 * Math.sqrt(limit * runs)));
  const { fewest, share, uncounted, within } = await estimate(db, search, experiment, {
    runs,
    most,
    enough: ordering.leads.length === 0 ? 4 * limit : null,
  });
  const canWalk = ordering.leads.every(({ stretches }) => stretches !== null);
  if (fewest && (!canWalk || fewest.count * share <= limit)) return collect(fewest);
  if (!canWalk) return readAll(db, asked, [experiment]);
  const way = wayAround(db, search, experiment, { fewest, uncounted, runs, limit, mostCandidates, rowsAtFirst });
  // To walk past the runs of other values would take as many rows.
  const sortedAtMost = Number.isFinite(runs) ? Math.ceil(Math.sqrt(limit * runs)) : mostCandidates;
  const conditions = (run: ReturnType<typeof sql>) => conditionsOf(db, search, run);
  const bounds = ordering.leads.map((lead) => boundOf(lead, search.filter));
  const isFiltered = search.filter !== null || search.view === 'deleted';
  try {
    return await walk(
      {
        db,
        experiment,
        ordering,
        conditions,
        bounds,
        isFiltered,
        within,
        rowsAtFirst,
        sortedAtMost,
        goesOn: way.goesOn,
      },
      after,
      limit,
    );
  } catch (error) {
    if (!(error instanceof WalkGivenUp)) throw error;
    return collect(way.part());
  }
};

const compare = (a: string | number, b: string | number): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : compareText(String(a), String(b));

const inOrder =
  (terms: readonly OrderTerm[]) =>
  (a: FoundRow, b: FoundRow): number => {
    const [left, right] = [termValues(terms, a), termValues(terms, b)];
    for (const [index, { descending }] of terms.entries()) {
      const order = compare(left[index] as string | number, right[index] as string | number);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };

export const findRuns = async (db: Db, search: RunSearch, effort = usual): Promise<Page<FoundRun>> => {
  const experiments = await experimentsOf(db, search);
  const ordering = orderingOf(search.order ?? [], search.best, await namedIn(db, search, experiments));
  const terms = termsOf(ordering);
  const after = decodeCursor(search.cursor);
  if (after !== null) isAfter(terms, after);
  const asked = { search, ordering, terms, after, limit: search.limit + 1 };
  let rows: FoundRow[] = [];
  if (experiments === null) rows = await readAll(db, asked, search.experiments);
  else {
    for (const experiment of experiments) rows.push(...(await readOne(db, asked, experiment, effort)));
    if (experiments.length > 1) rows = rows.sort(inOrder(terms)).slice(0, asked.limit);
  }
  return pageFrom(
    rows,
    search.limit,
    (row) => termValues(terms, row),
    ({ number, revision }) => ({ number, revision }),
  );
};
