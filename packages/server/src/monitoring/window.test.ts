import { describe, expect, it } from 'vitest';
import { type AnsweredRows, cutWindow, findChange } from './window.ts';

/** `A`, `B`: answers of the champion variant by that version; `a`, `b`: of the challenger. */
const answers = (text: string): AnsweredRows => {
  const letters = [...text];
  return {
    rows: letters.length,
    modelVersionId: letters.map((letter) => letter.toUpperCase()),
    variant: letters.map((letter) => (letter === letter.toUpperCase() ? 'champion' : 'challenger')),
  };
};

describe('windows of captured rows', () => {
  it('ends a window after its rows, and waits for them', () => {
    expect(cutWindow(answers('A'.repeat(100)), 'A', 100)).toEqual({ kind: 'window', rows: 100, next: null });
    expect(cutWindow(answers('A'.repeat(99)), 'A', 100)).toEqual({ kind: 'wait' });
  });

  it('takes the rows of the challenger into the window and into no change', () => {
    expect(cutWindow(answers('Ab'.repeat(50)), 'A', 100)).toEqual({ kind: 'window', rows: 100, next: null });
    expect(cutWindow(answers('b'.repeat(100)), 'A', 100)).toEqual({ kind: 'window', rows: 100, next: null });
  });

  it('cuts a window short where the champion changed', () => {
    expect(cutWindow(answers('A'.repeat(60) + 'B'.repeat(40)), 'A', 100)).toEqual({
      kind: 'window',
      rows: 60,
      next: 'B',
    });
  });

  it('leaves out a rest of fewer than 50 rows before a change', () => {
    expect(cutWindow(answers('A'.repeat(49) + 'B'.repeat(51)), 'A', 100)).toEqual({
      kind: 'skip',
      rows: 49,
      next: 'B',
    });
    expect(cutWindow(answers('B'.repeat(20)), 'A', 100)).toEqual({ kind: 'skip', rows: 0, next: 'B' });
  });

  it('is not misled by late answers of the old champion, before or behind the change', () => {
    expect(findChange(answers(`${'A'.repeat(60)}BAB${'B'.repeat(40)}`), 'A', 100)).toEqual({
      row: 60,
      modelVersionId: 'B',
    });
    expect(findChange(answers(`BAA${'B'.repeat(40)}`), 'B', 43)).toBeNull();
  });

  it('waits for enough answers to tell a change, and decides the same when more come', () => {
    const rows = 'A'.repeat(90) + 'B'.repeat(30);
    for (let known = 91; known < 110; known++)
      expect(cutWindow(answers(rows.slice(0, known)), 'A', 100)).toEqual({ kind: 'wait' });
    for (let known = 110; known <= 120; known++)
      expect(cutWindow(answers(rows.slice(0, known)), 'A', 100)).toEqual({ kind: 'window', rows: 90, next: 'B' });
  });

  it('looks only at changes within the window', () => {
    expect(cutWindow(answers('A'.repeat(100) + 'B'.repeat(5)), 'A', 100)).toEqual({
      kind: 'window',
      rows: 100,
      next: null,
    });
  });
});
