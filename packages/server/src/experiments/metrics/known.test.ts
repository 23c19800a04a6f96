import { describe, expect, it } from 'vitest';
import { createKnownMetrics, type KnownMetric } from './known.ts';

const metrics = (...keys: string[]) =>
  new Map(keys.map((key, index): [string, KnownMetric] => [key, { series: index + 1, state: undefined }]));

describe('what is known of metrics', () => {
  it('is good at the revision it was kept at, and at no other', () => {
    const known = createKnownMetrics();
    known.keep(1, 5, metrics('loss'));
    expect([...known.at(1, 5).keys()]).toEqual(['loss']);
    for (const revision of [4, 6, 0]) expect(known.at(1, revision).size).toBe(0);
    expect(known.at(2, 5).size).toBe(0);
  });

  it('grows by what follows, and is begun anew after what somebody else did', () => {
    const known = createKnownMetrics();
    known.keep(1, 5, metrics('loss'));
    known.keep(1, 6, metrics('auc'));
    expect([...known.at(1, 6).keys()]).toEqual(['loss', 'auc']);
    known.keep(1, 8, metrics('f1'));
    expect([...known.at(1, 8).keys()]).toEqual(['f1']);
  });

  it('follows a change that left the metrics alone, and only the next one', () => {
    const known = createKnownMetrics();
    known.keep(1, 5, metrics('loss'));
    known.moved(1, 6);
    expect(known.at(1, 6).size).toBe(1);
    known.moved(1, 8);
    expect([known.at(1, 8).size, known.at(1, 6).size]).toEqual([0, 1]);
  });

  it('is bounded: the run that was logged to least lately is forgotten', () => {
    const known = createKnownMetrics(5);
    known.keep(1, 1, metrics('a', 'b'));
    known.keep(2, 1, metrics('a', 'b'));
    known.keep(1, 2, metrics('a'));
    known.keep(3, 1, metrics('a', 'b'));
    expect([known.at(1, 2).size, known.at(2, 1).size, known.at(3, 1).size]).toEqual([2, 0, 2]);
  });
});
