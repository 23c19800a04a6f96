import { modelIdOnWire, namedRunOnWire } from './ids.ts';
import { pythonText } from './python.ts';

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
  parametersSet?: readonly { key: string; before: string; wanted: string }[];
  /** That parameters were among several, of which MLflow speaks otherwise than of a single one. */
  inBatch?: boolean;
  noMediaType?: boolean;
  noExperiment?: number;
  experimentInTrash?: number;
  run?: string;
  experiment?: number;
  model?: string;
}

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
    inBatch,
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
  if (parametersSet !== undefined && run !== undefined) {
    const [first] = parametersSet;
    const id = namedRunOnWire(run);
    if (parametersSet.length === 1 && first && inBatch !== true)
      return `Changing param values is not allowed. Param with key='${first.key}' was already logged with value='${first.before}' for run ID='${id}'. Attempted logging new value '${first.wanted}'.`;
    const each = parametersSet.map(
      ({ key, before, wanted }) =>
        `{'key': ${pythonText(key)}, 'old_value': ${pythonText(before)}, 'new_value': ${pythonText(wanted)}}`,
    );
    return `Changing param values is not allowed. Params were already logged='[${each.join(', ')}]' for run ID='${id}'.`;
  }
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
