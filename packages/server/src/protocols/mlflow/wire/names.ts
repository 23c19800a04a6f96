import { posix } from 'node:path';
import { checkLength, hasAtMost, refuseValue } from './refusals.ts';

/** Limits of MLflow, in characters. */
export const limits = {
  experimentName: 500,
  key: 250,
  parameterValue: 6000,
  runTag: 8000,
  experimentTag: 20_000,
  artifactLocation: 2048,
};

const allowed = /^[/\p{L}\p{N}_.\- :]*$/u;
/** What stands for a path must already be the simplest form of it, and lead nowhere outside. */
const isPlainPath = (name: string): boolean => {
  if (name === '.' || name.startsWith('/') || name.startsWith('..') || name.endsWith('/')) return false;
  const parts = name.split('/');
  return parts.every((part) => part !== '' && part !== '.' && part !== '..');
};

/** The field of a request, and what the key in it is called where it is too long. */
const fields = {
  metric: { field: 'name', called: 'Metric name' },
  param: { field: 'key', called: 'Param key' },
  tag: { field: 'key', called: undefined },
} as const;

export interface KeyRule {
  /** Characters. */
  max?: number;
  /** Before the name of the field, where the key is one of a list: `tags[0].`. */
  at?: string;
}

/** Keys that passed: training code sends the same ones all day long. */
const passed = new Set<string>();
const mostPassed = 20_000;

/** The key of a metric, a parameter or a tag. Errors: INVALID_INPUT. */
export const checkKey = (what: keyof typeof fields, name: string, rule: KeyRule = {}): string => {
  const { max = limits.key, at = '' } = rule;
  if (max === limits.key && passed.has(name)) return name;
  const field = at + fields[what].field;
  if (!allowed.test(name))
    refuseValue(
      field,
      name,
      'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).',
    );
  if (name === '' || !isPlainPath(name))
    refuseValue(
      field,
      name,
      `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${posix
        .normalize(name)
        .replace(/(?<=.)\/$/, '')
        .slice(0, 300)}'`,
    );
  if (!hasAtMost(name, max)) return checkLength(fields[what].called ?? field, name, max);
  if (max === limits.key) {
    if (passed.size >= mostPassed) passed.clear();
    passed.add(name);
  }
  return name;
};

/** As MLflow does unless told otherwise, longer values are cut, not refused. */
export const cut = (value: string, max: number): string =>
  hasAtMost(value, max) ? value : [...value].slice(0, max).join('');
