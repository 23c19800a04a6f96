import { describe, expect, it } from 'vitest';
import { bestPlaces, meaningsFrom, metricTitle, outsideRange, summaryFor } from './metric-meaning.ts';

const latency = { key: 'latency', direction: 'minimize' as const, unit: 'ms', low: 0, high: 1000, description: '' };
const meanings = meaningsFrom([
  latency,
  { ...latency, key: 'loss', direction: 'none', unit: '', low: null, high: null },
]);

describe('what metrics mean', () => {
  it('is what was said, else what the name says', () => {
    expect(['latency', 'loss', 'val_loss', 'auc', 'epoch'].map(meanings.directionOf)).toEqual([
      'minimize',
      'none',
      'minimize',
      'maximize',
      null,
    ]);
    expect(['latency', 'loss', 'auc'].map((key) => metricTitle(key, meanings))).toEqual([
      'latency ↓ (ms)',
      'loss',
      'auc ↑',
    ]);
  });
  it('says which value is the best', () => {
    const best = summaryFor('best', meanings);
    expect([best('latency'), best('auc'), best('epoch')]).toEqual(['min', 'max', 'last']);
    expect(summaryFor('max', meanings)('latency')).toBe('max');
    expect([...bestPlaces([3, null, 1, 'NaN', 1], 'minimize')]).toEqual([2, 4]);
    expect([...bestPlaces([3, 1], 'maximize')]).toEqual([0]);
    expect(
      bestPlaces([3, 1], 'none').size + bestPlaces([3, 3], 'maximize').size + bestPlaces([3], 'maximize').size,
    ).toBe(0);
  });
  it('says which values cannot be', () => {
    expect(outsideRange(-1, latency)).toBe('below the least valid value, 0');
    expect(outsideRange(1001, latency)).toBe('above the greatest valid value, 1000');
    expect([outsideRange(0, latency), outsideRange('NaN', latency), outsideRange(-1, undefined)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
