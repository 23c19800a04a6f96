import { isObject, type Json, objectsIn, textIn } from './exact-json.ts';
import { invalid, missing } from './refusal.ts';

/** MLflow's own limits: what the server is sure to refuse is refused at once, where its sender can still hear it. */
const maxKeyCharacters = 250;
const allowed = /^[/\p{L}\p{N}_.\- :]*$/u;

export const required = (body: Json, name: string): string => textIn(body, name) || missing(name);

const checkKey = (what: string, entry: Json): string => {
  const key = required(entry, 'key');
  const parts = key.split('/');
  if (!allowed.test(key) || parts.some((part) => part === '' || part === '.' || part === '..'))
    invalid(
      `Invalid ${what} name: '${key.slice(0, 260)}'. Names may hold letters, digits and _-.: /, and are no path to somewhere else.`,
    );
  if ([...key].length > maxKeyCharacters)
    invalid(`The ${what} name '${key.slice(0, 260)}' has ${key.length} characters, the most are ${maxKeyCharacters}.`);
  return key;
};

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' ||
  (typeof value === 'string' &&
    value.trim() !== '' &&
    (/^(NaN|-?Infinity)$/.test(value) || !Number.isNaN(Number(value))));

const checkNumber = (entry: Json, name: string): void => {
  const value = entry[name];
  if (value === undefined || value === null) missing(name);
  if (!isNumber(value)) invalid(`Invalid value ${String(value).slice(0, 100)} for parameter '${name}' supplied.`);
};

export const checkMetric = (entry: Json): string => {
  const key = checkKey('metric', entry);
  checkNumber(entry, 'value');
  checkNumber(entry, 'timestamp');
  if (entry['step'] !== undefined && entry['step'] !== null) checkNumber(entry, 'step');
  return key;
};
export const checkParameter = (entry: Json): string => checkKey('param', entry);
export const checkTag = (entry: Json): string => checkKey('tag', entry);

export const batchLimits = { metrics: 1000, params: 100, tags: 100, total: 1000 };

export const checkBatch = (body: Json): void => {
  let total = 0;
  for (const name of ['metrics', 'params', 'tags'] as const) {
    const list = body[name] ?? [];
    if (!Array.isArray(list) || !list.every(isObject)) return invalid(`'${name}' must be a list of objects.`);
    if (list.length > batchLimits[name])
      invalid(`A batch logging request can contain at most ${batchLimits[name]} ${name}. Got ${list.length}.`);
    total += list.length;
  }
  if (total > batchLimits.total)
    invalid(`A batch logging request can contain at most ${batchLimits.total} metrics, params and tags. Got ${total}.`);
  objectsIn(body, 'metrics').forEach(checkMetric);
  const keys = objectsIn(body, 'params').map(checkParameter);
  if (new Set(keys).size < keys.length) invalid('Duplicate parameter keys have been submitted.');
  objectsIn(body, 'tags').forEach(checkTag);
};
