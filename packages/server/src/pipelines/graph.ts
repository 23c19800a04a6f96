import type { StepRun } from '@millwright/contract';

export interface GraphNode {
  name: string;
  needs: readonly string[];
}
export type StepStateName = StepRun['state'];

/** Needs of needs, without the step itself. Only for graphs without a cycle. */
export const ancestorsOf = (nodes: readonly GraphNode[], name: string): Set<string> => {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const found = new Set<string>();
  const open = [...(byName.get(name)?.needs ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(byName.get(next)?.needs ?? []));
  }
  return found;
};

/** The names along one cycle, the first repeated at the end, or null. Unknown needs are no edges. */
export const cycleIn = (nodes: readonly GraphNode[]): string[] | null => {
  const needsOf = new Map(nodes.map((node) => [node.name, node.needs]));
  const done = new Set<string>();
  const walk = (name: string, trail: readonly string[]): string[] | null => {
    const seenAt = trail.indexOf(name);
    if (seenAt >= 0) return [...trail.slice(seenAt), name];
    if (done.has(name)) return null;
    for (const need of needsOf.get(name) ?? []) {
      const cycle = walk(need, [...trail, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const node of nodes) {
    const cycle = walk(node.name, []);
    if (cycle) return cycle;
  }
  return null;
};

export interface Plan {
  /** Pending steps all of whose needs succeeded. */
  ready: string[];
  /** Pending steps that can no longer run, because something they need did not succeed. */
  skipped: string[];
  /** How the run ended; null while a step may still run. */
  ended: 'succeeded' | 'stopped' | 'failed' | null;
}

const isOpen = (state: StepStateName | undefined): boolean =>
  state === 'pending' || state === 'running' || state === 'waiting';
const blocks = (state: StepStateName | undefined): boolean => !isOpen(state) && state !== 'succeeded';

/** What follows from the states of the steps. Branches that do not depend on each other each go on to their own end. */
export const planNext = (nodes: readonly GraphNode[], states: ReadonlyMap<string, StepStateName>): Plan => {
  const after = new Map(states);
  const skipped: string[] = [];
  for (let before = -1; before < skipped.length; ) {
    before = skipped.length;
    for (const node of nodes)
      if (after.get(node.name) === 'pending' && node.needs.some((need) => blocks(after.get(need)))) {
        after.set(node.name, 'skipped');
        skipped.push(node.name);
      }
  }
  const ready = nodes
    .filter((node) => after.get(node.name) === 'pending' && node.needs.every((need) => after.get(need) === 'succeeded'))
    .map((node) => node.name);
  const left = [...after.values()];
  const ended = left.some(isOpen)
    ? null
    : left.includes('failed')
      ? 'failed'
      : left.includes('stopped')
        ? 'stopped'
        : 'succeeded';
  return { ready, skipped, ended };
};
