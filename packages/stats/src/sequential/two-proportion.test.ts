import { describe, expect, it } from 'vitest';
import { type Rng, rng } from '../random.ts';
import { createTwoProportionTest, type Outcomes, type TwoProportionConfig } from './two-proportion.ts';

interface Stream {
  rateA: number;
  rateB: number;
  shareB: number;
  rows: number;
  batch: number;
}

function batchOf(random: Rng, { rateA, rateB, shareB, batch }: Stream): { a: Outcomes; b: Outcomes } {
  const outcomes = { a: { ones: 0, zeros: 0 }, b: { ones: 0, zeros: 0 } };
  for (let i = 0; i < batch; i++) {
    const isB = random.next() < shareB;
    const isOne = random.next() < (isB ? rateB : rateA);
    outcomes[isB ? 'b' : 'a'][isOne ? 'ones' : 'zeros']++;
  }
  return outcomes;
}

/** Share of streams whose e-value ever reaches 20, looking after every batch. */
function shareReaching20(config: TwoProportionConfig, stream: Stream, runs: number): number {
  const test = createTwoProportionTest(config);
  let reached = 0;
  for (let run = 0; run < runs; run++) {
    const random = rng(run + 1);
    let state = test.initial();
    for (let row = 0; row < stream.rows; row += stream.batch) state = test.update(state, batchOf(random, stream));
    if (test.anytimePValue(state) <= 0.05) reached++;
  }
  return reached / runs;
}

describe('under the null the e-value reaches 20 in at most one stream of twenty, whenever one looks', () => {
  const nulls: [string, TwoProportionConfig, number, number][] = [
    ['equal rates 1 %', { alternative: 'greater' }, 0.01, 0.01],
    ['equal rates 10 %', { alternative: 'greater' }, 0.1, 0.1],
    ['equal rates 50 %', { alternative: 'less' }, 0.5, 0.5],
    ['equal rates 95 %', { alternative: 'greater' }, 0.95, 0.95],
    ['worse by exactly the margin of 5 points', { alternative: 'less', nullDifference: 0.05 }, 0.1, 0.15],
    ['worse by exactly the margin, from zero', { alternative: 'less', nullDifference: 0.05 }, 0, 0.05],
    ['5 points above, which the null allows', { alternative: 'greater', nullDifference: 0.05 }, 0.3, 0.35],
    ['inside the null', { alternative: 'less', nullDifference: 0.05 }, 0.1, 0.2],
    ['a wrong prior', { alternative: 'greater', prior: { ones: 90, zeros: 10 } }, 0.1, 0.1],
  ];
  for (const [name, config, rateA, rateB] of nulls) {
    it(name, { timeout: 20_000 }, () => {
      for (const shareB of [0.5, 1 / 11]) {
        for (const batch of [1, 300]) {
          const stream = { rateA, rateB, shareB, rows: 900, batch };
          expect(shareReaching20(config, stream, 400)).toBeLessThanOrEqual(0.05);
        }
      }
    });
  }
  it('rates that move together over time', { timeout: 20_000 }, () => {
    const test = createTwoProportionTest({ alternative: 'greater' });
    let reached = 0;
    for (let run = 0; run < 400; run++) {
      const random = rng(run + 1);
      let state = test.initial();
      for (let row = 0; row < 900; row++) {
        const rate = 0.3 + 0.25 * Math.sin(row / 60);
        state = test.update(state, batchOf(random, { rateA: rate, rateB: rate, shareB: 0.5, rows: 900, batch: 1 }));
      }
      if (test.anytimePValue(state) <= 0.05) reached++;
    }
    expect(reached / 400).toBeLessThanOrEqual(0.05);
  });
});

it('finds a threefold rate in most streams, whatever the batches', { timeout: 20_000 }, () => {
  for (const batch of [1, 50, 1000]) {
    const stream = { rateA: 0.05, rateB: 0.15, shareB: 0.5, rows: 1000, batch };
    expect(shareReaching20({ alternative: 'greater' }, stream, 100)).toBeGreaterThan(0.95);
  }
});

describe('state', () => {
  const test = createTwoProportionTest({ alternative: 'greater' });
  const stream: Stream = { rateA: 0.1, rateB: 0.3, shareB: 0.3, rows: 0, batch: 37 };
  it('survives storage between updates and leaves the state given alone', () => {
    const [direct, stored] = [rng(4), rng(4)];
    let [x, y] = [test.initial(), test.initial()];
    for (let i = 0; i < 20; i++) {
      const before = JSON.stringify(x);
      const next = test.update(x, batchOf(direct, stream));
      expect(JSON.stringify(x)).toBe(before);
      x = next;
      y = JSON.parse(JSON.stringify(test.update(y, batchOf(stored, stream))));
    }
    expect(y).toEqual(x);
    expect(test.eValue(x)).toBeCloseTo(Math.exp(test.logEValue(x)), 9);
  });
  it('keeps outcomes of one arm until the other arm has some', () => {
    const waiting = test.update(test.initial(), { a: { ones: 5, zeros: 45 } });
    expect(waiting.pending.a).toEqual({ ones: 5, zeros: 45 });
    expect(test.eValue(waiting)).toBe(1);
    const paired = test.update(waiting, { b: { ones: 9, zeros: 1 } });
    expect(paired.pending).toEqual({ a: { ones: 0, zeros: 0 }, b: { ones: 0, zeros: 0 } });
    expect(paired.used).toEqual({ a: { ones: 5, zeros: 45 }, b: { ones: 9, zeros: 1 } });
    expect(test.eValue(paired)).toBeGreaterThan(1);
  });
  it('remembers its strongest evidence and never overflows', () => {
    const strong = test.update(test.initial(), { a: { ones: 0, zeros: 50_000 }, b: { ones: 50_000, zeros: 0 } });
    expect(test.logEValue(strong)).toBeGreaterThan(1000);
    expect(JSON.parse(JSON.stringify(strong))).toEqual(strong);
    const after = test.update(strong, { a: { ones: 900_000, zeros: 0 }, b: { ones: 0, zeros: 900_000 } });
    expect(test.logEValue(after)).toBeLessThan(0);
    expect(test.anytimePValue(after)).toBe(test.anytimePValue(strong));
  });
  it('refuses counts and settings that make no sense', () => {
    expect(() => test.update(test.initial(), { a: { ones: -1, zeros: 0 } })).toThrow('whole and not negative');
    expect(() => test.update(test.initial(), { b: { ones: 0.5, zeros: 0 } })).toThrow('whole and not negative');
    expect(() => createTwoProportionTest({ alternative: 'less', nullDifference: 1 })).toThrow('nullDifference');
    expect(() => createTwoProportionTest({ alternative: 'less', effects: [] })).toThrow('effects');
  });
});
