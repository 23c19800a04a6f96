import { type EventType, type PipelineSpec, type Step, type Trigger, eventTypes } from '@millwright/contract';
import { isTimeZone, parseCron } from '#platform/schedule-time';
import { type GraphNode, ancestorsOf, cycleIn } from './graph.ts';
import { isDeeperThan, referencesIn, splitTarget } from './references.ts';
import { type Problem, fitProblems, unknownPart } from './schema-fit.ts';
import type { StepKind } from './step-kind.ts';

/** Pipelines must not set each other off in circles, and metric points come too often to look at each. */
export const triggerEventTypes = (Object.keys(eventTypes) as EventType[]).filter(
  (type) => !/^(pipelines|system)\./.test(type) && type !== 'experiments.metrics-logged',
);

/** More would be no input a person has written. */
export const deepestInput = 50;

/** What a run started by a trigger has as parameters. */
export const triggerParameters = {
  schedule: ['reason', 'dueAt'],
  event: ['reason', 'eventId', 'eventType', 'subjectType', 'subjectId'],
} as const;

export const nodesOf = (spec: PipelineSpec): GraphNode[] =>
  spec.steps.map((step) => ({ name: step.name, needs: step.needs ?? [] }));

/** Names of all parameters that the steps refer to. */
export const parametersOf = (spec: PipelineSpec): string[] => [
  ...new Set(
    spec.steps
      .flatMap((step) => referencesIn(step.with ?? {}))
      .filter((reference) => reference.kind === 'parameter')
      .map((reference) => reference.target),
  ),
];

const graphProblems = (spec: PipelineSpec): Problem[] => {
  const names = new Set<string>();
  const problems: Problem[] = [];
  for (const [index, step] of spec.steps.entries()) {
    if (names.has(step.name))
      problems.push({ path: `/steps/${index}/name`, message: `two steps are called '${step.name}'` });
    names.add(step.name);
  }
  for (const [index, step] of spec.steps.entries())
    for (const need of step.needs ?? [])
      if (!names.has(need))
        problems.push({
          path: `/steps/${index}/needs`,
          message: `'${step.name}' needs '${need}', which is no step of this pipeline`,
        });
  const cycle = cycleIn(nodesOf(spec));
  if (cycle)
    problems.push({ path: '/steps', message: `the steps wait for each other in a circle: ${cycle.join(' -> ')}` });
  return problems;
};

const stepProblems = (
  spec: PipelineSpec,
  step: Step,
  at: string,
  find: (kind: string) => StepKind | undefined,
): Problem[] => {
  const kind = find(step.kind);
  if (!kind) return [{ path: `${at}/kind`, message: `there is no step kind '${step.kind}'` }];
  const input = step.with ?? {};
  const needed = ancestorsOf(nodesOf(spec), step.name);
  const problems: Problem[] = [];
  for (const reference of referencesIn(input)) {
    const path = `${at}/with${reference.path}`;
    if (reference.kind === 'malformed')
      problems.push({
        path,
        message: `a reference is {"$from": "step.path"} or {"$parameter": "name"} and nothing else, not ${reference.target}`,
      });
    if (reference.kind !== 'output') continue;
    const target = splitTarget(
      reference.target,
      spec.steps.map((other) => other.name),
    );
    if (!target) problems.push({ path, message: `'${reference.target}' begins with the name of no step` });
    else if (!needed.has(target.step))
      problems.push({
        path,
        message: `'${step.name}' uses the output of '${target.step}' without needing it: add it to needs`,
      });
    else {
      const source = find(spec.steps.find((other) => other.name === target.step)?.kind ?? '');
      const part = source ? unknownPart(source.output, target.path) : null;
      if (source && part !== null)
        problems.push({ path, message: `the output of '${target.step}' (${source.kind}) has no '${part}'` });
    }
  }
  return [
    ...problems,
    ...fitProblems(kind.input, input).map((problem) => ({
      path: `${at}/with${problem.path}`,
      message: `'${step.name}': ${problem.message}`,
    })),
  ];
};

const triggerProblems = (trigger: Trigger, at: string, parameters: readonly string[]): Problem[] => {
  const given: readonly string[] = triggerParameters[trigger.kind];
  const missing = parameters.filter((name) => !given.includes(name));
  const problems = missing.map(
    (name): Problem => ({
      path: at,
      message: `a step uses the parameter '${name}', which a run started by this trigger does not have; it has ${given.join(', ')}`,
    }),
  );
  if (trigger.kind === 'event') {
    if (!triggerEventTypes.includes(trigger.type as EventType))
      problems.push({
        path: `${at}/type`,
        message: `'${trigger.type}' is no event that can start a pipeline; these can: ${triggerEventTypes.join(', ')}`,
      });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\u0000-\u001f\u007f]/.test(trigger.subjectId ?? ''))
      problems.push({ path: `${at}/subjectId`, message: 'control characters name nothing' });
    return problems;
  }
  const cron = parseCron(trigger.cron);
  if (!cron.ok)
    problems.push({ path: `${at}/cron`, message: `cannot be read at character ${cron.position + 1}: ${cron.message}` });
  if (!isTimeZone(trigger.timeZone))
    problems.push({
      path: `${at}/timeZone`,
      message: `there is no time zone '${trigger.timeZone}'; use a name such as Europe/Berlin or UTC`,
    });
  return problems;
};

/** Everything wrong with a definition; empty when it can be saved. Paths are JSON pointers into the definition. */
export const checkSpec = (spec: PipelineSpec, find: (kind: string) => StepKind | undefined): Problem[] => {
  const graph = [
    ...spec.steps.flatMap((step, index) =>
      isDeeperThan(step.with, deepestInput)
        ? [{ path: `/steps/${index}/with`, message: `is nested deeper than ${deepestInput} levels` }]
        : [],
    ),
    ...graphProblems(spec),
  ];
  if (graph.length > 0) return graph;
  const parameters = parametersOf(spec);
  return [
    ...spec.steps.flatMap((step, index) => stepProblems(spec, step, `/steps/${index}`, find)),
    ...(spec.triggers ?? []).flatMap((trigger, index) => triggerProblems(trigger, `/triggers/${index}`, parameters)),
  ];
};
