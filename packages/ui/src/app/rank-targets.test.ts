import { describe, expect, it } from 'vitest';
import { rankTargets } from './rank-targets.ts';

const named = (...names: string[]) => names.map((name) => ({ name }));
describe('rankTargets', () => {
  it('puts names that begin with the text first, then words, then parts, then letters in order', () => {
    const targets = named('fxrxaxuxd', 'defraud', 'card-fraud', 'fraud-model', 'other');
    expect(rankTargets(targets, 'Fraud').map((one) => one.name)).toEqual([
      'fraud-model',
      'card-fraud',
      'defraud',
      'fxrxaxuxd',
    ]);
  });
  it('keeps everything in order for an empty text', () => {
    expect(rankTargets(named('b', 'a'), ' ')).toEqual(named('b', 'a'));
  });
});
