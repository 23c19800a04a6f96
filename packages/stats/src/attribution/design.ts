/** One run: what was chosen for it, and how it came out. */
export interface AttributionRun {
  value: number;
  factors: Readonly<Record<string, string>>;
}

/** The columns of one factor in a design matrix. */
interface FactorColumns {
  factor: string;
  kind: 'number' | 'category';
  /** Of a number: over several orders of magnitude, so that its logarithm is what counts. */
  isLogarithmic: boolean;
  width: number;
  encode(value: string | undefined): number[];
}

export interface Design {
  factors: FactorColumns[];
  width: number;
  /** Where the columns of each factor begin. */
  offsets: Map<string, number>;
}

/** More levels than this are one: what few runs share says nothing. */
const levelsAtMost = 12;
/** From this ratio of the greatest to the least value on, a positive number is taken by its logarithm: learning rates, sizes. */
const logarithmicFrom = 20;
/** With this many values a curve can be told from a line. */
const curvedFrom = 4;

const numberOf = (text: string | undefined): number =>
  text === undefined || text.trim() === '' ? Number.NaN : Number(text);

const numeric = (factor: string, values: readonly number[], isCurved: boolean): FactorColumns => {
  const least = Math.min(...values);
  const greatest = Math.max(...values);
  const isLogarithmic = least > 0 && greatest / least >= logarithmicFrom;
  const scaled = isLogarithmic ? values.map(Math.log10) : values;
  const centre = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  const spread = Math.sqrt(scaled.reduce((sum, value) => sum + (value - centre) ** 2, 0) / scaled.length) || 1;
  return {
    factor,
    kind: 'number',
    isLogarithmic,
    width: isCurved ? 2 : 1,
    encode(text) {
      const value = numberOf(text);
      const z = ((isLogarithmic ? Math.log10(value) : value) - centre) / spread;
      return isCurved ? [z, z * z] : [z];
    },
  };
};

const categorical = (factor: string, values: readonly string[], kept: readonly string[]): FactorColumns => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const byCount = [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([value]) => value);
  const levels = [...new Set([...kept, ...byCount])].slice(0, levelsAtMost);
  return {
    factor,
    kind: 'category',
    isLogarithmic: false,
    width: levels.length,
    // What is not among the levels is none of them.
    encode: (value) => levels.map((level) => (level === (value ?? '') ? 1 : 0)),
  };
};

/**
 * How factors become columns: numbers standardised, with their square where there are enough values to see a bend and
 * enough runs to pay for it; everything else one column per level. `kept`: levels that always get a column of their own.
 */
export const designOf = (
  factors: readonly string[],
  runs: readonly AttributionRun[],
  kept: readonly AttributionRun[],
): Design => {
  const columns = factors.map((factor): FactorColumns => {
    const texts = runs.map((run) => run.factors[factor] ?? '');
    const numbers = texts.map(numberOf);
    if (!numbers.every(Number.isFinite))
      return categorical(
        factor,
        texts,
        kept.map((run) => run.factors[factor] ?? ''),
      );
    const isCurved = new Set(numbers).size >= curvedFrom && runs.length >= 6 * factors.length;
    return numeric(factor, numbers, isCurved);
  });
  const offsets = new Map<string, number>();
  let width = 0;
  for (const one of columns) {
    offsets.set(one.factor, width);
    width += one.width;
  }
  return { factors: columns, width, offsets };
};

export const rowOf = (design: Design, run: AttributionRun): number[] =>
  design.factors.flatMap((one) => one.encode(run.factors[one.factor]));
