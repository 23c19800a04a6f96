import { type RegexNode, readRegex } from './regex-syntax.ts';

export interface FilterRegex {
  /** The same pattern as an advanced regular expression of PostgreSQL. */
  source: string;
  /** A text that is in all that the pattern matches; empty where none is. */
  literal: string;
  /** Whether the pattern matches somewhere. Takes time in proportion to the text, whatever the pattern. */
  test(text: string): boolean;
}

const spell = (codePoint: number): string => {
  const character = String.fromCodePoint(codePoint);
  return /[!-/:-@[-`{-~]/.test(character) && character !== '_' ? `\\${character}` : character;
};
const sourceOf = (node: RegexNode): string => {
  switch (node.kind) {
    case 'characters': {
      if (node.ranges.length === 0) return '.';
      const [first] = node.ranges as [[number, number]];
      if (node.ranges.length === 1 && first[0] === first[1] && !node.negated) return spell(first[0]);
      const inside = node.ranges.map(([from, to]) => (from === to ? spell(from) : `${spell(from)}-${spell(to)}`));
      return `[${node.negated ? '^' : ''}${inside.join('')}]`;
    }
    case 'start':
      return '^';
    case 'end':
      return '$';
    case 'either':
      return `(?:${node.branches.map((branch) => branch.map(sourceOf).join('')).join('|')})`;
    case 'repeat': {
      const { min, max } = node;
      const count = min === max ? `${min}` : `${min},${max ?? ''}`;
      return `${sourceOf(node.node)}{${count}}`;
    }
  }
};

/** What every match goes through: characters, and null for what may be one or the other. */
const piecesOf = (node: RegexNode): (string | null)[] => {
  switch (node.kind) {
    case 'characters': {
      const [range, ...others] = node.ranges;
      const isOne = range !== undefined && others.length === 0 && range[0] === range[1] && !node.negated;
      return [isOne ? String.fromCodePoint(range[0]) : null];
    }
    case 'start':
    case 'end':
      return [];
    case 'either': {
      const [branch, ...others] = node.branches;
      return branch !== undefined && others.length === 0 ? branch.flatMap(piecesOf) : [null];
    }
    case 'repeat': {
      const { min, max } = node;
      const pieces = piecesOf(node.node);
      return [...Array.from({ length: min }, () => pieces).flat(), ...(min === max ? [] : [null])];
    }
  }
};

/** The longest text that is in all that a pattern matches; empty where none is. */
const literalOf = (root: RegexNode): string => {
  let [longest, current] = ['', ''];
  for (const piece of piecesOf(root)) {
    current = piece === null ? '' : current + piece;
    if (current.length > longest.length) longest = current;
  }
  return longest;
};

type Step =
  | { kind: 'characters'; ranges: [number, number][]; negated: boolean; next: number }
  | { kind: 'start' | 'end'; next: number }
  | { kind: 'split'; next: number[] }
  | { kind: 'accept' };

/** Thompson's construction: built from the end, each node knows where the text goes on after it. */
const stepsOf = (root: RegexNode): { steps: Step[]; first: number } => {
  const steps: Step[] = [{ kind: 'accept' }];
  const add = (step: Step): number => steps.push(step) - 1;
  const build = (node: RegexNode, next: number): number => {
    if (node.kind === 'either')
      return add({
        kind: 'split',
        next: node.branches.map((branch) => branch.reduceRight((after, part) => build(part, after), next)),
      });
    if (node.kind !== 'repeat') return add({ ...node, next });
    let after = next;
    if (node.max === null) {
      const loop: Step & { kind: 'split' } = { kind: 'split', next: [next] };
      after = add(loop);
      loop.next.push(build(node.node, after));
    } else
      for (let count = node.min; count < node.max; count += 1)
        after = add({ kind: 'split', next: [build(node.node, after), next] });
    for (let count = 0; count < node.min; count += 1) after = build(node.node, after);
    return after;
  };
  return { first: build(root, 0), steps };
};

interface State {
  at: readonly number[];
  accepts: boolean;
  after: Map<number, State>;
}
const maxStates = 500;

/** Reads a pattern. Throws UnreadableFilter with the position in it. */
export const compileRegex = (pattern: string): FilterRegex => {
  const root = readRegex(pattern);
  const { steps, first } = stepsOf(root);
  /** Everything reached without a character. The end of the text is passed only where it is. */
  const reach = (from: readonly number[], isStart: boolean, isEnd: boolean): Set<number> => {
    const seen = new Set<number>();
    const open = [...from];
    while (open.length > 0) {
      const at = open.pop() as number;
      if (seen.has(at)) continue;
      seen.add(at);
      const step = steps[at] as Step;
      if (step.kind === 'split') open.push(...step.next);
      if ((step.kind === 'start' && isStart) || (step.kind === 'end' && isEnd)) open.push(step.next);
    }
    return seen;
  };
  let known = new Map<string, State>();
  let transitions = 0;
  const stateOf = (from: readonly number[], isStart: boolean): State => {
    const reached = reach(from, isStart, false);
    const at = [...reached].filter((index) => (steps[index] as Step).kind !== 'split').sort((a, b) => a - b);
    const key = at.join();
    const found = known.get(key);
    if (found) return found;
    const state = { at, accepts: reached.has(0), after: new Map() };
    known.set(key, state);
    return state;
  };
  const follow = (state: State, codePoint: number): State => {
    const found = state.after.get(codePoint);
    if (found) return found;
    if (known.size > maxStates || transitions > 20 * maxStates) {
      known = new Map();
      transitions = 0;
    }
    const targets = state.at.flatMap((index) => {
      const step = steps[index] as Step;
      if (step.kind !== 'characters') return [];
      const isIn = step.ranges.some(([from, to]) => codePoint >= from && codePoint <= to);
      return isIn === step.negated ? [] : [step.next];
    });
    const next = stateOf([...targets, first], false);
    state.after.set(codePoint, next);
    transitions += 1;
    return next;
  };
  return {
    source: sourceOf(root),
    literal: literalOf(root),
    test(text) {
      let state = stateOf([first], true);
      for (const character of text) {
        if (state.accepts) return true;
        state = follow(state, character.codePointAt(0) as number);
      }
      return state.accepts || reach(state.at, text === '', true).has(0);
    },
  };
};
