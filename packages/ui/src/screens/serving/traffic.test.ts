import type { Endpoint, Rollout } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { captureOf, championBefore, rolloutTraffic } from './traffic.ts';

const arm = (number: number) => ({
  modelVersionId: `mv_${number}`,
  number,
  requests: 0,
  failures: 0,
  labelled: 0,
  lossSum: 0,
  meanLoss: null,
});
const endpoint = { variants: [{ role: 'champion', modelVersionId: 'mv_3' }] } as Pick<Endpoint, 'variants'>;
const rollout = (from: number, to: number, state: Rollout['state'], endedAt: number) =>
  ({ champion: arm(from), challenger: arm(to), state, endedAt }) as Rollout;

describe('captureOf', () => {
  it('tells what was kept, what is still to be written and what was lost', () => {
    expect(captureOf({ predictions: 100, captured: 90, dropped: 4 }).map(({ label, share }) => [label, share])).toEqual(
      [
        ['captured', 0.9],
        ['not yet written', 0.06],
        ['dropped', 0.04],
      ],
    );
  });
  it('shows no part that is nothing and nothing at all before the first prediction', () => {
    expect(captureOf({ predictions: 10, captured: 10, dropped: 0 })).toHaveLength(1);
    expect(captureOf({ predictions: 0, captured: 0, dropped: 0 })).toEqual([]);
  });
});
describe('rolloutTraffic', () => {
  it('adds up to all of it', () => {
    const shares = rolloutTraffic({ champion: arm(3), challenger: arm(4), weight: 0.25 });
    expect(shares.map((part) => part.share)).toEqual([0.75, 0.25]);
  });
});
describe('championBefore', () => {
  it('is the champion the last promotion replaced', () => {
    const history = [rollout(3, 4, 'rolled-back', 30), rollout(1, 3, 'promoted', 20), rollout(0, 1, 'promoted', 10)];
    expect(championBefore(endpoint, history)).toBe(1);
  });
  it('is unknown when the champion came another way', () => {
    expect(championBefore(endpoint, [rollout(0, 1, 'promoted', 10)])).toBeNull();
  });
});
