import { describe, expect, it } from 'vitest';
import { timeTicks } from './time-ticks.ts';

const at = (day: number, hour: number, minute = 0, second = 0) =>
  new Date(2026, 2, day, hour, minute, second).getTime();
describe('timeTicks', () => {
  it('writes the day below the first label of each day', () => {
    expect(timeTicks([at(1, 22), at(1, 23), at(2, 0)])).toEqual(['22:00\n1 Mar', '23:00', '00:00\n2 Mar']);
  });
  it('shows seconds only where labels would be equal without them', () => {
    expect(timeTicks([at(1, 9, 0, 0), at(1, 9, 0, 30)])).toEqual(['09:00:00\n1 Mar', '09:00:30']);
  });
  it('shows days when the steps are days', () => {
    expect(timeTicks([at(1, 0), at(2, 0)])).toEqual(['1 Mar', '2 Mar']);
  });
});
