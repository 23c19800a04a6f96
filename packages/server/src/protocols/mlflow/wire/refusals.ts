import { fail, isMillwrightError, MillwrightError } from '#platform/errors';
import { int64OnWire } from './int64.ts';

const seeDocs = 'See the API docs for more information about request parameters.';

const sorted = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return int64OnWire(value);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
};

const shownCharacters = 300;

/** As MLflow writes what it refuses: JSON of ASCII, keys in order. Cut, so that no answer is as long as its request. */
const shown = (value: unknown): string => {
  const text = (JSON.stringify(value, sorted) ?? 'null').replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}...` : text;
};

/** What its type is called where MLflow comes from. */
const typeName = (value: unknown): string => {
  if (value === null || value === undefined) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return { string: 'str', boolean: 'bool' }[typeof value as string] ?? 'dict';
};

const wrongType = (name: string, value: string, type: string): string =>
  `Invalid value ${value} for parameter '${name}' supplied:  Hint: Value was of type '${type}'. ${seeDocs}`;

/** The texts of MLflow, which clients and their tests look for. */
export const refuseType = (name: string, value: unknown): never =>
  fail(
    'INVALID_INPUT',
    wrongType(name, shown(value), typeName(value)),
    Number.isInteger(value) ? { integerIn: name } : {},
  );

/** 9.0 is a 9 once it is read: where one was refused, the text of the body says how it was sent. */
export const asSpelled = (error: unknown, body: unknown): unknown => {
  const name = isMillwrightError(error) ? error.extra['integerIn'] : undefined;
  if (typeof name !== 'string' || typeof body !== 'string') return error;
  const field = JSON.stringify(name.split('.').at(-1)).replaceAll(/[^\w"]/g, '.');
  const spelled = new RegExp(`${field}\\s*:\\s*(-?\\d+\\.\\d+)\\s*[,}]`).exec(body)?.[1];
  return spelled === undefined ? error : new MillwrightError('INVALID_INPUT', wrongType(name, spelled, 'float'));
};

export const refuseValue = (name: string, value: unknown, why: string): never =>
  fail('INVALID_INPUT', `Invalid value ${shown(value)} for parameter '${name}' supplied: ${why}`);

export const refuseMissing = (name: string): never =>
  fail('INVALID_INPUT', `Missing value for required parameter '${name}'. ${seeDocs}`);

/** One of two units, as an emoji is, counts once. */
export const hasAtMost = (value: string, max: number): boolean => value.length <= max || [...value].length <= max;

/** Errors: INVALID_INPUT where it has more characters. */
export const checkLength = (what: string, value: string, max: number): string =>
  hasAtMost(value, max) ? value : fail('INVALID_INPUT', `'${what}' exceeds the maximum length of ${max} characters`);
