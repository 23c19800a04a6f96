import { fail } from '#platform/errors';
import type { MeaningChange } from './service.ts';

const ofMetric = /^millwright\.metric\.(.+)\.([^.]+)$/s;
const directions = ['maximize', 'minimize', 'none'] as const;

const directionFrom = (value: string): (typeof directions)[number] | null =>
  value === '' ? null : (directions.find((one) => one === value) ?? null);

const numberFrom = (tag: string, value: string): number | null => {
  if (value === '') return null;
  const number = Number(value);
  return Number.isFinite(number)
    ? number
    : fail('INVALID_INPUT', `The tag '${tag}' is '${value}', which is no number.`);
};

const changeFrom = (tag: string, field: string, value: string): MeaningChange => {
  switch (field) {
    case 'direction':
      if (value !== '' && directionFrom(value) === null)
        fail('INVALID_INPUT', `The tag '${tag}' is '${value}'. It may be ${directions.join(', ')}.`);
      return { direction: directionFrom(value) };
    case 'unit':
      return { unit: value.slice(0, 40) };
    case 'low':
    case 'high':
      return { [field]: numberFrom(tag, value) };
    case 'description':
      return { description: value.slice(0, 1000) };
    default:
      return fail(
        'INVALID_INPUT',
        `The tag '${tag}' says nothing of a metric: it ends in direction, unit, low, high or description.`,
      );
  }
};

/**
 * What tags of an experiment say of metrics, by their keys: `millwright.metric.auc.direction` is how Python code does
 * it. Errors: INVALID_INPUT.
 */
export const meaningsInTags = (tags: Readonly<Record<string, string>>): Map<string, MeaningChange> => {
  const said = new Map<string, MeaningChange>();
  for (const [tag, value] of Object.entries(tags)) {
    const [, key, field = ''] = ofMetric.exec(tag) ?? [];
    if (key !== undefined) said.set(key, { ...said.get(key), ...changeFrom(tag, field, value) });
  }
  return said;
};
