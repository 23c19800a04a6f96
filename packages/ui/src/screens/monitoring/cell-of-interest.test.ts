import type { Window } from '@millwright/contract';
import { describe, expect, it } from 'vitest';
import { cellOfInterest } from './cell-of-interest.ts';

const window = (number: number, columns: [string, effect: number, 'no' | 'drifted' | 'confirmed'][]) =>
  ({
    id: `win_${number}`,
    number,
    columns: columns.map(([column, effect, state]) => ({
      column,
      effect,
      drifted: state !== 'no',
      confirmed: state === 'confirmed',
    })),
  }) as Window;

describe('cellOfInterest', () => {
  it('is a confirmed drift before a newer one that was seen once, and that before a quiet window', () => {
    const windows = [
      window(1, [['amount', 0.9, 'confirmed']]),
      window(2, [['hour', 0.2, 'drifted']]),
      window(3, [['hour', 0.01, 'no']]),
    ];
    expect(cellOfInterest(windows)).toEqual({ windowId: 'win_1', column: 'amount' });
    expect(cellOfInterest(windows.slice(1))).toEqual({ windowId: 'win_2', column: 'hour' });
    expect(cellOfInterest(windows.slice(2))).toEqual({ windowId: 'win_3', column: 'hour' });
  });
  it('takes the strongest drift of that window, not a stronger effect that is no drift', () => {
    const columns: Parameters<typeof window>[1] = [
      ['calm', 3, 'no'],
      ['mild', 0.2, 'drifted'],
      ['wild', 0.4, 'drifted'],
    ];
    expect(cellOfInterest([window(1, columns)])?.column).toBe('wild');
  });
  it('is nothing without windows', () => {
    expect(cellOfInterest([])).toBeNull();
  });
});
