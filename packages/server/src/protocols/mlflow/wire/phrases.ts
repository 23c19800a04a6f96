import { isMillwrightError, MillwrightError } from '#platform/errors';
import { modelIdOnWire, namedRunOnWire } from './ids.ts';
import { pythonText } from './python.ts';

interface ParameterSet {
  key: string;
  before: string;
  wanted: string;
}

/** What a refusal is about: one of `about` in the extra of the error. */
interface About {
  noRun?: string;
  runInTrash?: string;
  noLoggedModel?: string;
  noFile?: string;
  noTag?: string;
  experimentTaken?: string;
  refusedScheme?: string;
  schemes?: readonly string[];
  parametersSet?: readonly ParameterSet[];
  noMediaType?: boolean;
  noExperiment?: number;
  experimentInTrash?: number;
  run?: string;
  experiment?: number;
  model?: string;
}

/** Cut, so that no answer is as long as its request. */
const shownText = (text: string): string => pythonText(text.length > 300 ? `${text.slice(0, 300)}...` : text);
const conflictOnWire = ({ key, before, wanted }: ParameterSet): string =>
  `{'key': ${shownText(key)}, 'old_value': ${shownText(before)}, 'new_value': ${shownText(wanted)}}`;

/** Of a request that sets one parameter, MLflow says the same otherwise. */
export const asOneParameter = (error: unknown): unknown => {
  const { run, parametersSet } = (isMillwrightError(error) ? (error.extra['about'] ?? {}) : {}) as About;
  const [set] = parametersSet ?? [];
  if (run === undefined || set === undefined) return error;
  return new MillwrightError(
    'CONFLICT',
    `Changing param values is not allowed. Param with key='${set.key}' was already logged with value='${set.before}' for run ID='${namedRunOnWire(run)}'. Attempted logging new value '${set.wanted}'.`,
  );
};

/** In the words of MLflow, by which its clients and their tests know what happened. undefined: ours are kept. */
export const phraseOf = (about: unknown): string | undefined => {
  if (typeof about !== 'object' || about === null) return undefined;
  const {
    noRun,
    runInTrash,
    noLoggedModel,
    noFile,
    noTag,
    experimentTaken,
    parametersSet,
    noMediaType,
    noExperiment,
    experimentInTrash,
    refusedScheme,
    run,
    experiment,
    model,
  } = about as About;
  if (noRun !== undefined) return `Run with id=${namedRunOnWire(noRun)} not found`;
  if (runInTrash !== undefined)
    return `The run ${namedRunOnWire(runInTrash)} must be in the 'active' state. Current state is deleted.`;
  if (noLoggedModel !== undefined) return `Logged model with ID '${modelIdOnWire(noLoggedModel)}' not found.`;
  if (noFile !== undefined) return `No such artifact: '${noFile}'`;
  if (parametersSet !== undefined && run !== undefined)
    return `Changing param values is not allowed. Params were already logged='[${parametersSet.map(conflictOnWire).join(', ')}]' for run ID='${namedRunOnWire(run)}'.`;
  if (noMediaType === true) return 'Bad Request. Content-Type header is missing.';
  if (noExperiment !== undefined) return `No Experiment with id=${noExperiment} exists`;
  if (experimentInTrash !== undefined)
    return `The experiment ${experimentInTrash} must be in the 'active' state. Current state is deleted.`;
  if (experimentTaken !== undefined) return `Experiment(name=${experimentTaken}) already exists.`;
  if (refusedScheme !== undefined)
    return `Invalid webhook URL scheme: '${refusedScheme}'. Allowed schemes are: ${((about as About).schemes ?? []).join(', ')}.`;
  if (noTag === undefined) return undefined;
  if (run !== undefined) return `No tag with name: ${noTag} in run with id ${namedRunOnWire(run)}`;
  if (experiment !== undefined) return `No tag with name: ${noTag} in experiment with id ${experiment}`;
  return model === undefined
    ? undefined
    : `No tag with key '${noTag}' found for model with ID '${modelIdOnWire(model)}'.`;
};
