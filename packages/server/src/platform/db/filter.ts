import {
  type Filter,
  type FilterOperator,
  type FilterPlace,
  type FilterValue,
  readInstant,
} from '@millwright/contract';
import { type RawBuilder, sql } from 'kysely';
import { fail } from '#platform/errors';
import type { DatabaseKind } from './columns.ts';
import { fits, type PatternOperator } from './filter-pattern.ts';

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
 * `not` turns exactly what does not match into what does. Errors: INVALID_FILTER for a column that is not declared or
 * cannot be compared so, with `position` where the filter was read from a text.
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
        return at(part, (stored) => compare(stored, part.operator, part.value, kind, part.valueAt));
      case 'in':
        return at(part, (stored) => {
          const parts = part.values.map((value) => compare(stored, '=', value, kind, part.valueAt));
          const among = sql`(${sql.join(parts, sql` or `)})`;
          return part.negated ? sql`not ${among}` : among;
        });
      case 'null':
        return sql`not ${at(part, () => always)}`;
    }
  };
  /** The test, for rows that have something at the path. */
  const at = (
    { path, at: position }: { path: readonly string[] } & FilterPlace,
    test: (stored: StoredValue) => Sql,
  ): Sql => {
    const [first = '', ...rest] = path;
    const field = Object.hasOwn(fields, first) ? fields[first] : undefined;
    if (!field || 'column' in field !== (rest.length === 0)) return unknownColumn(path, fields, position);
    if ('entry' in field)
      return field.entry(
        rest.map((part) => readable(part, position)),
        test,
      );
    const { column } = field;
    return sql`(${column.text ?? column.number} is not null and ${test(column)})`;
  };
  return compile(filter) as RawBuilder<boolean>;
};

const refuse = (message: string, position: number | undefined): never =>
  position === undefined
    ? fail('INVALID_FILTER', message)
    : fail('INVALID_FILTER', `${message} (At character ${position + 1}.)`, { position });

const unknownColumn = (
  path: readonly string[],
  fields: Readonly<Record<string, FilterField>>,
  position: number | undefined,
): never => {
  const known = Object.entries(fields).map(([name, field]) => ('entry' in field ? `${name}.<key>` : name));
  return refuse(`There is no column ${path.join('.')} to filter by. There are ${known.join(', ')}.`, position);
};

/** PostgreSQL cannot hold the character NUL, so that no stored text has it. */
const readable = (text: string, position: number | undefined): string =>
  text.includes('\u0000') ? refuse('The filter holds the character NUL, which no value has.', position) : text;

const patternOperators: readonly string[] = ['~', 'like', 'ilike', 'rlike'] satisfies PatternOperator[];
const isPatternOperator = (operator: FilterOperator): operator is PatternOperator =>
  patternOperators.includes(operator);
type Comparison = Exclude<FilterOperator, PatternOperator>;

const compare = (
  stored: StoredValue,
  operator: FilterOperator,
  value: FilterValue,
  kind: DatabaseKind,
  position: number | undefined,
): Sql => {
  if (isPatternOperator(operator))
    return fitsStored(stored, operator, readable(String(value), position), kind, position);
  // What cannot be compared is different, and nothing else.
  const incomparable = operator === '!=' ? always : never;
  if (typeof value === 'number')
    return stored.number
      ? compareNumber(stored.number, stored.special, operator, value)
      : refuse(`This column holds text: compare it with a text in quotes, "${value}".`, position);
  if (typeof value === 'boolean') {
    if (!stored.text) return incomparable;
    const isTruth = sql`${stored.text} in ('true', 'false')`;
    const matches = compareText(stored.text, operator, String(value), kind);
    return operator === '!=' ? sql`(not ${isTruth} or ${matches})` : sql`(${isTruth} and ${matches})`;
  }
  if (stored.text) return compareText(stored.text, operator, readable(value, position), kind);
  const instant = readInstant(value);
  const ofNumber = Number.isNaN(instant)
    ? incomparable
    : sql`(${stored.number} is not null and ${compareNumber(stored.number, undefined, operator, instant)})`;
  if (!stored.special) return Number.isNaN(instant) ? incomparable : ofNumber;
  const ofSpecial = compareText(stored.special, operator, readable(value, position), kind);
  return sql`case when ${stored.special} is null then ${ofNumber} else ${ofSpecial} end`;
};

/** Numbers can be searched for digits; a pattern for them would mean something else wherever they are written otherwise. */
const fitsStored = (
  stored: StoredValue,
  operator: PatternOperator,
  pattern: string,
  kind: DatabaseKind,
  position: number | undefined,
): Sql => {
  if (stored.text) return fits(stored.text, operator, pattern, kind);
  if (operator !== '~')
    return refuse(`This column holds numbers: compare it with a number, not by ${operator}.`, position);
  const text = sql`cast(${stored.number} as text)`;
  return fits(stored.special ? sql`coalesce(${stored.special}, ${text})` : text, operator, pattern, kind);
};

const signs: Record<Comparison, Sql> = {
  '=': sql`=`,
  '!=': sql`<>`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
};

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
