import { describe, expect, it } from 'vitest';
import { prepareEvidence } from './evidence.ts';

const arm = { modelVersionId: 'mv', requests: 0, failures: 0, labelled: 0, lossSum: 0, meanLoss: null };
const prepared = (noHarm: number, harm: number) =>
  prepareEvidence({
    champion: { ...arm, number: 3 },
    challenger: { ...arm, number: 4 },
    policy: { lossMargin: 0.05 },
    evidence: { noHarm, harm, errors: 1, threshold: 20 },
  });

describe('prepareEvidence', () => {
  it('puts nothing shown at 0, the threshold at its line, and never leaves the bar', () => {
    const { bars, threshold } = prepared(20, 1e12);
    expect(bars.map((bar) => bar.value)).toEqual([threshold, 1, 0]);
    expect(bars.map((bar) => bar.reached)).toEqual([true, true, false]);
  });
  it('grows with the logarithm: the root of the threshold is half the way', () => {
    expect(prepared(Math.sqrt(20), 0.2).bars[0]?.value).toBeCloseTo(0.375);
  });
  it('says in words how strong each claim is and what the threshold means', () => {
    const { bars, sentence } = prepared(8.4, 0.2);
    expect(bars[0]?.words).toBe('v4 does not lose more than v3 by more than 0.05: a clear sign, not enough to decide.');
    expect(bars[1]?.words).toContain('nothing shown yet');
    expect(sentence).toContain('at most 5 % of all rollouts');
  });
});
