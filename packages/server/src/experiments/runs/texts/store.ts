import type { Filter } from '@millwright/contract';
import { compileFilter, type Db, isAmong, kindOf, sql } from '#platform/db';
import type { Candidates } from '../candidates/store.ts';
import { headLength } from '../ordering/store.ts';

type Sql = ReturnType<typeof sql>;

/**
 * A part of a filter that asks one text of a run for something no order of an index answers: a pattern, that it is
 * different. The index has all texts of that kind though, so that each of them can be asked without a look at its run.
 */
export interface OfText {
  table: 'runs' | 'run_parameters' | 'run_tags';
  /** The name of the column that the index has. */
  column: string;
  /** What bounds the texts of the kind. */
  where: Sql;
  /** Whether a text fits, as far as the index has it. */
  fits(text: Sql): Sql;
  /** Whether the index has all of every text. */
  isWhole: boolean;
}

const columns: Record<string, string> = { name: 'name', status: 'status', userId: 'user_id', owner: 'owner' };

/** The one path that a part asks for; null where there are several, or something else than a text is asked. */
const pathOf = (part: Filter, isOfEntry: boolean): readonly string[] | null => {
  switch (part.kind) {
    case 'and':
    case 'or': {
      const [first = null, ...others] = part.parts.map((one) => pathOf(one, isOfEntry));
      return first !== null && others.every((other) => other?.join('.') === first.join('.')) ? first : null;
    }
    case 'not':
      // A run that lacks an entry is one for which it does not hold.
      return isOfEntry ? null : pathOf(part.part, isOfEntry);
    case 'compare':
      return typeof part.value === 'string' && !part.value.includes('\u0000') ? part.path : null;
    case 'in':
      return part.values.every((value) => typeof value === 'string' && !value.includes('\u0000')) ? part.path : null;
    case 'null':
      return null;
  }
};

/** The part, asked of a text. */
const askedOf = (part: Filter, text: Sql, db: Db): Sql => {
  const renamed = (one: Filter): Filter => {
    switch (one.kind) {
      case 'and':
      case 'or':
        return { ...one, parts: one.parts.map(renamed) };
      case 'not':
        return { ...one, part: renamed(one.part) };
      default:
        return { ...one, path: ['text'] };
    }
  };
  return compileFilter(renamed(part), { text: { column: { text } } }, kindOf(db));
};

/** Null where the part asks for something else. */
export const ofTextIn = (db: Db, part: Filter, experiment: number): OfText | null => {
  const path = pathOf(part, false);
  if (path === null) return null;
  const [first = '', ...rest] = path;
  const column = Object.hasOwn(columns, first) && rest.length === 0 ? columns[first] : undefined;
  if (column !== undefined)
    return {
      table: 'runs',
      column,
      where: sql`experiment = ${experiment}`,
      fits: (text) => askedOf(part, text, db),
      isWhole: true,
    };
  const isEntry = (first === 'parameters' || first === 'tags') && rest.length > 0;
  if (!isEntry || pathOf(part, true) === null) return null;
  return {
    table: first === 'tags' ? 'run_tags' : 'run_parameters',
    column: 'head',
    where: sql`experiment = ${experiment} and key = ${rest.join('.')}`,
    // Of a longer text the index has but the beginning.
    fits: (text) => sql`(length(${text}) >= ${sql.lit(headLength)} or ${askedOf(part, text, db)})`,
    isWhole: false,
  };
};

const runOf = ({ table }: OfText): Sql => (table === 'runs' ? sql`number` : sql`run`);

/** All texts are asked. */
export const candidatesByText = (text: OfText): Candidates => ({
  selects: [
    sql`select ${runOf(text)} as run from ${sql.table(text.table)} where ${text.where} and ${text.fits(sql.ref(text.column))}`,
  ],
  isExact: text.isWhole,
});

/**
 * The same where runs have few different texts: only those are asked, by going from each to the next in the index.
 * Null where there are more than `most`.
 */
export const candidatesByFewTexts = async (db: Db, text: OfText, most: number): Promise<Candidates | null> => {
  const { table, column, where } = text;
  const of = sql.ref(column);
  const next = (beyond: Sql): Sql =>
    sql`select ${of} as found from ${sql.table(table)} where ${where} ${beyond} order by ${of} limit 1`;
  const { rows } = await sql<{ found: string; fits: unknown }>`
    with recursive different (found) as (
      select found from (${next(sql``)}) as first
      union all
      select (${next(sql`and ${of} > different.found`)}) from different where different.found is not null
    )
    select found, case when ${text.fits(sql`found`)} then 1 else 0 end as fits
    from different where found is not null limit ${sql.lit(most + 1)}`.execute(db);
  if (rows.length > most) return null;
  const fitting = rows.filter(({ fits }) => Number(fits) === 1).map(({ found }) => found);
  return {
    selects: [
      sql`select ${runOf(text)} as run from ${sql.table(table)} where ${where} and ${isAmong(db, column, fitting)}`,
    ],
    isExact: text.isWhole || fitting.every((one) => [...one].length < headLength),
  };
};
