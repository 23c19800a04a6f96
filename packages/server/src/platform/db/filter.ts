import type { Filter, FilterOperator, FilterValue } from '@millwright/contract';
import { type RawBuilder, sql } from 'kysely';
import { fail } from '#platform/errors';
import type { DatabaseKind } from './columns.ts';

type Sql = RawBuilder<unknown>;

/** A stored value as SQL. It is a text, a number, or a text that may also be read as a number. */
export interface StoredValue {
  text?: Sql;
  /** NULL where the value is no number. */
  number?: Sql;
  /** `NaN`, `Infinity` or `-Infinity` where that is the value (and `number` is NULL), else NULL. */
  special?: Sql;
}

/** A column of the row itself, or entries below a prefix (`tags.team`) that live in a table of their own. */
export type FilterField =
  | { column: StoredValue }
  /** Whether the row has an entry at the path for which the test holds. */
  | { entry: (path: readonly string[], test: (stored: StoredValue) => Sql) => Sql };

const always = sql`1 = 1`;
const never = sql`1 = 0`;

/**
 * A filter as a condition, with the meaning that `evaluateFilter` has in the browser: no part of it is ever NULL, so that
 * `not` turns exactly what does not match into what does. Letters beyond ASCII keep their case in `~` on SQLite.
 * Errors: INVALID_FILTER for a column that is not declared.
 */
export const compileFilter = (
  filter: Filter,
  fields: Readonly<Record<string, FilterField>>,
  kind: DatabaseKind,
): RawBuilder<boolean> => {
  const compile = (part: Filter): Sql => {
    switch (part.kind) {
      case 'and':
      case 'or':
        return sql`(${sql.join(part.parts.map(compile), part.kind === 'and' ? sql` and ` : sql` or `)})`;
      case 'not':
        return sql`not ${compile(part.part)}`;
      case 'compare':
        return at(part.path, (stored) => compare(stored, part.operator, part.value, kind));
      case 'in':
        return at(part.path, (stored) => {
          const parts = part.values.map((value) => compare(stored, '=', value, kind));
          return sql`(${sql.join(parts, sql` or `)})`;
        });
      case 'null':
        return sql`not ${at(part.path, () => always)}`;
    }
  };
  /** The test, for rows that have something at the path. */
  const at = (path: readonly string[], test: (stored: StoredValue) => Sql): Sql => {
    const [first = '', ...rest] = path;
    const field = Object.hasOwn(fields, first) ? fields[first] : undefined;
    if (!field || 'column' in field !== (rest.length === 0)) return unknownColumn(path, fields);
    if ('entry' in field) return field.entry(rest.map(readable), test);
    const { column } = field;
    return sql`(${column.text ?? column.number} is not null and ${test(column)})`;
  };
  return compile(filter) as RawBuilder<boolean>;
};

const unknownColumn = (path: readonly string[], fields: Readonly<Record<string, FilterField>>): never => {
  const known = Object.entries(fields).map(([name, field]) => ('entry' in field ? `${name}.<key>` : name));
  return fail('INVALID_FILTER', `There is no column ${path.join('.')} to filter by. There are ${known.join(', ')}.`);
};

/** PostgreSQL cannot hold the character NUL, so that no stored text has it. */
const readable = (text: string): string =>
  text.includes('\u0000') ? fail('INVALID_FILTER', 'The filter holds the character NUL, which no value has.') : text;

const compare = (stored: StoredValue, operator: FilterOperator, value: FilterValue, kind: DatabaseKind): Sql => {
  if (operator === '~') return contains(stored, readable(String(value)));
  // What cannot be compared is different, and nothing else.
  const incomparable = operator === '!=' ? always : never;
  if (typeof value === 'number')
    return stored.number ? compareNumber(stored.number, stored.special, operator, value) : asksForText(value);
  if (typeof value === 'boolean') {
    if (!stored.text) return incomparable;
    const isTruth = sql`${stored.text} in ('true', 'false')`;
    const matches = compareText(stored.text, operator, String(value), kind);
    return operator === '!=' ? sql`(not ${isTruth} or ${matches})` : sql`(${isTruth} and ${matches})`;
  }
  if (stored.text) return compareText(stored.text, operator, readable(value), kind);
  const instant = Date.parse(value);
  const ofNumber = Number.isNaN(instant)
    ? incomparable
    : sql`(${stored.number} is not null and ${compareNumber(stored.number, undefined, operator, instant)})`;
  if (!stored.special) return Number.isNaN(instant) ? incomparable : ofNumber;
  const ofSpecial = compareText(stored.special, operator, readable(value), kind);
  return sql`case when ${stored.special} is null then ${ofNumber} else ${ofSpecial} end`;
};

const asksForText = (value: number): never =>
  fail('INVALID_FILTER', `This column holds text: compare it with a text in quotes, "${value}".`);

const signs: Record<Exclude<FilterOperator, '~'>, Sql> = {
  '=': sql`=`,
  '!=': sql`<>`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
};
type Comparison = keyof typeof signs;

/** Ordered by code point, whatever the language of the database. */
const compareText = (text: Sql, operator: Comparison, value: string, kind: DatabaseKind): Sql => {
  const isOrder = operator !== '=' && operator !== '!=';
  return kind === 'postgres' && isOrder
    ? sql`${text} collate "C" ${signs[operator]} ${value}`
    : sql`${text} ${signs[operator]} ${value}`;
};

const compareNumber = (number: Sql | undefined, special: Sql | undefined, operator: Comparison, value: number): Sql => {
  // Infinity can be written in a filter (1e999) but not stored in a column of numbers.
  const limited = Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
  // An instant compared with a fraction: only doubles can be.
  const column = Number.isSafeInteger(limited) ? number : sql`cast(${number} as double precision)`;
  const ofNumber = sql`${column} ${signs[operator]} ${limited}`;
  if (special) return withSpecial(sql`${number} is not null and ${ofNumber}`, special, operator);
  return operator === '!=' ? sql`(${number} is null or ${ofNumber})` : sql`(${number} is not null and ${ofNumber})`;
};

/** NaN is only ever different; the infinities lie beyond every number. */
const withSpecial = (ofNumber: Sql, special: Sql, operator: Comparison): Sql => {
  const names: Record<Comparison, string[]> = {
    '=': [],
    '!=': ['NaN', 'Infinity', '-Infinity'],
    '<': ['-Infinity'],
    '<=': ['-Infinity'],
    '>': ['Infinity'],
    '>=': ['Infinity'],
  };
  const matching = names[operator];
  if (matching.length === 0) return sql`(${ofNumber})`;
  return sql`((${ofNumber}) or coalesce(${special}, '') in (${sql.join(matching)}))`;
};

const contains = (stored: StoredValue, part: string): Sql => {
  const pattern = `%${part.toLowerCase().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const text = stored.text ?? sql`cast(${stored.number} as text)`;
  const shown = stored.special ? sql`coalesce(${stored.special}, ${text})` : text;
  return sql`lower(${shown}) like ${pattern} escape '\\'`;
};
