import { describe, expect, it } from 'vitest';
import { graphShapes } from './fixtures/graph-shapes.ts';
import { type GraphNode, type StepStateName, ancestorsOf, cycleIn, planNext } from './graph.ts';

type Ending = 'succeeded' | 'stopped' | 'failed';

/** Plays a run: of the steps that may run, `choose` says which one ends next. */
const play = (nodes: readonly GraphNode[], endingOf: (name: string) => Ending, choose: (names: string[]) => string) => {
  const states = new Map<string, StepStateName>(nodes.map((node) => [node.name, 'pending']));
  const order: string[] = [];
  for (let plan = planNext(nodes, states); plan.ended === null; ) {
    const name = choose(plan.ready);
    states.set(name, endingOf(name));
    order.push(name);
    plan = planNext(nodes, states);
    for (const skipped of plan.skipped) states.set(skipped, 'skipped');
    if (plan.ended !== null) return { states, order, ended: plan.ended };
  }
  throw new Error('unreachable: a graph has at least one step');
};

const choices: Record<string, (names: string[]) => string> = {
  'first to last': (names) => names[0] as string,
  'last to first': (names) => names.at(-1) as string,
};

describe.each(Object.entries(graphShapes))('%s', (_shape, nodes) => {
  describe.each(Object.entries(choices))('whose steps end %s', (_order, choose) => {
    it('runs every step once, after all it needs', () => {
      const { order, ended } = play(nodes, () => 'succeeded', choose);
      expect(ended).toBe('succeeded');
      expect([...order].sort()).toEqual(nodes.map((node) => node.name).sort());
      for (const node of nodes)
        for (const need of node.needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(node.name));
    });

    it.each(['failed', 'stopped'] as const)(
      'when any one step has %s, skips exactly what depends on it and runs the rest',
      (ending) => {
        for (const culprit of nodes) {
          const { states, ended } = play(nodes, (name) => (name === culprit.name ? ending : 'succeeded'), choose);
          expect(ended).toBe(ending);
          for (const node of nodes) {
            const expected =
              node.name === culprit.name
                ? ending
                : ancestorsOf(nodes, node.name).has(culprit.name)
                  ? 'skipped'
                  : 'succeeded';
            expect([culprit.name, node.name, states.get(node.name)]).toEqual([culprit.name, node.name, expected]);
          }
        }
      },
    );
  });

  it('has no end while a step runs or waits', () => {
    for (const state of ['running', 'waiting'] as const)
      expect(
        planNext(
          nodes,
          new Map(nodes.map((node, index) => [node.name, index === nodes.length - 1 ? state : 'succeeded'])),
        ).ended,
      ).toBeNull();
  });

  it('becomes a circle when its first step is made to need its last one, and is found out', () => {
    expect(cycleIn(nodes)).toBeNull();
    const root = nodes.find((node) => node.needs.length === 0)?.name as string;
    const leaf =
      nodes.find(
        (node) => ancestorsOf(nodes, node.name).has(root) && !nodes.some((other) => other.needs.includes(node.name)),
      )?.name ?? root;
    const cycle = cycleIn(nodes.map((node) => (node.name === root ? { ...node, needs: [leaf] } : node)));
    expect(cycle?.[0]).toBe(cycle?.at(-1));
    expect(cycle).toContain(root);
  });
});

describe('the plan', () => {
  const nodes = graphShapes['two branches that never meet'] ?? [];
  it('says failed when one branch failed and another stopped', () => {
    expect(
      planNext(
        nodes,
        new Map([
          ['a', 'stopped'],
          ['b', 'pending'],
          ['x', 'failed'],
          ['y', 'pending'],
        ]),
      ),
    ).toEqual({ ready: [], skipped: ['b', 'y'], ended: 'failed' });
  });
  it('does not end while the other branch still has a step to run', () => {
    expect(
      planNext(
        nodes,
        new Map([
          ['a', 'failed'],
          ['b', 'pending'],
          ['x', 'succeeded'],
          ['y', 'pending'],
        ]),
      ),
    ).toEqual({ ready: ['y'], skipped: ['b'], ended: null });
  });
});
