import type { Check, ColumnType } from '@millwright/contract';
import { fail } from '#platform/errors';

export type Fields = Record<string, unknown>;
type Reader = (parameters: Fields) => Fields;

const columnTypes: readonly ColumnType[] = ['number', 'integer', 'string', 'boolean', 'timestamp'];
const setLimit = 10_000;

export const acceptsRange = (type: ColumnType): boolean =>
  type === 'number' || type === 'integer' || type === 'timestamp';

const refuse = (name: string, wanted: string, value: unknown): never => {
  const shown = JSON.stringify(value) ?? 'nothing';
  const excerpt = shown.length > 100 ? `${shown.slice(0, 100)}…` : shown;
  return fail('INVALID_INPUT', `parameters.${name}: expected ${wanted}, got ${excerpt}.`, {
    problems: [{ path: `body/parameters/${name}`, message: `expected ${wanted}` }],
  });
};

const fraction = (parameters: Fields): number => {
  const value = parameters['maxFraction'] ?? 0;
  if (typeof value !== 'number' || !(value >= 0 && value <= 1))
    return refuse('maxFraction', 'a number from 0 to 1', value);
  return value;
};

const bound = (parameters: Fields, name: 'min' | 'max'): number | null => {
  const value = parameters[name] ?? null;
  if (value !== null && (typeof value !== 'number' || !Number.isFinite(value)))
    return refuse(name, 'a finite number (epoch ms for timestamps) or null', value);
  return value;
};

const readers: Record<Check['kind'], { names: readonly string[]; read: Reader }> = {
  'column-present': {
    names: ['type'],
    read: ({ type }) => {
      if (type === undefined) return {};
      return columnTypes.includes(type as ColumnType)
        ? { type }
        : refuse('type', `one of ${columnTypes.join(', ')}`, type);
    },
  },
  'not-missing': { names: ['maxFraction'], read: (parameters) => ({ maxFraction: fraction(parameters) }) },
  'in-set': {
    names: ['values', 'maxFraction'],
    read: (parameters) => {
      const { values } = parameters;
      const isValue = (value: unknown) =>
        typeof value === 'string' ||
        typeof value === 'boolean' ||
        (typeof value === 'number' && Number.isFinite(value));
      if (!Array.isArray(values) || values.length === 0 || values.length > setLimit || !values.every(isValue))
        return refuse('values', `a list of 1 to ${setLimit} texts, numbers or truth values`, values);
      return { values: [...new Set(values)], maxFraction: fraction(parameters) };
    },
  },
  'in-range': {
    names: ['min', 'max', 'maxFraction'],
    read: (parameters) => {
      const [min, max] = [bound(parameters, 'min'), bound(parameters, 'max')];
      if (min === null && max === null) return refuse('min', 'a bound: min, max or both', null);
      if (min !== null && max !== null && min > max) return refuse('min', `at most max (${max})`, min);
      return { min, max, maxFraction: fraction(parameters) };
    },
  },
  'row-count': {
    names: ['min'],
    read: ({ min }) =>
      Number.isSafeInteger(min) && Number(min) >= 0 ? { min } : refuse('min', 'a whole number from 0 on', min),
  },
  unique: { names: [], read: () => ({}) },
};

/** The parameters of a kind of check, complete with defaults. Errors: INVALID_INPUT. */
export const readParameters = (kind: Check['kind'], parameters: Fields): Fields => {
  const { names, read } = readers[kind];
  const unknown = Object.keys(parameters).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const known = names.length === 0 ? 'takes no parameters' : `takes ${names.join(', ')}`;
    fail('INVALID_INPUT', `A check of kind ${kind} ${known}, not ${unknown.slice(0, 5).join(', ')}.`);
  }
  return read(parameters);
};
