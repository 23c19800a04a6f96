import type { PipelineSpec, Trigger } from '@millwright/contract';
import { formatDuration } from '../../ui/format.ts';

/** Edges of the graph: from each step to those that wait for it. */
export const edgesOf = (spec: PipelineSpec): { from: string; to: string }[] =>
  spec.steps.flatMap((step) => (step.needs ?? []).map((need) => ({ from: need, to: step.name })));

/** Names of the parameters the steps refer to with `{"$parameter": "name"}`, in order of appearance. */
export const parametersOf = (spec: PipelineSpec): string[] => {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const name = (value as Record<string, unknown>)['$parameter'];
    if (typeof name === 'string') names.add(name);
    for (const inner of Object.values(value)) visit(inner);
  };
  for (const step of spec.steps) visit(step.with);
  return [...names];
};

export const triggerWords = (trigger: Trigger): string =>
  trigger.kind === 'schedule'
    ? `At ${trigger.cron} (${trigger.timeZone})`
    : `On ${trigger.type}${trigger.subjectId ? ` of ${trigger.subjectId}` : ''}`;

export const coolDownWords = (coolDownMs: number | undefined): string =>
  coolDownMs ? `At least ${formatDuration(coolDownMs)} between triggered runs` : 'None';

/** A value typed for a parameter: JSON where it is JSON (a number, true, an object), else the text itself. */
export const readParameter = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** A definition that was typed: the object, or where it stops being JSON. */
export const readDefinition = (text: string): { spec: PipelineSpec } | { problem: string } => {
  try {
    const spec: unknown = JSON.parse(text);
    return typeof spec === 'object' && spec !== null && !Array.isArray(spec)
      ? { spec: spec as PipelineSpec }
      : { problem: 'A definition is an object with steps, e.g. {"steps": [ … ]}.' };
  } catch (error) {
    return { problem: `This is not JSON: ${(error as Error).message}` };
  }
};

/** Names of the steps after `name`, directly or not. */
export const stepsAfter = (spec: PipelineSpec, name: string): string[] => {
  const after = new Set<string>();
  const edges = edgesOf(spec);
  const queue = [name];
  for (let next = queue.pop(); next !== undefined; next = queue.pop())
    for (const edge of edges)
      if (edge.from === next && !after.has(edge.to)) {
        after.add(edge.to);
        queue.push(edge.to);
      }
  return spec.steps.map((step) => step.name).filter((step) => after.has(step));
};

/** The edges to draw: without those that say nothing new because a longer way leads there too. */
export const drawnEdgesOf = (spec: PipelineSpec): { from: string; to: string }[] => {
  const edges = edgesOf(spec);
  return edges.filter(
    ({ from, to }) =>
      !edges.some((other) => other.from === from && other.to !== to && stepsAfter(spec, other.to).includes(to)),
  );
};
