import type { Filter, FilterOperator, FilterValue } from './filter.ts';
import { readInstant } from './instant.ts';
import { containsParts, likeParts, matchesParts } from './like.ts';
import { compileRegex } from './regex.ts';

/**
 * The value a path names in a row. Keys may themselves hold dots (`metrics.val.auc`): the longest key wins. A metric
 * summary stands for its last value. `undefined` when there is nothing.
 */
export const readPath = (row: unknown, path: readonly string[]): unknown => {
  if (row === null || typeof row !== 'object') return path.length === 0 ? row : undefined;
  if (path.length === 0) return 'last' in row ? row.last : row;
  for (let length = path.length; length > 0; length -= 1) {
    const key = path.slice(0, length).join('.');
    if (!Object.hasOwn(row, key)) continue;
    const value = readPath((row as Record<string, unknown>)[key], path.slice(length));
    if (value !== undefined) return value;
  }
  return undefined;
};

/** Both sides as the same kind of thing, or null when they cannot be compared. */
const comparable = (stored: unknown, value: FilterValue): [string | number, string | number] | null => {
  if (typeof value === 'boolean') {
    return typeof stored === 'boolean' || stored === 'true' || stored === 'false'
      ? [String(stored), String(value)]
      : null;
  }
  if (typeof value === 'number') {
    if (typeof stored === 'number') return [stored, value];
    if (typeof stored !== 'string' || stored.trim() === '') return null;
    const number = Number(stored);
    return Number.isNaN(number) ? null : [number, value];
  }
  if (typeof stored === 'number') {
    const instant = readInstant(value);
    return Number.isNaN(instant) ? null : [stored, instant];
  }
  return typeof stored === 'string' || typeof stored === 'boolean' ? [String(stored), value] : null;
};

/** UTF-16 puts the characters beyond U+FFFF before those from U+E000 on; by code point they come after. */
const rank = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);
/** Numbers by value, text by code point: the order of both databases. */
const isBefore = (left: string | number, right: string | number): boolean => {
  if (typeof left === 'number' || typeof right === 'number') return left < right;
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  if (at === left.length || at === right.length) return left.length < right.length;
  return rank(left.charCodeAt(at)) < rank(right.charCodeAt(at));
};

type PatternOperator = '~' | 'like' | 'ilike' | 'rlike';
const isPatternOperator = (operator: FilterOperator): operator is PatternOperator =>
  operator === '~' || operator === 'like' || operator === 'ilike' || operator === 'rlike';

const build = (operator: PatternOperator, pattern: string): ((text: string) => boolean) => {
  if (operator === 'rlike') return compileRegex(pattern).test;
  const parts = operator === '~' ? containsParts(pattern) : likeParts(pattern, operator === 'ilike');
  return (text) => matchesParts(parts, text);
};
const matchers = new Map<string, (text: string) => boolean>();
const maxMatchers = 100;

/** Whether a text fits a pattern. Patterns are kept: a table asks the same one for each of its rows. */
export const matchesPattern = (operator: PatternOperator, pattern: string, text: string): boolean => {
  const key = `${operator} ${pattern}`;
  let matcher = matchers.get(key);
  if (!matcher) {
    matcher = build(operator, pattern);
    if (matchers.size >= maxMatchers) matchers.clear();
    matchers.set(key, matcher);
  }
  return matcher(text);
};

const compare = (stored: unknown, operator: FilterOperator, value: FilterValue): boolean => {
  if (stored === undefined || stored === null) return false;
  if (operator === '~')
    return matchesPattern(operator, String(value), Array.isArray(stored) ? stored.join(' ') : String(stored));
  if (Array.isArray(stored)) return stored.some((entry) => compare(entry, operator, value));
  if (isPatternOperator(operator))
    return typeof stored !== 'number' && matchesPattern(operator, String(value), String(stored));
  const pair = comparable(stored, value);
  if (pair === null) return operator === '!=';
  const [left, right] = pair;
  const isEqual = left === right;
  switch (operator) {
    case '=':
      return isEqual;
    case '!=':
      return !isEqual;
    case '<':
      return isBefore(left, right);
    case '<=':
      return isEqual || isBefore(left, right);
    case '>':
      return isBefore(right, left);
    case '>=':
      return isEqual || isBefore(right, left);
  }
};

const isAmong = (stored: unknown, values: readonly FilterValue[]): boolean =>
  values.some((value) => compare(stored, '=', value));

/** Whether a row matches. `null` matches everything. */
export const evaluateFilter = (filter: Filter | null, row: unknown): boolean => {
  if (filter === null) return true;
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => evaluateFilter(part, row));
    case 'or':
      return filter.parts.some((part) => evaluateFilter(part, row));
    case 'not':
      return !evaluateFilter(filter.part, row);
    case 'compare':
      return compare(readPath(row, filter.path), filter.operator, filter.value);
    case 'in': {
      const stored = readPath(row, filter.path) ?? null;
      if (!filter.negated) return isAmong(stored, filter.values);
      const entries = Array.isArray(stored) ? stored : [stored];
      return entries.some((entry) => entry !== null && !isAmong(entry, filter.values));
    }
    case 'null':
      return (readPath(row, filter.path) ?? null) === null;
  }
};
