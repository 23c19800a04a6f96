import { describe, expect, it } from 'vitest';
import { UnreadableFilter } from './filter.ts';
import { compileRegex } from './regex.ts';

const problem = (pattern: string): { message: string; position: number } | null => {
  try {
    compileRegex(pattern);
    return null;
  } catch (error) {
    if (error instanceof UnreadableFilter) return { message: error.message, position: error.position };
    throw error;
  }
};

describe('compileRegex', () => {
  const patterns = [
    'a',
    '^a',
    'a$',
    '^$',
    '^a$',
    'a.c',
    'a|b',
    '^(?:a|bc)+$',
    'ab{2}',
    'ab{1,2}c',
    'a{2,}',
    '(a|aa)b',
    '[a-c]+x',
    '[^a-c]',
    '\\d+\\.\\d',
    '\\w+-\\w+',
    '^\\s',
    '\\S\\s\\S',
    '[\\d.]+',
    'x?y?z?$',
    'a*?b',
    '(ab|cd)*e',
    '\\(',
    '[\\]-]',
    '-',
    'ü',
    '^.$',
    '\\\\',
    'a$|^b',
    '$^',
    'c(^a|b)',
    'é|\\n',
    '(a)(b)?c',
    '[+-]\\d',
    '[a\\-z]',
  ];
  const texts = [
    '',
    'a',
    'b',
    'c',
    'ab',
    'abb',
    'abbc',
    'abc',
    'aab',
    'bca',
    'bcbc',
    'x',
    'xyz',
    '1.5',
    '12',
    'resnet-50',
    ' a b',
    'a\nc',
    '(x)',
    ']',
    '-',
    'ü',
    'cde',
    'ababe',
    'a\\b',
    'é',
    '\n',
    'a]',
    '+7',
    'az',
    'aaaa',
    'b\na',
  ];
  it('finds what the expressions of JavaScript find', () => {
    for (const pattern of patterns)
      for (const text of texts)
        expect(compileRegex(pattern).test(text), `${pattern} in ${text}`).toBe(new RegExp(pattern, 's').test(text));
  });
  it('takes a character beyond U+FFFF as one', () => {
    expect(compileRegex('^.$').test('😀')).toBe(true);
    expect(compileRegex('^[😀-😂]$').test('😁')).toBe(true);
  });
  it('answers the same when a pattern is asked again and again', () => {
    const { test } = compileRegex('(a|b)*c[^x]$');
    const many = Array.from(
      { length: 3000 },
      (_, index) => `${String.fromCodePoint(0x100 + index)}abc${index % 2 ? 'x' : 'y'}`,
    );
    for (const text of [...many, ...many]) expect(test(text)).toBe(text.endsWith('y'));
  });
  it('takes time in proportion to the text, whatever the pattern', () => {
    const started = performance.now();
    expect(compileRegex('(a|aa|aaa)*b.*c.*d.*e').test(`${'a'.repeat(6000)}${'bcd'.repeat(5000)}`)).toBe(false);
    // With back-tracking this takes longer than the universe has lasted.
    expect(performance.now() - started).toBeLessThan(5000);
  });
  it.each([
    ['7{3}', '777'],
    ['^run-(a|b)_v2$', 'run-'],
    ['ab{2,}c+d', 'abb'],
    ['x(yz)w', 'xyzw'],
    ['a.bc?d', 'a'],
    ['a?', ''],
    ['abc|abd', ''],
    ['[a][b-b]\\.c', 'ab.c'],
    ['(ab){2}[^c]d', 'abab'],
  ])('knows of %j a text that is in all it matches', (pattern, literal) => {
    expect(compileRegex(pattern).literal).toBe(literal);
  });
  it.each([
    ['', 0, 'something to match'],
    ['a|', 2, 'something to match'],
    ['a||b', 2, 'something to match'],
    ['*a', 0, 'something to repeat'],
    ['a**', 2, 'second repetition'],
    ['^*', 1, 'not ^ or $'],
    ['(a+)+', 4, 'repeats already'],
    ['((a|b*)c)*', 9, 'repeats already'],
    ['(a)\\1', 3, 'back-reference'],
    ['(?=a)', 0, 'plain group'],
    ['(?i)a', 0, 'plain group'],
    ['a\\b', 1, 'after the backslash'],
    ['a\\', 1, 'after the backslash'],
    ['x[z-a]', 2, 'from lower to higher'],
    ['[\\d-z]', 1, 'from lower to higher'],
    ['[^\\D]', 2, 'negated class'],
    ['[[:alpha:]]', 1, 'named class'],
    ['[]', 1, 'before the closing bracket'],
    ['a[bc', 1, 'not closed'],
    ['(a', 0, 'not closed'],
    ['a)', 1, 'closing parenthesis'],
    ['a{', 1, 'a count such as'],
    ['a{3,2}', 1, 'from lower to higher'],
    ['a{101}', 1, 'up to 100'],
    [`(${'abcde'.repeat(20)}){100}`, 102, 'too large'],
    ['a'.repeat(201), 200, 'at most 200'],
  ])('refuses %j and says where', (pattern, position, part) => {
    expect(problem(pattern)).toEqual({ position, message: expect.stringContaining(part) });
  });
});
