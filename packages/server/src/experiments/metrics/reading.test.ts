import { describe, expect, it } from 'vitest';
import { evenly } from './reading.ts';

// What `ntile` of PostgreSQL 15 and SQLite 3.53 puts first into each of so many tiles, the last being the last row.
describe('rows that are evenly apart', () => {
  it.each([
    [0, 5, []],
    [1, 5, [0]],
    [5, 5, [0, 1, 2, 3, 4]],
    [10, 5, [0, 2, 4, 6, 9]],
    [10, 4, [0, 3, 6, 9]],
    [11, 4, [0, 3, 6, 10]],
    [10, 1, [9]],
  ])('of %d, %d', (count, limit, rows) => expect(evenly(count, limit)).toEqual(rows));
});
