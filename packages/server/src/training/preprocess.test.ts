import { describe, expect, it } from 'vitest';
import { designColumnNames, designMatrix, fitPreprocessor } from './preprocess.ts';
import { tableFromRows } from './table.ts';

const options = { minCategoryCount: 1, maxCategories: 100 };

function numbers(...values: (number | null)[]) {
  return tableFromRows(
    [{ name: 'x' }],
    values.map((value) => [value]),
  );
}

function categories(...values: (string | null)[]) {
  return tableFromRows(
    [{ name: 'x', kind: 'category' }],
    values.map((value) => [value]),
  );
}

describe('a number column', () => {
  it('is imputed with the median, standardised, and flagged where it was missing', () => {
    const table = numbers(1, 2, null, 9, 4);
    const preprocessor = fitPreprocessor(table, ['x'], options);
    const deviation = Math.sqrt((2.8 ** 2 + 1.8 ** 2 + 0.8 ** 2 + 5.2 ** 2 + 0.2 ** 2) / 5);
    const [scaling] = preprocessor.numbers;
    expect(scaling).toMatchObject({ name: 'x', median: 3, missingIndicator: true });
    expect(scaling!.mean).toBeCloseTo(3.8, 12);
    expect(scaling!.scale).toBeCloseTo(deviation, 12);
    const { dense } = designMatrix(preprocessor, table);
    expect([...dense].map((value) => Number(value.toFixed(9)))).toEqual(
      [-2.8 / deviation, 0, -1.8 / deviation, 0, -0.8 / deviation, 1, 5.2 / deviation, 0, 0.2 / deviation, 0].map(
        (value) => Number(value.toFixed(9)),
      ),
    );
    expect(designColumnNames(preprocessor)).toEqual(['x', 'x is missing']);
  });

  it('without gaps in training gets no indicator, and a gap later counts as the median', () => {
    const preprocessor = fitPreprocessor(numbers(1, 2, 6), ['x'], options);
    const design = designMatrix(preprocessor, numbers(null, 2));
    expect(design.columnCount).toBe(1);
    expect(design.dense[0]).toBe(design.dense[1]);
  });

  it('that is constant is only centred, even when the constant has no exact binary form', () => {
    const preprocessor = fitPreprocessor(numbers(...Array<number>(10).fill(0.1)), ['x'], options);
    expect(preprocessor.numbers[0]).toMatchObject({ mean: 0.1, scale: 1 });
  });

  it('treats an infinity as missing', () => {
    const preprocessor = fitPreprocessor(numbers(1, Number.POSITIVE_INFINITY, 3), ['x'], options);
    expect(preprocessor.numbers[0]).toMatchObject({ median: 2, mean: 2, missingIndicator: true });
  });

  it('clips absurd values so that predictions stay finite', () => {
    const preprocessor = fitPreprocessor(numbers(1e-9, 2e-9), ['x'], options);
    expect([...designMatrix(preprocessor, numbers(1e308, -1e308)).dense]).toEqual([1e6, -1e6]);
  });

  it('is refused when its values overflow', () => {
    expect(() => fitPreprocessor(numbers(1e308, -1e308, 1e308), ['x'], options)).toThrow('"x" holds values too large');
  });
});

describe('a category column', () => {
  it('gets one column per level, and one for missing values when training saw any', () => {
    const preprocessor = fitPreprocessor(categories('b', 'a', null, 'b'), ['x'], options);
    expect(preprocessor.categories).toEqual([{ name: 'x', levels: ['a', 'b'], other: false, missing: true }]);
    expect([...designMatrix(preprocessor, categories('a', 'b', null, '', 'unknown')).active]).toEqual([0, 1, 2, 2, -1]);
    expect(designColumnNames(preprocessor)).toEqual(['x = a', 'x = b', 'x is missing']);
  });

  it('is all zeros for a missing value when training saw none', () => {
    const preprocessor = fitPreprocessor(categories('a', 'b'), ['x'], options);
    expect([...designMatrix(preprocessor, categories(null)).active]).toEqual([-1]);
  });

  it('sends rare, surplus and unknown levels to one other column', () => {
    const table = categories('a', 'a', 'a', 'b', 'b', 'c', 'c', 'd');
    const rare = fitPreprocessor(table, ['x'], { minCategoryCount: 2, maxCategories: 100 });
    expect(rare.categories[0]).toMatchObject({ levels: ['a', 'b', 'c'], other: true });
    const capped = fitPreprocessor(table, ['x'], { minCategoryCount: 1, maxCategories: 2 });
    expect(capped.categories[0]).toMatchObject({ levels: ['a', 'b'], other: true });
    expect([...designMatrix(capped, categories('d', 'unknown', 'b')).active]).toEqual([2, 2, 1]);
    expect(designColumnNames(capped)).toEqual(['x = a', 'x = b', 'x is another value']);
  });

  it('takes a level for missing when it is empty, or empty as a string tensor holds it', () => {
    const codes = Int32Array.of(0, 1, 2, 3, 3);
    const table = {
      rowCount: 5,
      columns: { x: { kind: 'category' as const, codes, levels: ['a', '', '\0b', 'a\0c'] } },
    };
    const preprocessor = fitPreprocessor(table, ['x'], options);
    expect(preprocessor.categories).toEqual([{ name: 'x', levels: ['a'], other: false, missing: true }]);
    expect([...designMatrix(preprocessor, table).active]).toEqual([0, 1, 1, 0, 0]);
  });

  it('learns nothing from levels that occur only outside the training rows', () => {
    const table = {
      rowCount: 2,
      columns: { x: { kind: 'category' as const, codes: Int32Array.of(0, 2), levels: ['a', 'b', 'c'] } },
    };
    expect(fitPreprocessor(table, ['x'], options).categories[0]!.levels).toEqual(['a', 'c']);
  });
});

it('leaves out features that are empty in every training row, and says which', () => {
  const table = tableFromRows(
    [{ name: 'a' }, { name: 'b' }],
    [
      [1, null],
      [2, null],
    ],
  );
  expect(fitPreprocessor(table, ['a', 'b'], options).unusedFeatures).toEqual(['b']);
  expect(() => fitPreprocessor(table, ['b'], options)).toThrow('every feature is empty in all training rows');
});
