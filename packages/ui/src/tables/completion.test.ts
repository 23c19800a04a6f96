import { parseFilter } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { complete, quoteKey, wordAt } from './completion.ts';

const keys = ['name', 'status', 'metrics.auc', 'metrics.val loss', 'tags.mlflow.user'];
describe('complete', () => {
  it('offers keys that contain what is typed at the caret', () => {
    expect(complete('status = "x" and met', 20, keys)).toEqual(['metrics.auc', 'metrics.`val loss`']);
  });
  it('offers nothing inside quotes, for values, or for nothing typed', () => {
    expect(complete('name = "st', 10, keys)).toEqual([]);
    expect(complete('name = st', 9, keys)).toEqual([]);
    expect(complete('name ', 5, keys)).toEqual([]);
  });
  it('knows where the word begins and ends', () => {
    expect(wordAt('a and metrics.au > 1', 12)).toEqual([6, 16]);
  });
});
describe('quoteKey', () => {
  it.each(['metrics.val loss', 'tags.a`b', 'plain', 'tags.mlflow.user', 'odd key.x'])(
    'writes %s so that the grammar reads the same key',
    (key) => {
      const result = parseFilter(`${quoteKey(key)} = 1`);
      expect('filter' in result && result.filter?.kind === 'compare' && result.filter.path.join('.')).toBe(key);
    },
  );
});
