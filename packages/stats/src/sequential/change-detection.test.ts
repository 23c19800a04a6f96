import { describe, expect, it } from 'vitest';
import { rng } from '../random.ts';
import { adwinMean, emptyAdwin, updateAdwin } from './adwin.ts';
import { emptyPageHinkley, updatePageHinkley } from './page-hinkley.ts';

const CHANGE_AT = 5000;

/** Mean delay over the streams that notice the change within 2000, how many miss it, and alarms before it. */
function detection(rateBefore: number, rateAfter: number, alarms: (errors: number[]) => number[]) {
  const delays: number[] = [];
  let missed = 0;
  let early = 0;
  for (let run = 0; run < 100; run++) {
    const random = rng(run + 1);
    const errors = Array.from({ length: 7000 }, (_, i) => random.bernoulli(i < CHANGE_AT ? rateBefore : rateAfter));
    const at = alarms(errors);
    early += at.filter((i) => i < CHANGE_AT).length;
    const first = at.find((i) => i >= CHANGE_AT);
    if (first === undefined) missed++;
    else delays.push(first - CHANGE_AT);
  }
  return { meanDelay: delays.reduce((a, b) => a + b, 0) / delays.length, missed, early };
}

const adwin = (delta: number) => (errors: number[]) =>
  updateAdwin(emptyAdwin(), errors, { delta }).drifts.map((d) => d.at);

describe('ADWIN', () => {
  it('notices a rise of the error rate about as fast as the corrected reference implementation', () => {
    // Published simulation of the corrected form: 157, 474, 716 rows. With the last buckets skipped: 683, 1327, 1496.
    const large = detection(0.2, 0.4, adwin(0.002));
    expect(large).toMatchObject({ missed: 0, early: 0 });
    expect(Math.abs(large.meanDelay / 157 - 1)).toBeLessThan(0.15);
    expect(Math.abs(detection(0.2, 0.3, adwin(0.002)).meanDelay / 474 - 1)).toBeLessThan(0.15);
    expect(Math.abs(detection(0.05, 0.1, adwin(0.002)).meanDelay / 716 - 1)).toBeLessThan(0.15);
  });
  it('is faster at a looser delta, with few early alarms', () => {
    const loose = detection(0.2, 0.4, adwin(0.05));
    expect(Math.abs(loose.meanDelay / 106 - 1)).toBeLessThan(0.15);
    expect(loose.early).toBeLessThanOrEqual(10);
  });
  it('keeps the moments of its window through merges, cuts and storage', () => {
    const random = rng(3);
    const first = Array.from({ length: 3000 }, () => 1e3 + random.normal());
    const second = Array.from({ length: 3000 }, () => 1e3 + 5 + random.normal());
    const grown = updateAdwin(emptyAdwin(), first);
    expect(grown.drifts).toEqual([]);
    expect(grown.state.width).toBe(3000);
    expect(grown.state.m2 / 3000).toBeCloseTo(1, 1);
    const stored = JSON.parse(JSON.stringify(grown.state));
    const { state, drifts } = updateAdwin(stored, second);
    expect(updateAdwin(grown.state, second).state).toEqual(state);
    expect(drifts[0]!.meanAfter).toBeGreaterThan(drifts[0]!.meanBefore);
    expect(adwinMean(state)).toBeCloseTo(1005, 0);
    expect(state.m2 / state.width).toBeCloseTo(1, 0);
    expect(state.rows.reduce((sum, row, i) => sum + row.length * 2 ** i, 0)).toBe(state.width);
    expect(state.rows.length).toBeLessThan(12);
  });
});

describe('Page-Hinkley', () => {
  const pageHinkley = (errors: number[]) => {
    const before = updatePageHinkley(emptyPageHinkley(), errors.slice(0, CHANGE_AT));
    const after = updatePageHinkley(before.state, errors.slice(CHANGE_AT));
    return [before.driftAt, after.driftAt < 0 ? -1 : CHANGE_AT + after.driftAt].filter((at) => at >= 0);
  };
  it('notices a rise about as fast as published', () => {
    // Published simulation at threshold 50: 219, 449, 1271 rows.
    expect(Math.abs(detection(0.2, 0.4, pageHinkley).meanDelay / 219 - 1)).toBeLessThan(0.15);
    expect(Math.abs(detection(0.2, 0.3, pageHinkley).meanDelay / 449 - 1)).toBeLessThan(0.15);
    expect(Math.abs(detection(0.05, 0.1, pageHinkley).meanDelay / 1271 - 1)).toBeLessThan(0.15);
  });
  it('starts anew after an alarm and does not react to a fall', () => {
    const rising = [...new Array<number>(100).fill(0), ...new Array<number>(100).fill(1)];
    const { state, driftAt } = updatePageHinkley(emptyPageHinkley(), rising);
    expect(driftAt).toBeGreaterThan(100);
    expect(state.count).toBe(rising.length - 1 - driftAt);
    expect(
      updatePageHinkley(
        emptyPageHinkley(),
        rising.map((x) => -x),
      ).driftAt,
    ).toBe(-1);
  });
});
