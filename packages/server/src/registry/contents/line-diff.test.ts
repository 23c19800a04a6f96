import { describe, expect, it } from 'vitest';
import { diffLines } from './line-diff.ts';

const short = (before: string, after: string) =>
  diffLines(before, after)?.map(
    ({ difference, text }) => ({ added: '+', removed: '-', same: ' ', gap: '~' })[difference] + text,
  );

describe('the lines of two texts', () => {
  it('are set against each other', () => {
    expect(short('a\nb\nc\nd', 'a\nc\nx\nd')).toEqual([' a', '-b', ' c', '+x', ' d']);
    expect(short('', 'a')).toEqual(['-', '+a']);
    expect(short('same', 'same')).toEqual(['~']);
  });
  it('are shown with three lines around a change', () => {
    const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`);
    const after = lines.with(15, 'other');
    expect(short(lines.join('\n'), after.join('\n'))).toEqual([
      '~',
      ' line 12',
      ' line 13',
      ' line 14',
      '-line 15',
      '+other',
      ' line 16',
      ' line 17',
      ' line 18',
      '~',
    ]);
  });
  it('make the second out of the first, whatever they are', () => {
    let seed = 7;
    const next = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
    for (let round = 0; round < 200; round++) {
      const text = () => Array.from({ length: next(8) }, () => 'abc'[next(3)]).join('\n');
      const [before, after] = [text(), text()];
      const lines = diffLines(before, after)!.filter(({ difference }) => difference !== 'gap');
      const kept = (not: string) => lines.filter(({ difference }) => difference !== not).map((line) => line.text);
      if (before !== after) {
        expect(after.split('\n')).toEqual(expect.arrayContaining(kept('removed')));
        expect(kept('removed').join('\n')).toBe(after);
        expect(kept('added').join('\n')).toBe(before);
      }
    }
  });
  it('are not compared where there are too many', () => {
    expect(diffLines('a\n'.repeat(3000), 'b')).toBeNull();
  });
});
