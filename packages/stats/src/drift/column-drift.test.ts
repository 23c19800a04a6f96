import { describe, expect, it } from 'vitest';
import { type Rng, rng } from '../random.ts';
import { columnDrift, windowDrift } from './column-drift.ts';
import type { MaybeCategory } from './frequencies.ts';
import { type ColumnKind, prepareReference } from './prepared-reference.ts';

type Draw = (random: Rng) => MaybeCategory;
const sample = (random: Rng, count: number, draw: Draw) => Array.from({ length: count }, () => draw(random));

const poisson: Draw = (random) => {
  let count = 0;
  for (let product = random.next(); product > Math.exp(-3); product *= random.next()) count++;
  return count;
};
const zipf = (random: Rng, categories: number) => Math.floor(Math.exp(random.next() * Math.log(categories + 1)));

/** Share of windows called at 5 % without drift; a new reference every 10 windows, as its luck is shared by them. */
function falseAlarmShare(kind: ColumnKind, draw: Draw, currentCount: number, windows: number): number {
  const random = rng(currentCount + 7);
  let alarms = 0;
  let reference = prepareReference([1], 'number') as ReturnType<typeof prepareReference>;
  for (let w = 0; w < windows; w++) {
    if (w % 10 === 0) reference = prepareReference(sample(random, 5000, draw), kind);
    if (windowDrift(reference, sample(random, currentCount, draw)).pValue < 0.05) alarms++;
  }
  return alarms / windows;
}

describe('without drift, at most about one window in twenty is called', () => {
  const columns: [string, ColumnKind, Draw][] = [
    ['normal', 'number', (r) => r.normal()],
    ['lognormal', 'number', (r) => Math.exp(r.normal())],
    ['rounded numbers', 'number', (r) => Math.round(r.normal() * 10)],
    ['counts', 'number', poisson],
    ['a rare flag', 'number', (r) => r.bernoulli(0.03)],
    ['5 % missing', 'number', (r) => (r.next() < 0.05 ? null : r.normal())],
    ['three categories', 'category', (r) => 'abc'[r.int(3)]],
    ['a long tail of categories', 'category', (r) => zipf(r, 1000)],
    ['new categories now and then', 'category', (r) => (r.next() < 0.0005 ? `x${r.int(1000)}` : 'ab'[r.int(2)])],
  ];
  for (const [name, kind, draw] of columns) {
    it(name, { timeout: 60_000 }, () => {
      for (const count of [200, 1000]) expect(falseAlarmShare(kind, draw, count, 1500)).toBeLessThanOrEqual(0.06);
    });
  }
  it('a column that is mostly zero, where the exact law is used', { timeout: 60_000 }, () => {
    const share = falseAlarmShare('number', (r) => (r.next() < 0.7 ? 0 : r.next()), 200, 400);
    expect(share).toBeLessThanOrEqual(0.06);
    expect(share).toBeGreaterThan(0.02);
  });
});

describe('with drift', () => {
  const random = rng(1);
  const normal = sample(random, 5000, (r) => r.normal());
  it('notices a shift, and states its size in standard deviations', () => {
    const drift = columnDrift({
      kind: 'number',
      reference: normal,
      current: sample(random, 500, (r) => r.normal() + 0.5),
    });
    expect(drift).toMatchObject({ test: 'ks', referenceCount: 5000, currentCount: 500, currentMissing: 0 });
    expect(drift.pValue).toBeLessThan(1e-6);
    expect(Math.abs(drift.effect - 0.5)).toBeLessThan(0.15);
  });
  it('notices values that go missing while the rest stays the same', () => {
    const current = sample(random, 500, (r) => (r.next() < 0.05 ? null : r.normal()));
    expect(columnDrift({ kind: 'number', reference: normal, current }).pValue).toBeLessThan(1e-6);
    expect(columnDrift({ kind: 'number', reference: normal, current: [null, null, null] }).pValue).toBeLessThan(0.01);
  });
  it('notices a new category and a new value of a discrete number', () => {
    const reference = sample(random, 5000, (r) => 'ab'[r.int(2)]);
    const current = [...sample(random, 192, (r) => 'ab'[r.int(2)]), ...new Array<string>(8).fill('new')];
    expect(columnDrift({ kind: 'category', reference, current }).pValue).toBeLessThan(1e-4);
    const flags = sample(random, 5000, (r) => r.bernoulli(0.5));
    const withTwos = [...sample(random, 190, (r) => r.bernoulli(0.5)), ...new Array<number>(10).fill(2)];
    const drift = columnDrift({ kind: 'number', reference: flags, current: withTwos });
    expect(drift.test).toBe('chisquare');
    expect(drift.pValue).toBeLessThan(1e-4);
    expect(drift.effect).toBeGreaterThanOrEqual(0.05);
  });
  it('treats infinities as missing and a constant column as unchanged', () => {
    const current = [...normal.slice(0, 300), Infinity];
    expect(columnDrift({ kind: 'number', reference: normal, current })).toMatchObject({ currentMissing: 1 });
    const constant = columnDrift({ kind: 'number', reference: new Array<number>(100).fill(3), current: [3, 3, 3] });
    expect(constant).toMatchObject({ pValue: 1, effect: 0 });
    expect(() => columnDrift({ kind: 'number', reference: normal, current: [] })).toThrow('no rows');
  });
});

it('gives the same answer from a reference that went through JSON', () => {
  const random = rng(2);
  const current = sample(random, 300, (r) => r.normal() * 1.2);
  for (const reference of [
    prepareReference(sample(random, 3000, (r) => r.normal()) as number[], 'number'),
    prepareReference(
      sample(random, 3000, (r) => zipf(r, 30)),
      'category',
    ),
  ]) {
    expect(windowDrift(JSON.parse(JSON.stringify(reference)), current)).toEqual(windowDrift(reference, current));
  }
});

it('treats category names that are special to JavaScript like any other', () => {
  const reference = prepareReference(['__proto__', 'constructor', '__proto__', 'a'], 'category');
  const drift = windowDrift(JSON.parse(JSON.stringify(reference)), ['__proto__', 'constructor', '__proto__', 'a']);
  expect(drift).toMatchObject({ effect: 0, referenceCount: 4 });
});
