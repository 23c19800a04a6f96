import type { ExperimentsService } from '#experiments';
import { fail } from '#platform/errors';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import { runIdOf } from '../runs/runs.ts';

/** Where clients before logged models kept what they had logged: a list in a tag of the run. */
const historyTag = 'mlflow.log-model.history';
const mandatory = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'];

const legacyModelOf = (text: string): object => {
  const malformed = (): never =>
    fail('INVALID_INPUT', `Malformed model info. \n ${text.slice(0, 200)} \n is not a valid JSON.`);
  let model: unknown;
  try {
    model = JSON.parse(text);
  } catch {
    return malformed();
  }
  if (typeof model !== 'object' || model === null || Array.isArray(model)) return malformed();
  const given = model as Record<string, unknown>;
  const missing = mandatory.filter((name) => given[name] === undefined);
  if (missing.length > 0)
    fail('INVALID_INPUT', `Model json is missing mandatory fields: {${missing.map((name) => `'${name}'`).join(', ')}}`);
  const { flavors } = given;
  if (typeof flavors !== 'object' || flavors === null || Array.isArray(flavors))
    return fail('INVALID_INPUT', "The 'flavors' of a model are an object.");
  const withoutConfig = Object.entries(flavors as Record<string, unknown>).map(([flavor, settings]) => {
    if (typeof settings !== 'object' || settings === null) return [flavor, settings];
    const { config: _config, ...rest } = settings as Record<string, unknown>;
    return [flavor, rest];
  });
  return {
    run_id: given['run_id'],
    artifact_path: given['artifact_path'],
    utc_time_created: given['utc_time_created'],
    model_uuid: given['model_uuid'] ?? null,
    flavors: Object.fromEntries(withoutConfig),
  };
};

/** What somebody else has written into the tag is replaced. */
const readHistory = (text: string | null): unknown[] => {
  try {
    const history: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(history) ? history : [];
  } catch {
    return [];
  }
};

/** As MLflow writes it: on one line, with spaces. No text in JSON holds a line break itself. */
const spaced = (value: unknown): string =>
  JSON.stringify(value, null, 1)
    .replaceAll(/,\n\s*/g, ', ')
    .replaceAll(/\n\s*/g, '');

/** Models as they were logged before logged models. */
export const modelHistoryEndpoints = (experiments: ExperimentsService): MlflowEndpoint[] => [
  {
    method: 'POST',
    path: '/runs/log-model',
    permission: 'run:write',
    async handle(input, ctx) {
      const runId = runIdOf(input);
      const model = legacyModelOf(input.requiredText('model_json'));
      await experiments.changeRunTag(ctx, runId, historyTag, (history) => spaced([...readHistory(history), model]));
      return {};
    },
  },
];
