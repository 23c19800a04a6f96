import { describe, expect, it } from 'vitest';
import { aRun, aSummary } from './a-run.ts';
import { lastOf } from './metric-meaning.ts';
import { judgeGroups } from './verdict.ts';

const group = (value: string, ...metrics: number[]) => ({
  value,
  runs: metrics.map((metric) => aRun({ metrics: { loss: aSummary(metric) } })),
});
const options = { metric: 'loss', summary: lastOf, reference: 'a', higherIsBetter: false } as const;
const five = [1, 1.1, 0.9, 1.05, 0.95];

describe('judgeGroups', () => {
  it('says which group is better, by the direction of the metric', () => {
    const groups = [group('a', ...five), group('b', ...five.map((value) => value - 0.6))];
    expect(judgeGroups(groups, options)).toMatchObject([
      { group: 'b', outcome: 'better', result: { difference: expect.closeTo(-0.6, 9) } },
    ]);
    expect(judgeGroups(groups, { ...options, higherIsBetter: true })[0]?.outcome).toBe('worse');
  });
  it('does not decide what chance would explain', () => {
    const groups = [group('a', ...five), group('b', 0.98, 1.02, 1.08, 0.93, 1.01)];
    expect(judgeGroups(groups, options)[0]?.outcome).toBe('undecided');
  });
  it('says plainly that there are too few runs', () => {
    expect(judgeGroups([group('a', 1), group('b', 2, 3)], options)[0]).toMatchObject({
      outcome: 'too-few',
      result: null,
      text: expect.stringContaining('Not enough runs'),
    });
    const three = judgeGroups([group('a', 1, 1.1, 1.2), group('b', 5, 5.1, 5.2)], options)[0];
    expect(three).toMatchObject({ outcome: 'too-few', text: expect.stringContaining('4 each would do') });
  });
  it('asks more of each of several comparisons (Holm)', () => {
    const better = five.map((value) => value - 0.6);
    const many = Array.from({ length: 9 }, (_none, at) => group(`b${at}`, ...better));
    const [first] = judgeGroups([group('a', ...five), ...many], options);
    expect(first?.result?.pValue).toBeCloseTo((2 / 252) * 9, 9);
    expect(first?.outcome).toBe('too-few');
  });
});
