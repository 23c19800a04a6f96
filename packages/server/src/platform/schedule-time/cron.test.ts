import { describe, expect, it } from 'vitest';
import { parseCron } from './index.ts';

function values(expression: string): number[][] {
  const parsed = parseCron(expression);
  if (!parsed.ok) throw new Error(`${parsed.position}: ${parsed.message}`);
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = parsed.cron;
  return [minutes, hours, daysOfMonth, months, daysOfWeek].map((field) => field.values);
}

const all = (min: number, max: number) => Array.from({ length: max - min + 1 }, (_, index) => min + index);

describe('parseCron', () => {
  it('reads lists, ranges, steps and names in any case', () => {
    expect(values('0,30 8-10 1-31/10 jan,MAR-may Mon-fri')).toEqual([
      [0, 30],
      [8, 9, 10],
      [1, 11, 21, 31],
      [1, 3, 4, 5],
      [1, 2, 3, 4, 5],
    ]);
    expect(values('*/20 5/6 * * *')).toEqual([[0, 20, 40], [5, 11, 17, 23], all(1, 31), all(1, 12), all(0, 6)]);
  });

  it('takes 0 and 7 for Sunday, also at the end of a range', () => {
    expect(values('0 0 * * 7')[4]).toEqual([0]);
    expect(values('0 0 * * 5-7')[4]).toEqual([0, 5, 6]);
    expect(values('0 0 * * SAT-SUN')[4]).toEqual([0, 6]);
    expect(values('0 0 * * */2')[4]).toEqual([0, 2, 4, 6]);
  });

  it('knows the macros', () => {
    expect(values('@hourly')).toEqual(values('0 * * * *'));
    expect(values('@Daily')).toEqual(values('0 0 * * *'));
    expect(values('@weekly')).toEqual(values('0 0 * * 0'));
    expect(values('@monthly')).toEqual(values('0 0 1 * *'));
    expect(values('@yearly')).toEqual(values('0 0 1 1 *'));
  });

  it.each([
    ['', 0, 'empty'],
    ['   ', 0, 'empty'],
    ['* * * *', 7, 'day of the week field is missing'],
    ['0 0 * * * 2026', 10, 'more than five fields'],
    ['60 * * * *', 0, '60 is no minute'],
    ['0 1,24 * * *', 4, '24 is no hour'],
    ['0 0 0 * *', 4, '0 is no day of the month'],
    ['0 0 1 FOO *', 6, 'FOO is no month'],
    ['0 0 * * 1-8', 10, '8 is no day of the week'],
    ['0 10-8 * * *', 2, 'runs backwards'],
    ['*/0 * * * *', 2, 'step is a number from 1'],
    ['*/x * * * *', 2, 'step is a number from 1'],
    ['*/5/2 * * * *', 3, 'Only one step'],
    ['1, * * * *', 2, 'Something is missing here'],
    ['1-- * * * *', 2, '- is no minute'],
    ['1.5 * * * *', 1, '1.5 is no minute'],
    ['-1 * * * *', 0, 'Something is missing here'],
    ['0 0 L * *', 4, 'L is no day of the month'],
    ['  @reboot', 2, '@reboot is unknown'],
    ['99999999999999999999 * * * *', 0, 'is no minute'],
    ['0 0 \u0000 * *', 4, 'is no day of the month'],
  ])('refuses %j and points at character %d', (expression, position, message) => {
    expect(parseCron(expression)).toEqual({ ok: false, position, message: expect.stringContaining(message) });
  });
});
