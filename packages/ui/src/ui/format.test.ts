import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent, formatRelative } from './format.ts';

describe('formatNumber', () => {
  it.each([
    [0.123456, '0.1235'],
    [1234.567, '1234.57'],
    [12, '12'],
    [1_234_567, '1,234,567'],
    [0.00001, '1.00e-5'],
    [123_456_789, '1.23e8'],
    [null, '–'],
    [undefined, '–'],
    [Number.NaN, 'NaN'],
    ['-Infinity', '−∞'],
    [0, '0'],
  ])('writes %s as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});
describe('units', () => {
  it.each([
    [999, '999'],
    [99_999, '99,999'],
    [1_250_000, '1.3M'],
  ])('counts %d as %s', (count, text) => expect(formatCount(count)).toBe(text));
  it.each([
    [512, '512 B'],
    [1536, '1.5 KiB'],
    [157_286_400, '150 MiB'],
  ])('sizes %d as %s', (size, text) => expect(formatBytes(size)).toBe(text));
  it.each([
    [12.4, '12 ms'],
    [2500, '2.5 s'],
    [59_600, '60 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
    [3_700_000, '1 h 1 min'],
    [200_000_000, '2 d 7 h'],
    [-5, '0 ms'],
  ])('takes %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
  it.each([
    [0.1234, '12.3 %'],
    [1, '100 %'],
    [null, '–'],
  ])('shares %s as %s', (share, text) => expect(formatPercent(share)).toBe(text));
  it.each([
    [1000, 'just now'],
    [-30_000, '30 s ago'],
    [-7_200_000, '2 h ago'],
    [3 * 86_400_000, 'in 3 d'],
  ])('says %d ms from now as %s', (gap, text) => expect(formatRelative(1e12 + gap, 1e12)).toBe(text));
});
