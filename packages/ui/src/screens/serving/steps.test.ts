import { describe, expect, it } from 'vitest';
import { readSteps } from './steps.ts';

describe('readSteps', () => {
  it('reads percent with any separator', () => {
    expect(readSteps('10, 25;50 %')).toEqual([0.1, 0.25, 0.5]);
  });
  it.each(['', '0', '50, 25', '25, 25', '10, 120', 'ten', '-5'])('refuses "%s"', (text) => {
    expect(readSteps(text)).toBeNull();
  });
});
