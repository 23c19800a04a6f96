import type { DesignMatrix } from './design-matrix.ts';
import { anyColumnOf, columnOf } from './table.ts';
import type { CategoryColumn, NumberColumn, TrainingTable } from './table.ts';
import { TrainingError } from './training-error.ts';

export interface Feature {
  name: string;
  kind: 'number' | 'category';
}

/** A number becomes clip((value or median - mean) / scale), and a 0/1 column for "was missing" when training saw any. */
export interface NumberScaling {
  name: string;
  median: number;
  mean: number;
  /** Standard deviation of the imputed training values (divisor n); 1 for a constant column. */
  scale: number;
  missingIndicator: boolean;
}

/**
 * One 0/1 column per level, then one for "other" and one for "missing" where they exist.
 * A level never seen in training counts as other, or as all zeros when training had no other bucket.
 * A missing value sets the missing column, or is all zeros when training saw none missing.
 */
export interface CategoryEncoding {
  name: string;
  levels: string[];
  other: boolean;
  missing: boolean;
}

/** Everything learnt from the training rows, as plain JSON. Unused features had no value in any training row. */
export interface Preprocessor {
  numbers: NumberScaling[];
  categories: CategoryEncoding[];
  unusedFeatures: string[];
}

export interface PreprocessOptions {
  /** Levels seen in fewer rows go to the other bucket. */
  minCategoryCount: number;
  /** The most frequent levels kept; the rest go to the other bucket. */
  maxCategories: number;
}

/**
 * Standardised values are clipped to this many standard deviations. No training row is affected (|z| < sqrt(rows)),
 * but an absurd value at serving time then gives a finite prediction instead of NaN.
 */
export const maxStandardDeviations = 1e6;

/** Learns imputation, scaling and encoding from `table`, which must hold training rows only. */
export function fitPreprocessor(
  table: TrainingTable,
  featureNames: readonly string[],
  options: PreprocessOptions,
): Preprocessor {
  const fitted: Preprocessor = { numbers: [], categories: [], unusedFeatures: [] };
  const seen = new Set<string>();
  for (const name of featureNames) {
    if (seen.has(name)) throw new TrainingError('feature-repeated', `Feature "${name}" is listed twice.`);
    seen.add(name);
    const column = anyColumnOf(table, name);
    if (column.kind === 'number') {
      const scaling = fitNumber(name, column);
      if (scaling) fitted.numbers.push(scaling);
      else fitted.unusedFeatures.push(name);
    } else {
      const encoding = fitCategory(name, column, options);
      if (encoding) fitted.categories.push(encoding);
      else fitted.unusedFeatures.push(name);
    }
  }
  if (fitted.numbers.length + fitted.categories.length === 0) {
    const reason = featureNames.length === 0 ? 'no feature was named' : 'every feature is empty in all training rows';
    throw new TrainingError('no-usable-features', `There is no feature to learn from: ${reason}.`);
  }
  return fitted;
}

function fitNumber(name: string, { values }: NumberColumn): NumberScaling | undefined {
  const present = values.filter(Number.isFinite).sort();
  if (present.length === 0) return undefined;
  const middle = present.length >> 1;
  const median = present.length % 2 ? present[middle]! : present[middle - 1]! / 2 + present[middle]! / 2;
  const missingIndicator = present.length < values.length;
  if (present[0] === present.at(-1)) return { name, median, mean: median, scale: 1, missingIndicator };

  const missingCount = values.length - present.length;
  let sum = missingCount * median;
  for (const value of present) sum += value;
  const mean = sum / values.length;
  let squares = missingCount * (median - mean) ** 2;
  for (const value of present) squares += (value - mean) ** 2;
  const scale = Math.sqrt(squares / values.length);
  if (!Number.isFinite(mean) || !Number.isFinite(scale)) {
    throw new TrainingError('value-too-large', `Feature "${name}" holds values too large to standardise.`);
  }
  return { name, median, mean, scale: scale > 0 ? scale : 1, missingIndicator };
}

function fitCategory(name: string, column: CategoryColumn, options: PreprocessOptions): CategoryEncoding | undefined {
  const texts = column.levels.map(servedText);
  const counts = new Map<string, number>();
  for (const code of column.codes) {
    const text = code < 0 ? '' : texts[code]!;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const missing = counts.delete('');
  if (counts.size === 0) return undefined;
  const byCount = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  const kept = byCount.filter(([, count]) => count >= options.minCategoryCount).slice(0, options.maxCategories);
  const levels = kept.map(([level]) => level).sort();
  return { name, levels, other: kept.length < counts.size, missing };
}

/** A string as a string tensor of ONNX Runtime holds it: well-formed UTF-8, ending at the first NUL. */
function servedText(text: string): string {
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)).toWellFormed();
}

export function encodingWidth(encoding: CategoryEncoding): number {
  return encoding.levels.length + Number(encoding.other) + Number(encoding.missing);
}

/** Column of an unknown level within the encoding, -1 for all zeros. */
export function unknownLevelColumn(encoding: CategoryEncoding): number {
  return encoding.other ? encoding.levels.length : -1;
}

/** Column of a missing value within the encoding, -1 for all zeros. */
export function missingLevelColumn(encoding: CategoryEncoding): number {
  return encoding.missing ? encoding.levels.length + Number(encoding.other) : -1;
}

/** A readable name per design column, in the order of the weights. */
export function designColumnNames({ numbers, categories }: Preprocessor): string[] {
  return [
    ...numbers.map(({ name }) => name),
    ...numbers.filter(({ missingIndicator }) => missingIndicator).map(({ name }) => `${name} is missing`),
    ...categories.flatMap(({ name, levels, other, missing }) => [
      ...levels.map((level) => `${name} = ${level}`),
      ...(other ? [`${name} is another value`] : []),
      ...(missing ? [`${name} is missing`] : []),
    ]),
  ];
}

/** Design columns: standardised numbers, missing indicators, then one block per category feature. */
export function designMatrix(preprocessor: Preprocessor, table: TrainingTable): DesignMatrix {
  const { numbers, categories } = preprocessor;
  const rowCount = table.rowCount;
  const denseCount = numbers.length + numbers.filter(({ missingIndicator }) => missingIndicator).length;
  const dense = new Float64Array(rowCount * denseCount);
  let indicatorColumn = numbers.length;
  numbers.forEach((scaling, index) => {
    const { values } = columnOf(table, scaling.name, 'number');
    const indicatorOffset = scaling.missingIndicator ? indicatorColumn++ : -1;
    for (let row = 0; row < rowCount; row++) {
      const value = values[row]!;
      const missing = !Number.isFinite(value);
      const scaled = ((missing ? scaling.median : value) - scaling.mean) / scaling.scale;
      dense[row * denseCount + index] = Math.min(Math.max(scaled, -maxStandardDeviations), maxStandardDeviations);
      if (missing && indicatorOffset >= 0) dense[row * denseCount + indicatorOffset] = 1;
    }
  });

  const active = new Int32Array(rowCount * categories.length);
  let offset = denseCount;
  categories.forEach((encoding, index) => {
    const { codes, levels } = columnOf(table, encoding.name, 'category');
    const columnOfCode = levelColumns(encoding, levels);
    const missing = missingLevelColumn(encoding);
    for (let row = 0; row < rowCount; row++) {
      const code = codes[row]!;
      const column = code < 0 ? missing : columnOfCode[code]!;
      active[row * categories.length + index] = column < 0 ? -1 : offset + column;
    }
    offset += encodingWidth(encoding);
  });
  return { rowCount, columnCount: offset, dense, denseCount, active, activeCount: categories.length };
}

function levelColumns(encoding: CategoryEncoding, levels: readonly string[]): Int32Array {
  const columns = new Map(encoding.levels.map((level, column) => [level, column]));
  const unknown = unknownLevelColumn(encoding);
  const missing = missingLevelColumn(encoding);
  return Int32Array.from(levels, (level) => {
    const text = servedText(level);
    return text === '' ? missing : (columns.get(text) ?? unknown);
  });
}
