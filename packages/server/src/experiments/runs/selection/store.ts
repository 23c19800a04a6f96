import type { Filter } from '@millwright/contract';
import { compileFilter, type Db, kindOf, sql } from '#platform/db';
import type { BestValues } from '../../metrics/metric.ts';
import { runFields } from '../fields/store.ts';

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

/** More runs than this are not looked up one by one: reading in the order that is asked for is then quicker. */
const mostRuns = 5000;

/** The runs that a part of the filter could hold for, by an index; null where there is no index for it. */
const candidatesOf = (part: Filter, experiment: number): Sql | null => {
  if (part.kind !== 'compare') return null;
  const [table = '', ...rest] = part.path;
  const key = rest.join('.');
  const { operator, value } = part;
  if (table === 'metrics' && rest.length === 1 && typeof value === 'number' && Number.isFinite(value)) {
    const sign = signs[operator];
    return sign === undefined
      ? null
      : sql`select run from run_metrics where experiment = ${experiment} and key = ${key} and last_value ${sign} ${value}`;
  }
  if ((table === 'tags' || table === 'parameters') && rest.length > 0 && typeof value === 'string' && operator === '=')
    return sql`select run from ${sql.table(table === 'tags' ? 'run_tags' : 'run_parameters')}
      where experiment = ${experiment} and key = ${key} and substr(value, 1, 60) = ${[...value].slice(0, 60).join('')}`;
  return null;
};

const signs: Partial<Record<string, Sql>> = { '=': sql`=`, '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` };

/**
 * The part of the filter that the fewest runs fulfil, where these are few: a filter that matches little then costs what
 * it matches, however many runs there are. Parts are counted through their index, and no further than it takes.
 */
const narrowest = async (db: Db, { experiments, filter }: RunSelection): Promise<Sql | null> => {
  const [experiment, ...others] = experiments ?? [];
  if (filter === null || experiment === undefined || others.length > 0) return null;
  const parts = filter.kind === 'and' ? filter.parts : [filter];
  let best: Sql | null = null;
  let fewest = mostRuns;
  for (const part of parts) {
    const candidates = candidatesOf(part, experiment);
    if (candidates === null) continue;
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from (${candidates} limit ${fewest + 1}) as candidate`.execute(db);
    const count = Number(rows[0]?.count ?? 0);
    if (count > fewest) continue;
    fewest = count;
    best = candidates;
    if (count === 0) break;
  }
  return best;
};

/** All that a run must fulfil. Of `runs`, joined with `experiments`. */
export const conditionsOf = (db: Db, search: RunSelection): Sql[] => {
  const conditions: Sql[] = [sql`runs.project = ${search.project}`];
  if (search.experiments !== null)
    conditions.push(
      search.experiments.length === 1
        ? sql`runs.experiment = ${search.experiments[0]}`
        : sql`runs.experiment in (${sql.join(search.experiments.length === 0 ? [sql`null`] : search.experiments)})`,
    );
  if (search.view === 'active') conditions.push(sql`runs.deleted_at is null`);
  if (search.view === 'deleted') conditions.push(sql`runs.deleted_at is not null`);
  if (search.filter) conditions.push(compileFilter(search.filter, runFields(search.best), kindOf(db)));
  return conditions;
};

/** What `conditionsOf` is asked of, in the order in which it should be read. */
export const sourceOf = async (db: Db, selection: RunSelection): Promise<{ tables: Sql; isNarrow: boolean }> => {
  const candidates = await narrowest(db, selection);
  const joined = sql`inner join experiments on experiments.number = runs.experiment`;
  // SQLite reads tables in the order of a cross join.
  return candidates === null
    ? { tables: sql`runs ${joined}`, isNarrow: false }
    : {
        tables: sql`(${candidates}) as candidate cross join runs
          inner join experiments on experiments.number = runs.experiment and runs.number = candidate.run`,
        isNarrow: true,
      };
};

export const countRuns = async (db: Db, selection: RunSelection): Promise<number> => {
  const { tables } = await sourceOf(db, selection);
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${tables} where ${sql.join(conditionsOf(db, selection), sql` and `)}`.execute(db);
  return Number(rows[0]?.count ?? 0);
};
