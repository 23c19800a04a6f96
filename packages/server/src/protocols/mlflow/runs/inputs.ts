import type { DatasetInput, ExperimentsService } from '#experiments';
import { fail } from '#platform/errors';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import { experimentNumberOf } from '../experiments/experiments.ts';
import type { Fields } from '../wire/fields.ts';
import { modelIdFromWire } from '../wire/ids.ts';
import { contextTag } from './run-links.ts';
import { checkRunId, runIdOf } from './runs.ts';

/** MLflow's limits, in characters. */
const limits = {
  name: 500,
  digest: 36,
  source: 65_535,
  schema: 1_048_575,
  profile: 16_777_215,
  tagKey: 255,
  tagValue: 500,
};
/** A profile of that length, each character written as `\uXXXX`, and what comes with it. */
const maxBodyBytes = 128 * 1024 * 1024;
const maxSummaries = 1000;
const maxExperiments = 20;

const limited = (name: string, value: string, max: number): string => {
  // No text has more characters than units of UTF-16.
  if (value.length <= max) return value;
  let characters = 0;
  for (let at = 0; at < value.length && characters <= max; at += (value.codePointAt(at) as number) > 0xff_ff ? 2 : 1)
    characters += 1;
  return characters <= max ? value : fail('INVALID_INPUT', `'${name}' exceeds the maximum length of ${max} characters`);
};

const optional = (input: Fields, name: 'schema' | 'profile'): string | null => {
  const value = input.text(name);
  return value === undefined ? null : limited(name, value, limits[name]);
};

const datasetInputOf = (input: Fields): DatasetInput => {
  const dataset =
    input.message('dataset') ?? fail('INVALID_INPUT', 'Dataset input must have a dataset associated with it.');
  const tags = new Map<string, string>();
  for (const tag of input.messages('tags')) {
    const key = limited('key', tag.requiredText('key'), limits.tagKey);
    if (tags.has(key)) fail('INVALID_INPUT', `Duplicate tag keys have been submitted: '${key}'.`);
    tags.set(key, limited('value', tag.text('value') ?? '', limits.tagValue));
  }
  const context = tags.get(contextTag) ?? null;
  tags.delete(contextTag);
  return {
    dataset: {
      name: limited('name', dataset.requiredText('name'), limits.name),
      digest: limited('digest', dataset.requiredText('digest'), limits.digest),
      sourceType: dataset.text('source_type') ?? '',
      source: limited('source', dataset.text('source') ?? '', limits.source),
      schema: optional(dataset, 'schema'),
      profile: optional(dataset, 'profile'),
    },
    context,
    tags: Object.fromEntries(tags),
  };
};

const modelIdOf = (input: Fields): string => modelIdFromWire(input.requiredText('model_id', { max: 250 }));

export const inputEndpoints = (experiments: ExperimentsService): MlflowEndpoint[] => [
  {
    method: 'POST',
    path: '/runs/log-inputs',
    permission: 'run:write',
    maxBodyBytes,
    async handle(input, ctx) {
      const runId = checkRunId(runIdOf(input));
      const datasets = input.messages('datasets').map(datasetInputOf);
      const models = input.messages('models').map(modelIdOf);
      await experiments.logInputs(ctx, runId, { datasets, models });
      return {};
    },
  },
  {
    method: 'POST',
    path: '/runs/outputs',
    permission: 'run:write',
    async handle(input, ctx) {
      const runId = runIdOf(input);
      const outputs = input
        .requiredMessages('models')
        .map((model) => ({ modelId: modelIdOf(model), step: model.integer('step') ?? 0 }));
      await experiments.logOutputs(ctx, runId, outputs);
      return {};
    },
  },
  {
    method: 'POST',
    path: '/experiments/search-datasets',
    isAjaxOnly: true,
    permission: 'run:read',
    async handle(input, ctx) {
      const ids = input.texts('experiment_ids');
      if (ids.length === 0) fail('INVALID_INPUT', 'SearchDatasets request must specify at least one experiment_id.');
      if (ids.length > maxExperiments)
        fail(
          'INVALID_INPUT',
          `SearchDatasets request cannot specify more than ${maxExperiments} experiment_ids. Received ${ids.length} experiment_ids.`,
        );
      const found = await experiments.datasetsRead(ctx, ids.map(experimentNumberOf), maxSummaries);
      if (found.length === 0) return {};
      return {
        dataset_summaries: found.map(({ experiment, name, digest, context }) => ({
          experiment_id: String(experiment),
          name,
          digest,
          ...(context === null ? {} : { context }),
        })),
      };
    },
  },
];
