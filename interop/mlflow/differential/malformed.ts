import type { Random } from './random.ts';
import type { Step } from './wire.ts';

type Path = readonly (string | number)[];

const pathsOf = (value: unknown, path: Path = []): Path[] => {
  const below: Path[] = Array.isArray(value)
    ? value.slice(0, 2).flatMap((item, index) => pathsOf(item, [...path, index]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))
      : [];
  return path.length === 0 ? below : [path, ...below];
};

const remove = Symbol('remove');

const replaced = (value: unknown, [first, ...rest]: Path, by: unknown): unknown => {
  if (first === undefined) return by;
  if (Array.isArray(value))
    return value.flatMap((item, index) => {
      if (index !== first) return [item];
      const inner = replaced(item, rest, by);
      return inner === remove ? [] : [inner];
    });
  const entries = Object.entries(value as object).flatMap(([key, item]): [string, unknown][] => {
    if (key !== first) return [[key, item]];
    const inner = replaced(item, rest, by);
    return inner === remove ? [] : [[key, inner]];
  });
  return Object.fromEntries(entries);
};

const wrongValues: readonly (readonly [string, unknown])[] = [
  ['left out', remove],
  ['left out', remove],
  ['null', null],
  ['empty text', ''],
  ['a blank', ' '],
  ['a number', 7],
  ['a negative number', -3],
  ['a fraction', 2.5],
  ['a huge number', 2 ** 62],
  ['a number as text', '12'],
  ['text', 'abc'],
  ['true', true],
  ['a list', []],
  ['a list of text', ['x']],
  ['an object', {}],
  ['NaN as text', 'NaN'],
  ['unicode', 'Größe 数 🙂'],
  ['a line break', 'a\nb'],
  ['a quote', `it's "x" \`y\``],
  ['a path', '../../etc/passwd'],
  ['251 characters', 'k'.repeat(251)],
  ['501 characters', 'n'.repeat(501)],
  ['6001 characters', 'v'.repeat(6001)],
  ['10000 characters', 't'.repeat(10_000)],
];

const nameOf = (path: Path): string => path.map((part) => (typeof part === 'number' ? '[]' : part)).join('.');

const inWhole = (step: Step, random: Random): Step => {
  const text = JSON.stringify(step.body);
  return random.pick<() => Step>([
    () => ({ ...step, headers: { 'content-type': 'text/plain' }, variant: 'sent as text/plain' }),
    () => ({ ...step, headers: { 'content-type': 'application/x-www-form-urlencoded' }, variant: 'sent as a form' }),
    () => ({
      ...step,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      variant: 'content type with a charset',
    }),
    () => ({ ...step, rawBody: text.slice(0, -1), variant: 'JSON cut off' }),
    () => ({ ...step, rawBody: '', variant: 'no body' }),
    () => ({ ...step, rawBody: '[]', variant: 'body is a list' }),
    () => ({ ...step, rawBody: 'null', variant: 'body is null' }),
    () => ({ ...step, rawBody: '"text"', variant: 'body is text' }),
    () => ({ ...step, rawBody: JSON.stringify(text), variant: 'JSON encoded twice' }),
    () => ({ ...step, body: { ...(step.body as object), unheard_of: { deep: [1] } }, variant: 'an unknown field' }),
    ...(step.fixed ? [] : [() => ({ ...step, body: {}, variant: 'empty object' })]),
    () => ({
      ...step,
      method: step.method === 'POST' ? 'PUT' : 'POST',
      variant: `wrong method ${step.method === 'POST' ? 'PUT' : 'POST'}`,
    }),
  ])();
};

const inQuery = (step: Step, random: Random): Step => {
  const query = step.query ?? [];
  const free = query.filter(([other]) => !step.fixed?.includes(other));
  const [name] = free.length === 0 ? ['unheard_of'] : random.pick(free);
  const others = query.filter(([other]) => other !== name);
  return random.pick<() => Step>([
    () => ({ ...step, query: others, variant: `${name} left out` }),
    () => ({ ...step, query: [...others, [name, '']], variant: `${name} is empty text` }),
    () => ({ ...step, query: [...others, [name, 'of nobody']], variant: `${name} is text` }),
    () => ({ ...step, query: [...others, [name, '-1']], variant: `${name} is a negative number` }),
    () => ({ ...step, query: [...others, [name, '0']], variant: `${name} is 0` }),
    () => ({ ...step, query: [...others, [name, '2.5']], variant: `${name} is a fraction` }),
    () => ({ ...step, query: [...others, [name, 'Größe 数 🙂 of nobody']], variant: `${name} is unicode` }),
    () => ({ ...step, query: [...others, [name, 'n'.repeat(501)]], variant: `${name} is 501 characters` }),
    () => ({ ...step, query: [...query, ...query.filter(([other]) => other === name)], variant: `${name} twice` }),
    () => ({ ...step, query: [...query, ['unheard_of', '1']], variant: 'an unknown parameter' }),
    () => ({ ...step, method: 'PATCH', body: {}, variant: 'wrong method PATCH' }),
  ])();
};

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);

const typeOf = (value: unknown): string =>
  Array.isArray(value)
    ? `list of ${typeof value[0]}`
    : typeof value === 'string' && /^-?\d+$/.test(value)
      ? 'number'
      : typeof value;

// What the servers hold of other sequences must not show: names are this sequence's own, numbers nobody has.
const ownValue = (path: Path, value: unknown, prefix: string): unknown => {
  const key = path.findLast((part) => typeof part === 'string') ?? '';
  if (/^(new_)?name$/.test(key) && typeof value === 'string' && value.trim().length > 1)
    return value.length > 100 ? prefix + value.slice(prefix.length) : prefix + value;
  if (/^experiment_ids?$/.test(key) && (value === 7 || value === '12'))
    return typeof value === 'string' ? '7654321' : 7654321;
  return value;
};

/** The request with one thing wrong: a field missing, of another type or too long, another media type or method. */
export const malformed = (step: Step, random: Random, prefix: string): Step => {
  const { captures: _none, ...plain } = step;
  if (step.body === undefined) return inQuery(plain, random);
  if (random.chance(0.15)) return inWhole(plain, random);
  const paths = pathsOf(step.body).filter(([first]) => !step.fixed?.includes(`${first}`));
  if (paths.length === 0) return inWhole(plain, random);
  // The fields of the request itself as often as everything inside them.
  const outer = paths.filter((path) => path.length === 1);
  const path = random.pick(random.chance(0.5) ? outer : paths);
  const [what, value] = random.pick(wrongValues);
  const given = valueAt(step.body, path);
  const wrongType =
    value !== null &&
    value !== remove &&
    typeOf(value) !== typeOf(given) &&
    !(typeof value === 'string' && typeof given === 'string');
  return {
    ...plain,
    body: replaced(step.body, path, ownValue(path, value, prefix)),
    wrongType,
    variant: `${nameOf(path)} ${what === 'left out' ? what : `is ${what}`}`,
  };
};
