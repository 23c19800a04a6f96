import { describe, expect, it } from 'vitest';
import { createKnown } from './known.ts';

const entries = (...keys: string[]) => new Map(keys.map((key, index): [string, number] => [key, index]));
const aKnown = (most = 100) => createKnown<number>(most, () => 1);

describe('what is known of runs', () => {
  it('is good at the revision it was kept at, and at no other', () => {
    const known = aKnown();
    known.keep(1, 5, entries('loss'));
    expect([...(known.at(1, 5)?.keys() ?? [])]).toEqual(['loss']);
    for (const revision of [4, 6, 0]) expect(known.at(1, revision)).toBeNull();
    expect(known.at(2, 5)).toBeNull();
  });

  it('grows by what follows, and is begun anew after what somebody else did', () => {
    const known = aKnown();
    known.keep(1, 5, entries('loss'));
    known.keep(1, 6, entries('auc'));
    expect([...(known.at(1, 6)?.keys() ?? [])]).toEqual(['loss', 'auc']);
    known.keep(1, 8, entries('f1'));
    expect([...(known.at(1, 8)?.keys() ?? [])]).toEqual(['f1']);
  });

  it('follows a change that left the metrics alone, and only the next one', () => {
    const known = aKnown();
    known.keep(1, 5, entries('loss'));
    known.moved(1, 6);
    expect(known.at(1, 6)?.size).toBe(1);
    known.moved(1, 8);
    expect([known.at(1, 8), known.at(1, 6)?.size]).toEqual([null, 1]);
  });

  it('is bounded: the run that was logged to least lately is forgotten', () => {
    const known = aKnown(5);
    known.keep(1, 1, entries('a', 'b'));
    known.keep(2, 1, entries('a', 'b'));
    known.keep(1, 2, entries('a'));
    known.keep(3, 1, entries('a', 'b'));
    expect([known.at(1, 2)?.size, known.at(2, 1)?.size, known.at(3, 1)?.size]).toEqual([2, undefined, 2]);
  });
});
