import { describe, expect, it } from 'vitest';
import { pythonFloat, pythonText } from './python.ts';

describe('values as Python writes them', () => {
  it.each([
    ['plain', "'plain'"],
    ["it's", '"it\'s"'],
    ['a "b"', '\'a "b"\''],
    ['it\'s "b"', "'it\\'s \"b\"'"],
    ['tab\tline\n\\\u0001\u007f', "'tab\\tline\\n\\\\\\x01\\x7f'"],
    ['é', "'é'"],
  ])('text %j', (text, written) => {
    expect(pythonText(text)).toBe(written);
  });

  it.each([
    [1, '1.0'],
    [-0.5, '-0.5'],
    [1e300, '1e+300'],
    [Number.NaN, 'nan'],
    [-Infinity, '-inf'],
    [123456789012, '123456789012.0'],
  ])('float %d', (value, written) => {
    expect(pythonFloat(value)).toBe(written);
  });
});
