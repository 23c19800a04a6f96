import { posix } from 'node:path';
import type { Model, ModelStage, ModelVersion } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import type { RegistryService } from '#registry';
import type { Fields } from '../wire/fields.ts';
import { checkKey } from '../wire/names.ts';
import { checkLength, refuseValue } from '../wire/refusals.ts';

const limits = { name: 256, alias: 255, tag: 100_000 };

/** Errors: INVALID_INPUT. */
export const checkModelName = (name: string, field = 'name'): string => {
  if (name.trim() === '') return fail('INVALID_INPUT', `Missing value for required parameter '${field}'.`);
  if (/[/:]/.test(name))
    fail('INVALID_INPUT', `Invalid model name '${name.slice(0, 300)}'. Names cannot contain '/' or ':'.`);
  if (name === '.' || name.startsWith('..'))
    refuseValue(
      'name',
      name,
      `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${posix.normalize(name).slice(0, 300)}'`,
    );
  return name;
};

/** The name a model is to have. Errors: INVALID_INPUT. */
export const checkNewModelName = (name: string): string =>
  [...name].length <= limits.name
    ? name
    : fail('INVALID_INPUT', `The name has ${name.length} characters, the most are ${limits.name}.`);

export const modelNameOf = (input: Fields, field = 'name'): string => checkModelName(input.requiredText(field), field);

/** The key of a tag that goes: none that is too long is there. Errors: INVALID_INPUT. */
export const goingTagOf = (input: Fields): string =>
  checkKey('tag', input.requiredText('key'), { max: Number.POSITIVE_INFINITY });

/** As text, as MLflow takes it. Errors: INVALID_INPUT. */
export const readVersionNumber = (text: string): number =>
  /^\s*[+-]?\d+(_\d+)*\s*$/.test(text)
    ? Number(text.replaceAll('_', ''))
    : fail('INVALID_INPUT', `Parameter 'version' must be an integer, got '${text.slice(0, 100)}'.`);

/** Errors: NOT_FOUND. */
export const modelNamed = async (registry: RegistryService, ctx: Ctx, name: string): Promise<Model> =>
  (await registry.modelNamed(ctx, checkModelName(name))) ??
  fail('NOT_FOUND', `Registered Model with name=${name} not found`);

/** Errors: NOT_FOUND. */
export const versionNumbered = async (
  registry: RegistryService,
  ctx: Ctx,
  name: string,
  number: number,
): Promise<ModelVersion> => {
  const model = await registry.modelNamed(ctx, checkModelName(name));
  const isNumber = Number.isSafeInteger(number);
  const version = model && isNumber ? await registry.versionNumbered(ctx, model.id, number) : null;
  return version ?? fail('NOT_FOUND', `Model Version (name=${name}, version=${number}) not found`);
};

/** The version that a request names. Errors: NOT_FOUND, INVALID_INPUT. */
export const versionOf = (registry: RegistryService, ctx: Ctx, input: Fields): Promise<ModelVersion> => {
  const [name, version] = [input.requiredText('name'), input.requiredText('version')];
  return versionNumbered(registry, ctx, checkModelName(name), readVersionNumber(version));
};

/** Errors: INVALID_INPUT. */
export const checkAlias = (alias: string): string => {
  if (!/^[\p{L}\p{N}_-]+$/u.test(alias))
    fail(
      'INVALID_INPUT',
      `Invalid alias name: '${alias.slice(0, 300)}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  return checkLength('Registered model alias name', alias, limits.alias);
};

/** Errors: INVALID_INPUT for an alias that reads like a version. */
export const checkNewAlias = (alias: string): string => {
  checkAlias(alias);
  if (alias.toLowerCase() === 'latest') fail('INVALID_INPUT', "'latest' alias name (case insensitive) is reserved.");
  if (/^v\d+$/i.test(alias)) fail('INVALID_INPUT', `Version alias name '${alias}' is reserved.`);
  return alias;
};

/** `latest` is the highest number. Errors: NOT_FOUND for a model, INVALID_INPUT for an alias it does not have. */
export const versionOfAlias = async (
  registry: RegistryService,
  ctx: Ctx,
  name: string,
  alias: string,
): Promise<ModelVersion> => {
  checkAlias(alias);
  const model = await modelNamed(registry, ctx, name);
  if (alias.toLowerCase() === 'latest')
    return (
      (await registry.latestVersions(ctx, [model.id])).at(-1) ??
      fail('NOT_FOUND', `Latest version not found for model ${name}.`)
    );
  const target = Object.hasOwn(model.aliases, alias) ? model.aliases[alias] : undefined;
  return target
    ? registry.findVersion(ctx, target.versionId)
    : fail('INVALID_INPUT', `Registered model alias ${alias} not found.`);
};

const stages: readonly ModelStage[] = ['None', 'Staging', 'Production', 'Archived'];
/** In whatever case. Errors: INVALID_INPUT. */
export const readStage = (text: string): ModelStage =>
  stages.find((stage) => stage.toLowerCase() === text.toLowerCase()) ??
  fail(
    'INVALID_INPUT',
    `Invalid Model Version stage: ${text.slice(0, 100)}. Value must be one of ${stages.join(', ')}.`,
  );

/** The tag that a request sets: without a value, an empty one. */
export const tagOf = (input: Fields): [key: string, value: string] => [
  checkKey('tag', input.requiredText('key')),
  checkLength('value', input.text('value') ?? '', limits.tag),
];

/** Of several with one key the last counts. */
export const tagsOf = (input: Fields): Record<string, string> => Object.fromEntries(input.messages('tags').map(tagOf));

export const tagsOnWire = (tags: Readonly<Record<string, string>>) => {
  const entries = Object.entries(tags).map(([key, value]) => ({ key, value }));
  return entries.length > 0 ? { tags: entries } : {};
};

/** What marks a prompt among models. */
export const promptTag = 'mlflow.prompt.is_prompt';
export const isPrompt = (tags: Readonly<Record<string, string>>): boolean => tags[promptTag]?.toLowerCase() === 'true';
