import type { Filter } from '@millwright/contract';
import { compileFilter, type Db, kindOf, sql } from '#platform/db';
import type { BestValues } from '../../metrics/metric.ts';
import { type Candidates, candidatesOf, countCandidates, type OfOneValue, selectOf } from '../candidates/store.ts';
import { asWritten, runFields } from '../fields/store.ts';
import { candidatesByFewTexts, candidatesByText, ofTextIn } from '../texts/store.ts';

type Sql = ReturnType<typeof sql>;

export interface RunSelection {
  project: string;
  /** Numbers; null: all experiments of the project. */
  experiments: readonly number[] | null;
  filter: Filter | null;
  /** Which values are the best of the metrics that the filter and the order ask for. */
  best: BestValues;
  view: 'active' | 'deleted' | 'all';
}

/**
 * All that a run must fulfil but for its experiment. Of `runs`, joined with `experiments`. `ofFew`: how those that are asked
 * are numbered; what belongs to them is looked up run by run, whatever PostgreSQL thinks of that.
 */
export const conditionsOf = (db: Db, { project, view, filter, best }: RunSelection, ofFew: Sql | null): Sql[] => {
  const conditions: Sql[] = [sql`experiments.project = ${project}`];
  // SQLite would take the index of the trash for as good as any other, and read all that is not in it.
  const deletedAt = ofFew !== null && kindOf(db) === 'sqlite' ? sql`+runs.deleted_at` : sql`runs.deleted_at`;
  if (view === 'active') conditions.push(sql`${deletedAt} is null`);
  if (view === 'deleted') conditions.push(sql`${deletedAt} is not null`);
  const end = ofFew !== null && kindOf(db) === 'postgres' ? asWritten : sql``;
  const fields = runFields(best, { run: ofFew ?? sql`runs.number`, end });
  if (filter) conditions.push(compileFilter(filter, fields, kindOf(db)));
  return conditions;
};

/** A part of what is asked for that an index can answer. */
export interface Part {
  candidates: Candidates;
  /** Of the filter; null: it is not a part of it. */
  asked: Filter | null;
  /** What is left to be asked of the candidates. */
  rest: Filter | null;
  /** Counted up to what was asked, which it is greater than when there are more. */
  count: number;
}

export type Uncounted = Omit<Part, 'count'>;

const togetherOf = (filter: Filter | null): Filter[] =>
  filter === null ? [] : filter.kind === 'and' ? filter.parts : [filter];

const asPart = (parts: Filter[], part: Filter, candidates: Candidates): Uncounted => {
  const others = candidates.isExact ? parts.filter((other) => other !== part) : parts;
  return { candidates, asked: part, rest: others.length === 0 ? null : { kind: 'and', parts: others } };
};

/** The parts of what is asked for that an index can answer, those of one value first. */
export const partsOf = (selection: RunSelection, experiment: number): Uncounted[] => {
  const { filter, view, best } = selection;
  const parts = togetherOf(filter);
  const found = parts
    .flatMap((part) => {
      const candidates = candidatesOf(part, experiment, best);
      return candidates === null ? [] : [asPart(parts, part, candidates)];
    })
    .toSorted((a, b) => Number(Boolean(b.candidates.ofOneValue)) - Number(Boolean(a.candidates.ofOneValue)));
  if (view !== 'deleted') return found;
  const trash = sql`select number as run from runs where experiment = ${experiment} and deleted_at is not null`;
  return [...found, { candidates: { selects: [trash], isExact: true }, asked: null, rest: filter }];
};

/** More different texts than this are not asked one by one. */
const mostTexts = 300;

/** The parts that can be answered by asking every text of an index; where these are few, by asking each of them once. */
export const partsByText = async (db: Db, { filter, best }: RunSelection, experiment: number) => {
  const parts = togetherOf(filter);
  const [few, every]: [Uncounted[], Uncounted[]] = [[], []];
  for (const part of parts) {
    const text = candidatesOf(part, experiment, best) === null ? ofTextIn(db, part, experiment) : null;
    if (text === null) continue;
    const candidates = await candidatesByFewTexts(db, text, mostTexts);
    if (candidates === null) every.push(asPart(parts, part, candidatesByText(text)));
    else few.push(asPart(parts, part, candidates));
  }
  return { few, every };
};

/** How many runs were ever started in an experiment, at least one. */
export const runsEver = async (db: Db, experiment: number): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select run_count as count from experiments where number = ${experiment}`.execute(db);
  return Math.max(1, Number(rows[0]?.count ?? 1));
};

/** What is known of a selection before it is read. */
export interface Estimate {
  /** The part with the fewest candidates; null where they are more than were counted. */
  fewest: Part | null;
  /** Of all runs of the experiment, how many there may be in every part. */
  share: number;
  /** Of which it is not known how many there are: more than were counted, or not looked at. */
  uncounted: Uncounted[];
  /** What can be read instead of the runs, in the order of their start. */
  within: OfOneValue | null;
}

/**
 * `most`: up to how many are counted. `enough`: so many candidates of one value are read as well as counted, as they are in
 * the order that is asked for; null: they are not.
 */
export const estimate = async (
  db: Db,
  selection: RunSelection,
  experiment: number,
  { runs, most, enough }: { runs: number; most: number; enough: number | null },
): Promise<Estimate> => {
  const asked = partsOf(selection, experiment);
  const within = asked[0]?.candidates.ofOneValue ?? null;
  let fewest: Part | null = null;
  let share = 1;
  let looked = 0;
  // What is more than the fewest found so far is not what will be read.
  let bound = within !== null && enough !== null ? Math.min(most, enough) : most;
  for (const part of asked) {
    const count = await countCandidates(db, part.candidates, bound);
    looked += 1;
    if (count <= bound) {
      fewest = { ...part, count };
      share *= Math.min(1, count / runs);
      bound = count;
    }
    if (count === 0 || (within !== null && enough !== null)) break;
  }
  return { fewest, share, uncounted: fewest === null ? asked : asked.slice(looked), within };
};

/** More than half of a million: every run is then read one after the other, which is quicker than one by one. */
const mostCounted = 500_000;
/** Another part is worth to be held against the candidates where it has no more than so many times as many. */
const mostTimes = 5;

/** Fewer candidates, where the index of another part tells which of them are left: quicker than to look at their runs. */
export const narrowed = async (db: Db, selection: RunSelection, experiment: number, part: Part): Promise<Uncounted> => {
  const most = Math.min(mostCounted, mostTimes * part.count);
  for (const other of partsOf(selection, experiment)) {
    if (other.asked === part.asked || !other.candidates.isExact) continue;
    if ((await countCandidates(db, other.candidates, most)) > most) continue;
    const both = sql`${selectOf(part.candidates)} intersect ${selectOf(other.candidates)}`;
    const left = part.rest?.kind === 'and' ? part.rest.parts.filter((one) => one !== other.asked) : [];
    return {
      candidates: { selects: [both], isExact: part.candidates.isExact },
      asked: part.asked,
      rest: left.length === 0 ? null : { kind: 'and', parts: left },
    };
  }
  return part;
};

/** The run of a number, where few are asked for: PostgreSQL would rather read them all. */
export const runByNumber = (db: Db, number: Sql): { table: Sql; where: Sql } =>
  kindOf(db) === 'postgres'
    ? {
        table: sql`lateral (select * from runs as one where one.number = ${number} ${asWritten}) as runs`,
        where: sql`1 = 1`,
      }
    : { table: sql`runs`, where: sql`runs.number = ${number}` };

/**
 * What candidates are asked, and where they stand. PostgreSQL takes a key and its values for independent and so expects many
 * times as many: of a list it thinks that it is short. `areFew`: each is looked up.
 */
export const amongCandidates = (
  db: Db,
  selection: RunSelection,
  { candidates, rest }: Uncounted,
  { experiment, areFew }: { experiment: number; areFew: boolean },
) => {
  const select = selectOf(candidates);
  const run = areFew
    ? runByNumber(db, sql`candidate.run`)
    : { table: sql`runs`, where: sql`runs.number = candidate.run` };
  return {
    tables: sql`experiments
      cross join ${areFew && kindOf(db) === 'postgres' ? sql`unnest(array(${select})) as candidate (run)` : sql`(${select}) as candidate`}
      cross join ${run.table}`,
    conditions: [
      sql`experiments.number = ${experiment} and runs.experiment = experiments.number and ${run.where}`,
      ...conditionsOf(db, { ...selection, filter: rest }, areFew ? sql`candidate.run` : null),
    ],
  };
};

const count = async (db: Db, tables: Sql, conditions: readonly Sql[]): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${tables} where ${sql.join(conditions, sql` and `)}`.execute(db);
  return Number(rows[0]?.count ?? 0);
};

const hasTrash = async (db: Db, experiment: number): Promise<boolean> => {
  const { rows } = await sql`
    select 1 from runs where experiment = ${experiment} and deleted_at is not null limit 1`.execute(db);
  return rows.length > 0;
};

/** So many are looked up one by one. */
const mostLookedUp = 50_000;

export const countRuns = async (db: Db, selection: RunSelection): Promise<number> => {
  const { experiments, view } = selection;
  const [experiment, ...others] = experiments ?? [];
  if (experiment !== undefined && others.length === 0) {
    const { fewest: part } = await estimate(db, selection, experiment, {
      runs: await runsEver(db, experiment),
      most: mostCounted,
      enough: null,
    });
    if (part) {
      const { candidates, rest } = part;
      const isCounted = rest === null && candidates.isExact && candidates.selects.length === 1;
      if (isCounted && view !== 'deleted' && (view === 'all' || !(await hasTrash(db, experiment)))) return part.count;
      const { tables, conditions } = amongCandidates(db, selection, part, {
        experiment,
        areFew: part.count <= mostLookedUp,
      });
      return count(db, tables, conditions);
    }
  }
  const among = experiments === null ? sql`1 = 1` : sql`experiments.number in (${sql.join([...experiments, -1])})`;
  return count(db, sql`experiments cross join runs`, [
    sql`runs.experiment = experiments.number`,
    among,
    ...conditionsOf(db, selection, null),
  ]);
};
