import { describe, expect, it } from 'vitest';
import { objectsIn } from './output.ts';

describe('objectsIn', () => {
  it('finds what a step made, by the names of its output', () => {
    expect(objectsIn({ runId: 'run_1', rows: 12, evaluationId: null, constructor: 'x' })).toEqual([
      { type: 'run', id: 'run_1' },
    ]);
  });
  it('is empty before the step has one', () => {
    expect(objectsIn(null)).toEqual([]);
  });
});
