import { describe, expect, it } from 'vitest';
import { emptyPanel, isComplete, moved, newBlockId, panelKindNames } from './panel-kinds.ts';

describe('the panels of a report', () => {
  it('are not complete where they name something that nobody chose yet', () => {
    expect(panelKindNames.filter((kind) => !isComplete(emptyPanel(kind)))).toEqual([
      'image',
      'media',
      'model-version',
      'dataset-version',
      'gate',
    ]);
    expect(isComplete({ kind: 'gate', evaluation: 'eval_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C' })).toBe(true);
  });
  it('get ids that nobody has', () => {
    const text = (id: string) => ({ id, kind: 'text' as const, markdown: '' });
    expect(newBlockId([])).toBe('b1');
    expect(newBlockId([text('b2'), text('b3')])).toBe('b4');
    expect(newBlockId([text('b2'), text('x')])).toBe('b3');
  });
  it('move within the report and not out of it', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b'], 1, 2)).toEqual(['a', 'b']);
  });
});
