import type { TSchema } from 'typebox';
import { fail } from '#platform/errors';
import { resolveReferences, splitTarget, valueAt } from '../references.ts';
import { checkInput } from '../schema-fit.ts';
import type { SavedRun, SavedStep } from './store.ts';

/** The input of a step with its references filled in, checked. Errors: INVALID_INPUT, which no further attempt would cure. */
export const inputOf = (run: SavedRun, step: SavedStep, steps: readonly SavedStep[], schema: TSchema): unknown => {
  const definition = run.spec.steps.find((other) => other.name === step.name);
  const resolved = resolveReferences(definition?.with ?? {}, (reference) => {
    if (reference.kind === 'parameter')
      return Object.hasOwn(run.parameters, reference.target)
        ? run.parameters[reference.target]
        : fail('INVALID_INPUT', `The run has no parameter '${reference.target}'.`);
    const target = splitTarget(
      reference.target,
      steps.map((other) => other.name),
    );
    const source = steps.find((other) => other.name === target?.step);
    const value = valueAt(source?.output, target?.path ?? []);
    return value === undefined
      ? fail(
          'INVALID_INPUT',
          `There is nothing at '${reference.target}': the output of '${source?.name}' is ${JSON.stringify(source?.output).slice(0, 300)}.`,
        )
      : value;
  });
  const checked = checkInput(schema, resolved);
  if (checked.ok) return checked.value;
  const [first] = checked.problems;
  return fail('INVALID_INPUT', `The input does not fit '${step.kind}': ${first?.path}: ${first?.message}.`, {
    problems: checked.problems,
  });
};
