import { fail } from '#platform/errors';

/** Limits of MLflow, in characters. */
export const limits = {
  experimentName: 500,
  key: 250,
  parameterValue: 6000,
  runTag: 8000,
  experimentTag: 5000,
  artifactLocation: 2048,
};

const allowed = /^[/\p{L}\p{N}_.\- :]*$/u;
const invalid = (what: string, name: string): never =>
  fail(
    'INVALID_INPUT',
    `Invalid ${what} name: '${name.slice(0, 260)}'. Names may hold letters, digits, underscores (_), dashes (-), periods (.), spaces ( ), colons (:) and slashes (/), and are no path to somewhere else.`,
  );

/** What stands for a path must already be the simplest form of it, and lead nowhere outside. */
const isPlainPath = (name: string): boolean => {
  if (name === '.' || name.startsWith('/') || name.endsWith('/')) return false;
  const parts = name.split('/');
  return parts.every((part) => part !== '' && part !== '.' && part !== '..');
};

/** The key of a metric, a parameter or a tag. `max`: characters. Errors: INVALID_INPUT. */
export const checkKey = (what: 'metric' | 'param' | 'tag', name: string, max: number = limits.key): string => {
  if (name === '' || !allowed.test(name) || !isPlainPath(name)) return invalid(what, name);
  if ([...name].length > max)
    fail(
      'INVALID_INPUT',
      `The ${what} name '${name.slice(0, 260)}' has ${name.length} characters, the most are ${max}.`,
    );
  return name;
};

/** As MLflow does unless told otherwise, longer values are cut, not refused. */
export const cut = (value: string, max: number): string => (value.length <= max ? value : value.slice(0, max));
