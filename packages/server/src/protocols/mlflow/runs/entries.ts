import type { NewMetricPoint } from '#experiments';
import { fail } from '#platform/errors';
import type { Fields } from '../wire/fields.ts';
import { checkKey, cut, limits } from '../wire/names.ts';
import { pythonFloat } from '../wire/python.ts';
import { refuseMissing, refuseValue } from '../wire/refusals.ts';

/** Milliseconds. Errors: INVALID_INPUT for less than none. */
export const instantOf = (input: Fields, name: string): number | undefined => {
  const at = input.integer(name);
  return at !== undefined && at < 0 ? refuseValue(input.at + name, at, 'A time is a number of milliseconds.') : at;
};

export const metricOf = (input: Fields): NewMetricPoint => {
  const key = checkKey('metric', input.requiredText('key'), { at: input.at });
  const value = input.double('value') ?? refuseMissing(`${input.at}value`);
  const at = input.int64('timestamp') ?? refuseMissing(`${input.at}timestamp`);
  if (at < 0)
    refuseValue(
      `${input.at}timestamp`,
      at,
      `metric '${key}' (value=${pythonFloat(Number(value))}). Timestamp must be a nonnegative long (64-bit integer) `,
    );
  return { key, value, at, step: input.int64('step') ?? 0 };
};

/** Its key and its value, cut where it is too long. */
export const parameterOf = (input: Fields): [string, string] => [
  checkKey('param', input.requiredText('key'), { at: input.at }),
  cut(input.text('value') ?? '', limits.parameterValue),
];

export const tagOf = (input: Fields): [string, string] => [
  checkKey('tag', input.requiredText('key'), { at: input.at }),
  cut(input.text('value') ?? '', limits.runTag),
];

/** Of a run that begins, whose client may name its tags as it likes. */
export const firstTagOf = (input: Fields): [string, string] => [
  input.requiredText('key', { max: limits.key }),
  cut(input.text('value') ?? '', limits.runTag),
];

const words = { param: 'parameter', tag: 'tag' } as const;

/** Errors: INVALID_INPUT where one is named twice. */
export const uniqueEntries = (
  what: keyof typeof words,
  entries: readonly [string, string][],
): Record<string, string> => {
  const values = new Map(entries);
  if (values.size < entries.length) {
    const repeated = entries.flatMap(([key], index) =>
      entries.findIndex(([other]) => other === key) < index ? [`'${key}'`] : [],
    );
    fail(
      'INVALID_INPUT',
      `Duplicate ${words[what]} keys have been submitted: [${repeated.join(', ')}]. Please ensure the request contains only one ${what} value per ${what} key.`,
    );
  }
  return Object.fromEntries(values);
};

/** What one request may log at most. Errors: INVALID_INPUT. */
export const checkBatch = (counts: { metrics: number; params: number; tags: number }): void => {
  const all = counts.metrics + counts.params + counts.tags;
  for (const [what, count, max] of [
    ['metrics', counts.metrics, 1000],
    ['params', counts.params, 100],
    ['tags', counts.tags, 100],
    ['metrics, params, and tags', all, 1000],
  ] as const)
    if (count > max)
      fail(
        'INVALID_INPUT',
        `A batch logging request can contain at most ${max} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
      );
};
