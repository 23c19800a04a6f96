import { describe, expect, it } from 'vitest';
import { datasetNameOf, mediaTypeOf } from './file-kind.ts';

describe('mediaTypeOf', () => {
  it('goes by the end of the name, whatever its case', () => {
    expect(mediaTypeOf('Cards.CSV')).toBe('text/csv');
    expect(mediaTypeOf('cards.parquet')).toBe('application/vnd.apache.parquet');
    expect(mediaTypeOf('cards.csv.xlsx')).toBeNull();
  });
});
describe('datasetNameOf', () => {
  it('makes a name that may stand in an address', () => {
    expect(datasetNameOf('Card payments (March).csv')).toBe('Card-payments-March-');
    expect(datasetNameOf('_ümlaut.parquet')).toBe('mlaut');
  });
});
