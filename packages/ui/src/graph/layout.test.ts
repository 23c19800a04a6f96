import { describe, expect, it } from 'vitest';
import { layOutGraph } from './layout.ts';

describe('layOutGraph', () => {
  const box = (id: string) => ({ id, width: 100, height: 40 });
  it('puts what comes later further right and never lays boxes over each other', () => {
    const places = layOutGraph(
      [box('data'), box('run'), box('model'), box('other')],
      [
        { from: 'data', to: 'run' },
        { from: 'run', to: 'model' },
        { from: 'data', to: 'other' },
      ],
    );
    const x = (id: string) => places.get(id)?.x ?? Number.NaN;
    expect(x('data') + 100).toBeLessThan(x('run'));
    expect(x('run') + 100).toBeLessThan(x('model'));
    expect(Math.abs((places.get('run')?.y ?? 0) - (places.get('other')?.y ?? 0))).toBeGreaterThanOrEqual(40);
  });
  it('lives with edges to boxes that are not there', () => {
    expect(layOutGraph([box('a')], [{ from: 'a', to: 'gone' }]).size).toBe(1);
  });
});
