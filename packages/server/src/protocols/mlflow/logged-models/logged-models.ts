import { createHash } from 'node:crypto';
import type { ExperimentsService, LoggedModel, LoggedModelStatus, ModelPoint } from '#experiments';
import type { Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import { checkArtifactPath } from '../artifacts/artifact-paths.ts';
import { listed, rangeOf, sendFile } from '../artifacts/artifacts.ts';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import { givenId } from '../wire/given-id.ts';
import { experimentNumberOf } from '../experiments/experiments.ts';
import type { Fields } from '../wire/fields.ts';
import { readLoggedModelOrder, readMlflowFilter } from '../filters/index.ts';
import { modelIdFromWire, modelIdOnWire, namedRunOnWire, runIdFromWire } from '../wire/ids.ts';
import { int64OnWire } from '../wire/int64.ts';
import { filesOfModel } from '../wire/locations.ts';
import { pythonText } from '../wire/python.ts';
import { hasAtMost } from '../wire/refusals.ts';
import { randomRunName } from '../runs/run-name.ts';
import type { Locations } from '../runs/runs.ts';

/** Characters. MLflow's columns hold as much on PostgreSQL; it has no limit for values. */
const limits = { name: 500, type: 500, key: 255, value: 100_000 };
const defaultPage = 100;
/** Whoever asks for more gets a token for the rest. */
const maxPage = 1000;

const statuses: Record<LoggedModelStatus, { name: string; number: number }> = {
  pending: { name: 'LOGGED_MODEL_PENDING', number: 1 },
  ready: { name: 'LOGGED_MODEL_READY', number: 2 },
  failed: { name: 'LOGGED_MODEL_UPLOAD_FAILED', number: 3 },
};

const statusOf = (input: Fields): LoggedModelStatus => {
  const given = input.values['status'] || input.requiredText('status');
  const found = (Object.keys(statuses) as LoggedModelStatus[]).find(
    (status) => statuses[status].name === given || statuses[status].number === given,
  );
  const known = Object.values(statuses).map(({ name }) => name);
  return (
    found ??
    fail(
      'INVALID_INPUT',
      `Invalid value ${JSON.stringify(given)} for parameter 'status'. There are ${known.join(', ')}.`,
    )
  );
};

const pairOnWire = ([key, value]: [string, string]) => ({ key, value });

const rootOf = async (locations: Locations, ctx: Ctx, model: LoggedModel): Promise<string> => {
  const location = await locations(ctx, model.experiment);
  return filesOfModel(location, model.id);
};

const pointOnWire = (modelId: string, point: ModelPoint) => ({
  key: point.key,
  value: point.value,
  timestamp: int64OnWire(point.at),
  step: int64OnWire(point.step),
  ...(point.datasetName === '' ? {} : { dataset_name: point.datasetName }),
  ...(point.datasetDigest === '' ? {} : { dataset_digest: point.datasetDigest }),
  model_id: modelId,
  run_id: namedRunOnWire(point.runId),
});

const modelOnWire = (model: LoggedModel, root: string) => {
  const id = modelIdOnWire(model.id);
  const tags = Object.entries(model.tags).map(pairOnWire);
  const params = Object.entries(model.parameters).map(pairOnWire);
  return {
    info: {
      model_id: id,
      experiment_id: String(model.experiment),
      name: model.name,
      creation_timestamp_ms: model.createdAt,
      last_updated_timestamp_ms: model.updatedAt,
      artifact_uri: root,
      status: statuses[model.status].name,
      model_type: model.modelType,
      source_run_id: namedRunOnWire(model.sourceRunId),
      ...(tags.length > 0 ? { tags } : {}),
    },
    data: {
      ...(params.length > 0 ? { params } : {}),
      ...(model.metrics.length > 0 ? { metrics: model.metrics.map((point) => pointOnWire(id, point)) } : {}),
    },
  };
};

const nameOf = (input: Fields): string => {
  const name = input.text('name', { max: limits.name }) || randomRunName();
  return /[/:.%"']/.test(name)
    ? fail(
        'INVALID_INPUT',
        `Invalid model name (${pythonText(name)}) provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
      )
    : name;
};

/** `repeated`: the last of several with one key counts; else they are refused. */
const entriesOf = (
  input: Fields,
  part: 'params' | 'tags',
  rule: { repeated: boolean } = { repeated: false },
): Record<string, string> => {
  const entries = new Map<string, string>();
  for (const entry of input.messages(part)) {
    const key = entry.requiredText('key', { max: limits.key });
    if (entries.has(key) && !rule.repeated)
      fail('INVALID_INPUT', `Duplicate keys have been submitted in '${part}': '${key}'.`);
    const value = entry.text('value') ?? '';
    if (!hasAtMost(value, limits.value))
      fail('INVALID_INPUT', `The value of '${key}' has more than ${limits.value} characters.`);
    entries.set(key, value);
  }
  return Object.fromEntries(entries);
};

/** What must be asked again for the next page, in the words of MLflow. */
const asked = {
  experiment_ids: 'Experiment IDs in the page token do not match the requested experiment IDs',
  order_by: 'Order by in the page token does not match the requested order by',
  filter: 'Filter string in the page token does not match the requested filter string',
  datasets: 'Datasets in the page token do not match the requested datasets',
} as const;

/** A page continues the search it came from: its token holds what was asked. */
const fingerprintsOf = (input: Fields): string[] =>
  Object.keys(asked).map((name) =>
    createHash('sha256')
      .update(JSON.stringify(input.values[name] ?? null))
      .digest('base64url')
      .slice(0, 6),
  );

const readToken = (token: string | undefined, fingerprints: readonly string[]): string | undefined => {
  if (token === undefined || token === '') return undefined;
  const [, before = '', cursor] = /^([\w-]{24})([\w-]+)$/.exec(token) ?? [];
  if (cursor === undefined) return fail('INVALID_CURSOR', 'The page token could not be read.');
  for (const [index, message] of Object.values(asked).entries())
    if (before.slice(6 * index, 6 * (index + 1)) !== fingerprints[index])
      fail('INVALID_INPUT', `${message}. Start again without it.`);
  return cursor;
};

const choiceOf = (dataset: Fields): { name: string; digest?: string } => {
  const name = dataset.text('dataset_name') || undefined;
  const digest = dataset.text('dataset_digest') || undefined;
  if (name === undefined) return fail('INVALID_INPUT', '`dataset_name` in the `datasets` clause must be specified.');
  return { name, ...(digest === undefined ? {} : { digest }) };
};

const orderOf = (input: Fields) =>
  readLoggedModelOrder(
    input.messages('order_by').map((clause) => ({
      field_name: clause.text('field_name'),
      ascending: clause.boolean('ascending'),
      dataset_name: clause.text('dataset_name'),
      dataset_digest: clause.text('dataset_digest'),
    })),
  ).map(({ path, descending, dataset }) => ({
    path,
    descending,
    dataset: {
      ...(dataset?.name == null ? {} : { name: dataset.name }),
      ...(dataset?.digest == null ? {} : { digest: dataset.digest }),
    },
  }));

const pageLimit = (input: Fields): number => {
  const limit = input.integer('max_results') || defaultPage;
  if (limit < 0)
    fail('INVALID_INPUT', `Invalid value ${limit} for parameter 'max_results' supplied. It must be positive.`);
  return Math.min(limit, maxPage);
};

export const loggedModelEndpoints = (experiments: ExperimentsService, locations: Locations): MlflowEndpoint[] => {
  const shown = async (ctx: Ctx, model: LoggedModel) => modelOnWire(model, await rootOf(locations, ctx, model));
  const idOf = (input: Fields): string => modelIdFromWire(input.requiredText('model_id'));
  return [
    {
      method: 'POST',
      path: '/logged-models',
      permission: 'run:write',
      async handle(input, ctx, { request }) {
        const model = await experiments.createLoggedModel(ctx, {
          id: givenId(request.headers['x-millwright-model-id'], 'lm'),
          experiment: experimentNumberOf(input.requiredText('experiment_id')),
          name: nameOf(input),
          modelType: input.text('model_type', { max: limits.type }),
          sourceRunId: runIdFromWire(input.text('source_run_id', { max: 250 }) ?? ''),
          parameters: entriesOf(input, 'params'),
          tags: entriesOf(input, 'tags'),
        });
        return { model: await shown(ctx, model) };
      },
    },
    {
      method: 'POST',
      path: '/logged-models/search',
      permission: 'run:read',
      async handle(input, ctx) {
        const fingerprints = fingerprintsOf(input);
        const page = await experiments.searchLoggedModels(ctx, {
          experiments: input.requiredTexts('experiment_ids').map(experimentNumberOf),
          filter: readMlflowFilter('logged-models', input.text('filter') ?? '', {
            toId: runIdFromWire,
            toModelId: modelIdFromWire,
          }),
          datasets: input.messages('datasets').map(choiceOf),
          order: orderOf(input),
          limit: pageLimit(input),
          cursor: readToken(input.text('page_token'), fingerprints),
        });
        const models = await Promise.all(page.items.map((model) => shown(ctx, model)));
        return {
          ...(models.length > 0 ? { models } : {}),
          ...(page.nextCursor === null ? {} : { next_page_token: fingerprints.join('') + page.nextCursor }),
        };
      },
    },
    {
      method: 'GET',
      path: '/logged-models/:model_id',
      permission: 'run:read',
      async handle(input, ctx) {
        const evenDeleted = input.boolean('allow_deleted') ?? false;
        return { model: await shown(ctx, await experiments.getLoggedModel(ctx, idOf(input), { evenDeleted })) };
      },
    },
    {
      method: 'PATCH',
      path: '/logged-models/:model_id',
      permission: 'run:write',
      async handle(input, ctx) {
        return { model: await shown(ctx, await experiments.setLoggedModelStatus(ctx, idOf(input), statusOf(input))) };
      },
    },
    {
      method: 'DELETE',
      path: '/logged-models/:model_id',
      permission: 'run:write',
      ignoresBody: true,
      async handle(input, ctx) {
        await experiments.deleteLoggedModel(ctx, idOf(input));
        return {};
      },
    },
    {
      method: 'PATCH',
      path: '/logged-models/:model_id/tags',
      permission: 'run:write',
      async handle(input, ctx) {
        await experiments.setLoggedModelTags(ctx, idOf(input), entriesOf(input, 'tags', { repeated: true }));
        return {};
      },
    },
    {
      method: 'DELETE',
      path: '/logged-models/:model_id/tags/:tag_key',
      permission: 'run:write',
      ignoresBody: true,
      async handle(input, ctx) {
        await experiments.deleteLoggedModelTag(ctx, idOf(input), input.requiredText('tag_key'));
        return {};
      },
    },
    {
      method: 'POST',
      path: '/logged-models/:model_id/params',
      permission: 'run:write',
      async handle(input, ctx) {
        await experiments.addLoggedModelParameters(ctx, idOf(input), entriesOf(input, 'params'));
        return {};
      },
    },
    {
      method: 'GET',
      path: '/logged-models/:model_id/artifacts/directories',
      permission: 'run:read',
      async handle(input, ctx) {
        const model = await experiments.getLoggedModel(ctx, idOf(input));
        const path = checkArtifactPath(input.text('artifact_directory_path') ?? '');
        const files = await listed(experiments, ctx, { root: model.id, path }, path);
        return { root_uri: await rootOf(locations, ctx, model), ...(files.length > 0 ? { files } : {}) };
      },
    },
    {
      method: 'GET',
      path: '/logged-models/:model_id/artifacts/files',
      isAjaxOnly: true,
      permission: 'run:read',
      async handle(input, ctx, { request, reply }) {
        const given = input.text('artifact_file_path');
        if (!given)
          return fail('INVALID_INPUT', 'Request must include the "artifact_file_path" query parameter.', {
            errorCode: 'BAD_REQUEST',
          });
        const path = checkArtifactPath(given);
        const { id } = await experiments.getLoggedModel(ctx, idOf(input));
        return sendFile(request, reply, path, await experiments.readFile(ctx, { root: id, path }, rangeOf(request)));
      },
    },
  ];
};
