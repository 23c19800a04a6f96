import { describe, expect, it } from 'vitest';
import { evaluateFilter } from './evaluate.ts';
import { parseFilter } from './parser.ts';

const today = Date.UTC(2026, 5, 1);
const read = (text: string) => {
  const result = parseFilter(text, today);
  if ('problem' in result) throw new Error(`${result.problem.message} at ${result.problem.position}`);
  return result.filter;
};
const problem = (text: string) => {
  const result = parseFilter(text, today);
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
    expect(read('a = 1 or b = 2 and not c = 3')).toMatchObject({
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
    expect(read('tags.`my ``odd`` key` = "say ""hi"""')).toMatchObject({
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
    expect(read('s in ("a", 2)')).toMatchObject({ kind: 'in', path: ['s'], values: ['a', 2] });
    expect(read('s not in ("a")')).toMatchObject({ kind: 'not', part: { kind: 'in', path: ['s'], values: ['a'] } });
    expect(read('s is null')).toMatchObject({ kind: 'null', path: ['s'] });
    expect(read('s IS NOT NULL')).toMatchObject({ kind: 'not', part: { kind: 'null', path: ['s'] } });
  });
  it('reads patterns, ranges and the double equals sign', () => {
    expect(read("a LIKE 'x%'")).toMatchObject({ kind: 'compare', operator: 'like', value: 'x%' });
    expect(read("a not ilike 'x%'")).toMatchObject({ kind: 'not', part: { operator: 'ilike' } });
    expect(read('a Rlike "^x"')).toMatchObject({ operator: 'rlike', value: '^x' });
    expect(read('a == 1')).toMatchObject({ operator: '=' });
    expect(read('a between 1 and 2 and b = 3')).toMatchObject({
      kind: 'and',
      parts: [
        {
          kind: 'and',
          parts: [
            { operator: '>=', value: 1, at: 0, valueAt: 10 },
            { operator: '<=', value: 2, at: 0, valueAt: 16 },
          ],
        },
        { path: ['b'], at: 22, valueAt: 26 },
      ],
    });
    expect(read('a not between 1 and 2')).toMatchObject({ kind: 'not', part: { kind: 'and' } });
  });
  it('reads keys in double quotes after a dot, and digits in keys', () => {
    expect(read('tags."mlflow.user" = "x"')).toMatchObject({ path: ['tags', 'mlflow.user'] });
    expect(read('metrics.top.5.min < 1')).toMatchObject({ path: ['metrics', 'top', '5', 'min'] });
    expect(read('metrics.1e5 < .5')).toMatchObject({ path: ['metrics', '1e5'], value: 0.5 });
    expect(problem('"name" = "x"')).toMatchObject({ position: 0 });
  });
  it.each([
    ['now()', 0],
    ['NOW() - 7d', -7 * 86_400_000],
    ['now()-90s', -90_000],
    ['now() + 2w - 1h', 14 * 86_400_000 - 3_600_000],
    ['today()', -(12 * 3600 + 30 * 60) * 1000],
    ['today() + 5 m', -(12 * 3600 + 30 * 60) * 1000 + 300_000],
  ])('reads the instant %s', (text, offset) => {
    const now = Date.UTC(2026, 2, 1, 12, 30);
    expect(parseFilter(`startedAt > ${text} and a = 1`, now)).toMatchObject({
      filter: { parts: [{ value: now + offset }, { path: ['a'] }] },
    });
  });
  it('has no relative instants where nobody says what time it is', () => {
    expect(parseFilter('a = 1 and b < now()')).toEqual({
      problem: { position: 14, message: 'Expected a date in quotes instead of now' },
    });
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
    ['a not = 1', 6, 'in, like'],
    ['a is not 3', 9, 'null'],
    ['a like 5', 7, 'pattern in quotes'],
    ['a between 1', 11, 'upper end'],
    ['a between 1 or 2', 12, 'upper end'],
    ['a > now(', 8, 'closing parenthesis'],
    ['a > now() - 7x', 10, 'span'],
    ['a > now() - 7days', 10, 'span'],
    ["a rlike '(b'", 9, 'not closed'],
    ["a rlike 'it''s (b'", 15, 'not closed'],
    [`a ilike '${'x'.repeat(1001)}'`, 1009, 'at most 1000'],
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
    'name like "Base% _"',
    'name not like "base%"',
    'name ilike "%LINE%"',
    'name rlike "[0-9]$"',
    'tags.none not like "x"',
    'aliases like "champ%"',
    'metrics.auc between 0.93 and 1',
    'metrics.auc not between 0 and 0.9',
    'parameters.depth == 6',
    'startedAt >= "2026-03-01T00:00"',
    'startedAt < now()',
    'tags."mlflow.user" = "ada"',
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
    'name like "baseline%"',
    'name like "Baseline"',
    'name rlike "^[a-z]"',
    'metrics.auc like "0%"',
    'startedAt > "March 7"',
    'startedAt < now() - 3650w',
  ])('does not match %s', (text) => {
    expect(matches(text)).toBe(false);
  });
  it('lets not reach rows where the key is missing', () => {
    expect(matches('not tags.none = "x"')).toBe(true);
  });
  it('orders text by code point', () => {
    expect(evaluateFilter(read('a < "\u{1f600}"'), { a: '\ue000' })).toBe(true);
    expect(evaluateFilter(read('a > "ab"'), { a: 'abc' })).toBe(true);
  });
  it('folds letters beyond ascii too', () => {
    expect(evaluateFilter(read('a ~ "ärg"'), { a: 'ÄRGER' })).toBe(true);
  });
  it('asks for something else, where in is negated', () => {
    const filter = { kind: 'in' as const, path: ['a'], values: ['x'], negated: true as const };
    const rows = [{}, { a: 'x' }, { a: 'y' }, { a: ['x', 'y'] }, { a: ['x'] }];
    expect(rows.map((row) => evaluateFilter(filter, row))).toEqual([false, false, true, true, false]);
  });
  it('takes time in proportion to the text for any pattern', () => {
    const started = performance.now();
    expect(evaluateFilter(read(`a like "${'a%'.repeat(400)}b"`), { a: 'a'.repeat(6000) })).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
