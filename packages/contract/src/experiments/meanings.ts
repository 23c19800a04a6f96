import { type Static, Type } from 'typebox';
import { Nullable, OneOf, PageQuery, Strict, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { type Direction, directionInName } from './direction.ts';
import { RunKey, project, tag } from './scope.ts';

export const MetricMeaning = Type.Object({
  key: Type.String(),
  /** Whether more or less is better; null: nobody said, and its name counts (`val_loss`: less). */
  direction: Nullable(OneOf('maximize', 'minimize', 'none')),
  unit: Type.String(),
  /** Values outside of these are mistakes; null: any. */
  low: Nullable(Type.Number()),
  high: Nullable(Type.Number()),
  description: Type.String(),
});
export type MetricMeaning = Static<typeof MetricMeaning>;

/** What somebody said, or else what the name says. */
export const directionOf = (key: string, meaning: Pick<MetricMeaning, 'direction'> | undefined): Direction | null =>
  meaning?.direction ?? directionInName(key);

export const listMetricMeanings = operation({
  id: 'listMetricMeanings',
  method: 'GET',
  path: '/projects/:project/metric-meanings',
  summary: 'What was said of metrics: direction, unit, valid range',
  tag,
  permission: 'run:read',
  params: Type.Object(project),
  query: Type.Object(PageQuery),
  reply: pageOf(MetricMeaning),
  audit: false,
  cli: 'metrics list',
});
export const describeMetric = operation({
  id: 'describeMetric',
  method: 'PATCH',
  path: '/projects/:project/metric-meanings',
  summary: 'Say what a metric means: whether more or less is better, its unit, its valid range',
  tag,
  description:
    'For all runs of the project. What is left out stays as it is. Python code says the same by tags of an experiment: `millwright.metric.KEY.direction`, `.unit`, `.low`, `.high`, `.description`.',
  permission: 'run:write',
  params: Type.Object(project),
  body: Strict({
    key: RunKey,
    direction: Type.Optional(Nullable(OneOf('maximize', 'minimize', 'none'))),
    unit: Type.Optional(Type.String({ maxLength: 40, pattern: '^[^\\u0000-\\u001f\\u007f]*$' })),
    low: Type.Optional(Nullable(Type.Number())),
    high: Type.Optional(Nullable(Type.Number())),
    description: Type.Optional(Type.String({ maxLength: 1000, pattern: '^[^\\u0000]*$' })),
  }),
  reply: MetricMeaning,
  errors: ['INVALID_INPUT'],
  audit: 'metric.describe',
  cli: 'metrics describe',
});
export const forgetMetric = operation({
  id: 'forgetMetric',
  method: 'DELETE',
  path: '/projects/:project/metric-meanings',
  summary: 'Take back what was said of a metric',
  tag,
  permission: 'run:write',
  status: 204,
  params: Type.Object(project),
  query: Type.Object({ key: RunKey }),
  errors: ['NOT_FOUND'],
  audit: 'metric.forget',
  cli: 'metrics forget',
});
