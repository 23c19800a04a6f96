import type { TopicName } from '@millwright/contract';
import type { Format, Happening } from '#notifications';
import type { Ctx } from '#platform/auth';
import { fail, isMillwrightError } from '#platform/errors';
import type { RegistryService } from '#registry';
import type { Fields } from '../wire/fields.ts';
import { isPrompt, promptTag } from '../registry/model-names.ts';
import { versionOnWire } from '../registry/model-versions.ts';

/** What happens to which thing, joined by a colon: `MODEL_VERSION_TAG:SET`. */
export type WebhookEvent = string;

const example = { name: 'example_model', version: '1', key: 'example_key', value: 'example_value' };
const { name, version, key, value } = example;
const [tags, alias] = [{ example_key: 'example_value' }, 'example_alias'];

/**
 * Every event of MLflow: the topic here that it follows from (null: nothing here causes it), and what a test sends.
 * Prompts are models with a tag.
 */
const events: Record<WebhookEvent, { topic: TopicName | null; example: Record<string, unknown> }> = {
  'REGISTERED_MODEL:CREATED': {
    topic: 'model-created',
    example: { name, tags, description: 'An example registered model' },
  },
  'MODEL_VERSION:CREATED': {
    topic: 'version-created',
    example: {
      name,
      version,
      source: 'models:/123',
      run_id: 'abcd1234abcd5678',
      tags,
      description: 'An example model version',
    },
  },
  'MODEL_VERSION_TAG:SET': { topic: 'version-tag-set', example: { name, version, key, value } },
  'MODEL_VERSION_TAG:DELETED': { topic: 'version-tag-deleted', example: { name, version, key } },
  'MODEL_VERSION_ALIAS:CREATED': { topic: 'alias-set', example: { name, alias, version } },
  'MODEL_VERSION_ALIAS:DELETED': { topic: 'alias-deleted', example: { name, alias } },
  'PROMPT:CREATED': {
    topic: 'model-created',
    example: { name: 'example_prompt', tags, description: 'An example prompt' },
  },
  'PROMPT_VERSION:CREATED': {
    topic: 'version-created',
    example: {
      name: 'example_prompt',
      version,
      template: 'Hello {{name}}!',
      tags,
      description: 'An example prompt version',
    },
  },
  'PROMPT_TAG:SET': { topic: 'model-tag-set', example: { name: 'example_prompt', key, value } },
  'PROMPT_TAG:DELETED': { topic: 'model-tag-deleted', example: { name: 'example_prompt', key } },
  'PROMPT_VERSION_TAG:SET': { topic: 'version-tag-set', example: { name: 'example_prompt', version, key, value } },
  'PROMPT_VERSION_TAG:DELETED': { topic: 'version-tag-deleted', example: { name: 'example_prompt', version, key } },
  'PROMPT_ALIAS:CREATED': { topic: 'alias-set', example: { name: 'example_prompt', alias, version } },
  'PROMPT_ALIAS:DELETED': { topic: 'alias-deleted', example: { name: 'example_prompt', alias } },
  'BUDGET_POLICY:EXCEEDED': {
    topic: null,
    example: {
      budget_policy_id: 'bp-abc123',
      budget_unit: 'USD',
      budget_amount: 100,
      current_spend: 105.5,
      duration_unit: 'MONTHS',
      duration_value: 1,
      target_scope: 'ENDPOINT',
      workspace: 'default',
      target_value: 'ep-abc123',
      window_start: 1704067200000,
    },
  },
};
const entities = new Set(Object.keys(events).map((event) => event.split(':')[0]));

export const topicOf = (event: WebhookEvent): TopicName | null => events[event]?.topic ?? null;

export const eventOnWire = (event: WebhookEvent) => {
  const [entity = '', action = ''] = event.split(':');
  return { entity, action };
};

/** Errors: INVALID_INPUT for what is no event. */
export const eventOf = (input: Fields): WebhookEvent => {
  const [entity, action] = [input.requiredText('entity'), input.requiredText('action')];
  const event = `${entity}:${action}`;
  if (Object.hasOwn(events, event)) return event;
  if (!entities.has(entity)) return fail('INVALID_INPUT', `There is no webhook entity '${entity}'.`);
  const actions = Object.keys(events).filter((one) => one.startsWith(`${entity}:`));
  return fail(
    'INVALID_INPUT',
    `Invalid action '${action.toLowerCase()}' for entity '${entity.toLowerCase()}'. Valid actions are: [${actions.map((one) => `'${one.split(':')[1]?.toLowerCase()}'`).join(', ')}]`,
  );
};

const wording = (event: WebhookEvent, data: object, atMs: number, workspace: string): string => {
  const { entity, action } = eventOnWire(event);
  return JSON.stringify({
    entity: entity.toLowerCase(),
    action: action.toLowerCase(),
    timestamp: new Date(atMs).toISOString().replace('Z', '+00:00'),
    data,
    workspace,
  });
};

/** What a test of a webhook sends. */
export const exampleBody = (event: WebhookEvent, atMs: number, workspace: string): string =>
  wording(event, events[event]?.example ?? {}, atMs, workspace);

const orNull = async <T>(reading: Promise<T>): Promise<T | null> => {
  try {
    return await reading;
  } catch (error) {
    if (isMillwrightError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
};

const internalTags: readonly string[] = [promptTag, '_mlflow_prompt_type', 'mlflow.prompt.text'];
const ownTags = (all: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(all).filter(([tag]) => !internalTags.includes(tag)));

/** The event of MLflow that this is, of the two that a topic may stand for. */
const eventFor = (topic: TopicName, ofPrompt: boolean): WebhookEvent | null =>
  Object.keys(events).find((event) => events[event]?.topic === topic && event.startsWith('PROMPT') === ofPrompt) ??
  null;

/** `options.events`: what the webhook listens to. */
export const mlflowFormat = (registry: Pick<RegistryService, 'getModel' | 'findVersion'>): Format => {
  const dataOf = async (event: WebhookEvent, { event: { data, subjectId } }: Happening, ctx: Ctx): Promise<object> => {
    const text = (field: string): string => String(data[field] ?? '');
    const named = { name: text('modelName') };
    if (event.endsWith('MODEL:CREATED') || event === 'PROMPT:CREATED') {
      const model = await orNull(registry.getModel(ctx, subjectId));
      const all = model?.tags ?? {};
      return {
        ...named,
        tags: event === 'PROMPT:CREATED' ? ownTags(all) : all,
        description: model?.description ?? '',
      };
    }
    const numbered = { ...named, version: text('number') };
    if (event.endsWith('VERSION:CREATED')) {
      const found = await orNull(registry.findVersion(ctx, subjectId));
      const all = found?.tags ?? {};
      const description = found?.note ? found.note : null;
      if (event === 'PROMPT_VERSION:CREATED')
        return { ...numbered, template: all['mlflow.prompt.text'] ?? null, tags: ownTags(all), description };
      const wire = found && versionOnWire(found);
      return { ...numbered, source: wire?.source ?? '', run_id: wire?.run_id || null, tags: all, description };
    }
    if (event.includes('ALIAS'))
      return { ...named, alias: text('alias'), ...(event.endsWith('CREATED') ? { version: text('number') } : {}) };
    const tag = { key: text('key'), ...(event.endsWith('SET') ? { value: text('value') } : {}) };
    return event === `PROMPT_TAG:${event.split(':')[1]}` ? { ...named, ...tag } : { ...numbered, ...tag };
  };
  const eventsOf = (options: Record<string, unknown>) => options['events'] as WebhookEvent[];

  return {
    async bodyOf(happening, options, ctx) {
      const { topic, event } = happening;
      const modelId = event.subjectType === 'model' ? event.subjectId : String(event.data['modelId']);
      const model = await orNull(registry.getModel(ctx, modelId));
      const found = eventFor(topic, isPrompt(model?.tags ?? {}));
      if (found === null || !eventsOf(options).includes(found)) return null;
      return wording(found, await dataOf(found, happening, ctx), event.at, ctx.project);
    },
    exampleOf({ topic, event }, options) {
      const listened = eventsOf(options);
      const wanted = listened.find((one) => topicOf(one) === topic) ?? listened[0] ?? 'REGISTERED_MODEL:CREATED';
      return exampleBody(wanted, event.at, event.project ?? '');
    },
  };
};
