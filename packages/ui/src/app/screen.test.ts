import { describe, expect, it } from 'vitest';
import { integer, oneOf, readSearch } from './screen.ts';

describe('readSearch', () => {
  const search = { tab: oneOf('overview', 'lineage'), depth: integer(1, 20) };
  it('keeps what the screen knows and what tables use', () => {
    const raw = { tab: 'lineage', depth: '07', filter: 'a = 1', 'checks.sort': '-name' };
    expect(readSearch({ search }, raw)).toEqual({
      tab: 'lineage',
      depth: '7',
      filter: 'a = 1',
      'checks.sort': '-name',
    });
  });
  it('drops what it does not know or cannot use', () => {
    expect(
      readSearch({ search }, { tab: 'evil', depth: '99', other: 'x', filter: '', peek: 3, constructor: 'x' }),
    ).toEqual({});
  });
});
