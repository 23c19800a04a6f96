import { type Filter, type FilterOperator, type FilterValue, readInstant } from '@millwright/contract';
import { type Db, sql } from '#platform/db';
import type { BestValues } from '../../metrics/metric.ts';
import { headLength, headOf, type Lead } from '../ordering/store.ts';

type Sql = ReturnType<typeof sql>;
type Compared = Extract<Filter, { kind: 'compare' }>;

/** The runs that a part of a filter can hold for, as an index has them. */
export interface Candidates {
  /** Numbers of runs, each under the name `run`; a run may be in several. */
  selects: readonly Sql[];
  /** Whether the part holds for all of them: they need not be looked at once more. */
  isExact: boolean;
  /** Where they are the entries of one value, which the index has in the order in which runs started. */
  ofOneValue?: OfOneValue;
}

export interface OfOneValue {
  table: 'run_parameters' | 'run_tags';
  key: string;
  head: string;
}

const signs: Partial<Record<FilterOperator, Sql>> = {
  '=': sql`=`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
};

const columns: Record<string, { sql: Sql; kind: 'text' | 'head' | 'instant' }> = {
  name: { sql: sql`name`, kind: 'text' },
  note: { sql: sql`note`, kind: 'head' },
  status: { sql: sql`status`, kind: 'text' },
  owner: { sql: sql`owner`, kind: 'text' },
  userId: { sql: sql`user_id`, kind: 'text' },
  startedAt: { sql: sql`started_at`, kind: 'instant' },
  endedAt: { sql: sql`ended_at`, kind: 'instant' },
};
const tables: Partial<Record<string, string>> = {
  parameters: 'run_parameters',
  tags: 'run_tags',
  metrics: 'run_metrics',
};
/** Which find a run wherever it is. */
const anywhere: Record<string, Sql> = { id: sql`id`, parentRunId: sql`parent_run_id` };

const metricCandidates = (
  path: readonly string[],
  sign: Sql,
  value: number,
  in_: number,
  best: BestValues,
): Candidates | null => {
  const select = (key: string, column: string) =>
    sql`select run from run_metrics where experiment = ${in_} and key = ${key} and ${sql.ref(column)} ${sign} ${value}`;
  const named = select(path.join('.'), 'last_value');
  const field = path.at(-1) ?? '';
  const whole = path.slice(0, -1).join('.');
  const asked = field === 'best' ? best.get(whole) : field;
  if (path.length < 2 || asked === undefined || !['last', 'min', 'max', 'points', 'lastStep'].includes(asked))
    return { selects: [named], isExact: true };
  return asked === 'points' || asked === 'lastStep'
    ? null
    : { selects: [named, select(whole, `${asked}_value`)], isExact: false };
};

const summaries = ['last', 'min', 'max', 'points', 'lastStep', 'best'];

/** What a filter says of the entry that an order goes by. */
export interface Bound {
  /** Whether every run has the entry. */
  isThere: boolean;
  /** Whether its value is a number, of which this is so. */
  where: readonly Sql[];
}

export const boundOf = ({ entry, stretches }: Lead, filter: Filter | null): Bound => {
  const parts = filter === null ? [] : filter.kind === 'and' ? filter.parts : [filter];
  const where: Sql[] = [];
  let isThere = false;
  const [column] = stretches?.[0]?.columns ?? [];
  for (const part of entry === null ? [] : parts) {
    if (part.kind !== 'compare' && part.kind !== 'in') continue;
    const [first = '', ...rest] = part.path;
    if (tables[first] !== entry?.table || rest.join('.') !== entry?.key) continue;
    // It may stand for a part of another metric.
    if (first === 'metrics' && rest.length > 1 && summaries.includes(rest.at(-1) ?? '')) continue;
    isThere = true;
    const sign = part.kind === 'compare' ? signs[part.operator] : undefined;
    if (part.kind !== 'compare' || sign === undefined || !column?.isLastMetric) continue;
    const { value } = part;
    if (typeof value === 'number' && Math.abs(value) < Number.MAX_VALUE)
      where.push(sql`${column.sql} ${sign} ${value}`);
  }
  return { isThere, where };
};

const entryCandidates = (
  table: 'run_parameters' | 'run_tags',
  key: string,
  { operator, value }: { operator: FilterOperator; value: FilterValue },
  in_: number,
): Candidates | null => {
  const among = sql`experiment = ${in_} and key = ${key}`;
  const sign = signs[operator];
  if (typeof value === 'number' && sign !== undefined && Math.abs(value) < Number.MAX_VALUE)
    return {
      selects: [
        sql`select run from ${sql.table(table)} where ${among} and number_value is not null and number_value ${sign} ${value}`,
      ],
      isExact: true,
    };
  if (typeof value !== 'string' || operator !== '=') return null;
  const head = headOf(value);
  return {
    selects: [sql`select run from ${sql.table(table)} where ${among} and head = ${head}`],
    isExact: [...value].length < headLength,
    ofOneValue: { table, key, head },
  };
};

const columnCandidates = (
  name: string,
  operator: FilterOperator,
  value: FilterValue,
  in_: number,
): Candidates | null => {
  const select = (where: Sql, isExact = true): Candidates => ({
    selects: [sql`select number as run from runs where experiment = ${in_} and ${where}`],
    isExact,
  });
  if (Object.hasOwn(anywhere, name) && typeof value === 'string' && operator === '=')
    return select(sql`${anywhere[name]} = ${value}`);
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  const sign = signs[operator];
  if (column === undefined || sign === undefined) return null;
  if (column.kind === 'instant') {
    const instant = typeof value === 'string' ? readInstant(value) : value;
    return typeof instant === 'number' && Number.isSafeInteger(instant)
      ? select(sql`${column.sql} ${sign} ${instant}`)
      : null;
  }
  if (typeof value !== 'string' || operator !== '=') return null;
  if (column.kind === 'text') return select(sql`${column.sql} = ${value}`);
  return select(
    sql`substr(${column.sql}, 1, ${sql.lit(headLength)}) = ${headOf(value)}`,
    [...value].length < headLength,
  );
};

const datasetCandidates = (
  field: string,
  operator: FilterOperator,
  value: FilterValue,
  in_: number,
): Candidates | null => {
  if (operator !== '=' || typeof value !== 'string' || (field !== 'name' && field !== 'digest')) return null;
  const select = sql`select input.run from input_datasets as dataset inner join run_inputs as input on input.dataset = dataset.number
    where dataset.experiment = ${in_} and ${sql.ref(`dataset.${field}`)} = ${value}`;
  // A run may read several of that name.
  return { selects: [select, select], isExact: true };
};

const compared = ({ path, operator, value }: Compared, in_: number, best: BestValues): Candidates | null => {
  const [first = '', ...rest] = path;
  // No stored text has the character, and PostgreSQL refuses it.
  if ([...path, value].some((text) => typeof text === 'string' && text.includes('\u0000'))) return null;
  if (rest.length === 0) return columnCandidates(first, operator, value, in_);
  const sign = signs[operator];
  if (first === 'metrics')
    return typeof value === 'number' && Math.abs(value) < Number.MAX_VALUE && sign !== undefined
      ? metricCandidates(rest, sign, value, in_, best)
      : null;
  if (first === 'datasets') return datasetCandidates(rest.join('.'), operator, value, in_);
  if (first !== 'tags' && first !== 'parameters') return null;
  return entryCandidates(first === 'tags' ? 'run_tags' : 'run_parameters', rest.join('.'), { operator, value }, in_);
};

/** Of an experiment, by its number; null where no index says it. */
export const candidatesOf = (part: Filter, in_: number, best: BestValues): Candidates | null => {
  switch (part.kind) {
    case 'compare':
      return compared(part, in_, best);
    case 'in':
      if (part.negated) return null;
      return eachOf(
        part.values.map((value) => compared({ ...part, kind: 'compare', operator: '=', value }, in_, best)),
      );
    case 'or':
      return eachOf(part.parts.map((one) => candidatesOf(one, in_, best)));
    case 'and': {
      const known = part.parts.map((one) => candidatesOf(one, in_, best)).find((one) => one !== null);
      return known ? { ...known, isExact: false } : null;
    }
    default:
      return null;
  }
};

const eachOf = (parts: readonly (Candidates | null)[]): Candidates | null => {
  const known = parts.filter((one) => one !== null);
  if (known.length < parts.length || known.length === 0 || known.length > 50) return null;
  return { selects: known.flatMap(({ selects }) => selects), isExact: known.every(({ isExact }) => isExact) };
};

/** Each run once. */
export const selectOf = ({ selects }: Candidates): Sql =>
  selects.length === 1 ? (selects[0] as Sql) : sql`select run from (${sql.join(selects, sql` union `)}) as together`;

/** How many there are, counted no further than to a number. */
export const countCandidates = async (db: Db, { selects }: Candidates, most: number): Promise<number> => {
  let total = 0;
  for (const select of new Set(selects)) {
    if (total > most) break;
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from (select 1 from (${select}) as one limit ${sql.lit(most + 1)}) as candidate`.execute(
      db,
    );
    total += Number(rows[0]?.count ?? 0);
  }
  return total;
};
