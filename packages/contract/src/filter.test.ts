import { describe, expect, it } from 'vitest';
import { evaluateFilter, parseFilter } from './filter.ts';

const read = (text: string) => {
  const result = parseFilter(text);
  if ('problem' in result) throw new Error(`${result.problem.message} at ${result.problem.position}`);
  return result.filter;
};
const problem = (text: string) => {
  const result = parseFilter(text);
  return 'problem' in result ? result.problem : null;
};
const run = {
  name: 'Baseline 7',
  status: 'finished',
  startedAt: Date.UTC(2026, 2, 1),
  pinned: true,
  parameters: { depth: '6', loss: 'log', 'a b': 'x' },
  metrics: { auc: { last: 0.93, min: 0.5, max: 0.95 }, 'val.loss': { last: 'NaN', min: 1, max: 2 } },
  tags: { team: 'risk', 'mlflow.user': 'ada' },
  aliases: ['champion'],
  endedAt: null,
};
const matches = (text: string) => evaluateFilter(read(text), run);

describe('parseFilter', () => {
  it('reads the precedence not, and, or', () => {
    expect(read('a = 1 or b = 2 and not c = 3')).toEqual({
      kind: 'or',
      parts: [
        { kind: 'compare', path: ['a'], operator: '=', value: 1 },
        {
          kind: 'and',
          parts: [
            { kind: 'compare', path: ['b'], operator: '=', value: 2 },
            { kind: 'not', part: { kind: 'compare', path: ['c'], operator: '=', value: 3 } },
          ],
        },
      ],
    });
  });
  it('lets parentheses change the precedence', () => {
    expect(read('(a = 1 or b = 2) and c = 3')?.kind).toBe('and');
  });
  it('reads quoted keys, doubled quotes, signs, exponents and truth values', () => {
    expect(read('tags.`my ``odd`` key` = "say ""hi"""')).toEqual({
      kind: 'compare',
      path: ['tags', 'my `odd` key'],
      operator: '=',
      value: 'say "hi"',
    });
    expect(read('x >= -1.5e-3')).toMatchObject({ value: -0.0015 });
    expect(read("x != 'it''s'")).toMatchObject({ value: "it's" });
    expect(read('x = TRUE')).toMatchObject({ value: true });
  });
  it('reads in, not in, is null and is not null', () => {
    expect(read('s in ("a", 2)')).toEqual({ kind: 'in', path: ['s'], values: ['a', 2] });
    expect(read('s not in ("a")')).toEqual({ kind: 'not', part: { kind: 'in', path: ['s'], values: ['a'] } });
    expect(read('s is null')).toEqual({ kind: 'null', path: ['s'] });
    expect(read('s IS NOT NULL')).toEqual({ kind: 'not', part: { kind: 'null', path: ['s'] } });
  });
  it('takes an empty text as no filter', () => {
    expect(read('   ')).toBeNull();
  });
  it.each([
    ['status', 6, 'comparison'],
    ['status = failed', 9, 'quotes'],
    ['status = "failed', 9, 'not closed'],
    ['a = 1 b = 2', 6, 'and, or'],
    ['(a = 1', 6, 'closing'],
    ['a = 1 and', 9, 'name of a column'],
    ['a in 1', 5, 'opening'],
    ['a not 1', 6, 'in'],
    ['a % 1', 2, 'no meaning'],
    ['a is 3', 5, 'null'],
    ['metrics. > 1', 9, 'name of a column'],
  ])('says what is wrong with %s and where', (text, position, part) => {
    expect(problem(text)).toMatchObject({ position, message: expect.stringContaining(part) });
  });
  it('refuses a nesting that would exhaust the stack', () => {
    expect(problem(`${'('.repeat(5000)}a = 1`)?.message).toContain('too deeply');
    expect(read(`${'not '.repeat(5000)}a = 1`)?.kind).toBe('compare');
  });
});

describe('evaluateFilter', () => {
  it.each([
    'metrics.auc > 0.9',
    'metrics.auc.min = 0.5',
    'parameters.depth >= 6',
    'parameters.`a b` = "x"',
    'tags.mlflow.user = "ada"',
    'name ~ "BASE"',
    'status in ("failed", "finished")',
    'endedAt is null',
    'tags.none is null',
    'pinned = true',
    'startedAt > "2026-02-01"',
    'aliases = "champion"',
    'aliases ~ "champ"',
    'status not in ("failed")',
    'metrics.auc > 0.9 and (tags.team = "risk" or not status in ("failed","killed")) and name ~ "base"',
  ])('matches %s', (text) => {
    expect(matches(text)).toBe(true);
  });
  it.each([
    'metrics.auc > 0.93',
    'parameters.loss > 1',
    'tags.team = "Risk"',
    'metrics.val.loss > 0',
    'tags.none != "x"',
    'endedAt < 5',
    'not pinned = true',
    'startedAt < "2026-02-01"',
    'metrics.constructor is not null',
  ])('does not match %s', (text) => {
    expect(matches(text)).toBe(false);
  });
  it('lets not reach rows where the key is missing', () => {
    expect(matches('not tags.none = "x"')).toBe(true);
  });
});
