import { fail } from '#platform/errors';

/*
 * What is refused in several places, worded once. `about` says what it is about in a form that a protocol with words of
 * its own can read.
 */

export const noRun = (project: string, runId: string): never =>
  fail('NOT_FOUND', `There is no run '${runId}' in project '${project}'.`, { about: { noRun: runId } });

/** `until`: what it keeps one from. */
export const runInTrash = (runId: string, until = 'you log to it'): never =>
  fail('CONFLICT', `The run '${runId}' is in the trash. Restore it before ${until}.`, { about: { runInTrash: runId } });

export const noLoggedModel = (modelId: string): never =>
  fail('NOT_FOUND', `There is no logged model '${modelId}'.`, { about: { noLoggedModel: modelId } });

export interface ParameterConflict {
  key: string;
  before: string;
  wanted: string;
}

const excerpt = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** `of`: whose parameters they are, a run's or a logged model's. */
export const parametersSet = (
  of: { run: string } | { model: string },
  conflicts: readonly ParameterConflict[],
): never => {
  const parameters = conflicts.map(({ key, before, wanted }) => ({
    key,
    before: excerpt(before),
    wanted: excerpt(wanted),
  }));
  const sentences = parameters.map(
    ({ key, before, wanted }) =>
      `The parameter ${key} is ${JSON.stringify(before)} and cannot become ${JSON.stringify(wanted)}`,
  );
  const other = 'run' in of ? 'Start another run' : 'Log another model';
  return fail('CONFLICT', `${sentences.join('; ')}. ${other}, or use another name.`, {
    about: { parametersSet: parameters, ...of },
  });
};
