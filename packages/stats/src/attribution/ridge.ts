/** A straight fit with an intercept, its coefficients drawn towards zero by `penalty`. */
export interface RidgeFit {
  intercept: number;
  coefficients: Float64Array;
}

interface Centred {
  rows: Float64Array[];
  values: Float64Array;
  means: Float64Array;
  valueMean: number;
}

const centre = (rows: readonly (readonly number[])[], values: readonly number[]): Centred => {
  const n = rows.length;
  const width = rows[0]?.length ?? 0;
  const means = new Float64Array(width);
  for (const row of rows) for (let j = 0; j < width; j++) means[j]! += row[j]! / n;
  const valueMean = values.reduce((sum, value) => sum + value, 0) / n;
  return {
    rows: rows.map((row) => Float64Array.from(row, (value, j) => value - means[j]!)),
    values: Float64Array.from(values, (value) => value - valueMean),
    means,
    valueMean,
  };
};

/** The lower Cholesky factor of X'X + penalty I, row by row. */
const factorise = (rows: readonly Float64Array[], width: number, penalty: number): Float64Array => {
  const matrix = new Float64Array(width * width);
  for (const row of rows)
    for (let i = 0; i < width; i++) {
      const value = row[i]!;
      if (value !== 0) for (let j = 0; j <= i; j++) matrix[i * width + j]! += value * row[j]!;
    }
  return factoriseGram(matrix, width, penalty);
};

/** In place; only the lower triangle is read. */
const factoriseGram = (matrix: Float64Array, width: number, penalty: number): Float64Array => {
  for (let i = 0; i < width; i++) {
    matrix[i * width + i]! += penalty;
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * width + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * width + k]! * matrix[j * width + k]!;
      // The penalty keeps it positive; rounding must not.
      matrix[i * width + j] = i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / matrix[j * width + j]!;
    }
  }
  return matrix;
};

/** L z = b, in place. */
const forward = (factor: Float64Array, width: number, b: Float64Array): void => {
  for (let i = 0; i < width; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i * width + k]! * b[k]!;
    b[i] = sum / factor[i * width + i]!;
  }
};

const solve = (factor: Float64Array, { rows, values }: Centred, width: number): Float64Array => {
  const x = new Float64Array(width);
  for (const [at, row] of rows.entries()) for (let j = 0; j < width; j++) x[j]! += row[j]! * values[at]!;
  solveInPlace(factor, width, x);
  return x;
};

/** L L' x = b, in place. */
const solveInPlace = (factor: Float64Array, width: number, x: Float64Array): void => {
  forward(factor, width, x);
  for (let i = width - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < width; k++) sum -= factor[k * width + i]! * x[k]!;
    x[i] = sum / factor[i * width + i]!;
  }
};

export const fitRidge = (
  rows: readonly (readonly number[])[],
  values: readonly number[],
  penalty: number,
): RidgeFit => {
  const width = rows[0]?.length ?? 0;
  const centred = centre(rows, values);
  const coefficients = solve(factorise(centred.rows, width, penalty), centred, width);
  const intercept = centred.valueMean - coefficients.reduce((sum, one, j) => sum + one * centred.means[j]!, 0);
  return { intercept, coefficients };
};

/**
 * Fits the same runs again and again, each as often as `counts` says: for resamples. The products of a row are taken about
 * the means of all runs and moved to those of the resample afterwards, so that nothing is copied per fit.
 */
export const resampledRidge = (
  rows: readonly (readonly number[])[],
  values: readonly number[],
  penalty: number,
): ((counts: ArrayLike<number>) => Float64Array) => {
  const { rows: centred, values: centredValues } = centre(rows, values);
  const width = rows[0]?.length ?? 0;
  const gram = new Float64Array(width * width);
  const moments = new Float64Array(width);
  const sums = new Float64Array(width);
  return (counts) => {
    gram.fill(0);
    moments.fill(0);
    sums.fill(0);
    let total = 0;
    let valueSum = 0;
    for (const [at, row] of centred.entries()) {
      const count = counts[at]!;
      if (count === 0) continue;
      const value = centredValues[at]!;
      total += count;
      valueSum += count * value;
      for (let i = 0; i < width; i++) {
        const weighted = count * row[i]!;
        sums[i]! += weighted;
        moments[i]! += weighted * value;
        for (let j = 0; j <= i; j++) gram[i * width + j]! += weighted * row[j]!;
      }
    }
    for (let i = 0; i < width; i++) {
      moments[i]! -= (sums[i]! * valueSum) / total;
      for (let j = 0; j <= i; j++) gram[i * width + j]! -= (sums[i]! * sums[j]!) / total;
    }
    const x = moments.slice();
    solveInPlace(factoriseGram(gram, width, penalty), width, x);
    return x;
  };
};

/** Each run's error when it is predicted from all the others, without fitting once per run. */
export const leaveOneOutErrors = (
  rows: readonly (readonly number[])[],
  values: readonly number[],
  penalty: number,
): number[] => {
  const width = rows[0]?.length ?? 0;
  const centred = centre(rows, values);
  const factor = factorise(centred.rows, width, penalty);
  const coefficients = solve(factor, centred, width);
  return centred.rows.map((row, at) => {
    const z = row.slice();
    forward(factor, width, z);
    const leverage = 1 / rows.length + z.reduce((sum, one) => sum + one * one, 0);
    const error = centred.values[at]! - row.reduce((sum, one, j) => sum + one * coefficients[j]!, 0);
    return error / Math.max(1 - leverage, 1e-6);
  });
};

/** The penalties tried: from nearly none to nearly all. */
export const penalties = [1e-3, 1e-2, 1e-1, 1, 10, 100];

/** The penalty whose leave-one-out error is the least, and that error's mean square. */
export const choosePenalty = (
  rows: readonly (readonly number[])[],
  values: readonly number[],
): { penalty: number; meanSquare: number } =>
  penalties
    .map((penalty) => {
      const errors = leaveOneOutErrors(rows, values, penalty);
      return { penalty, meanSquare: errors.reduce((sum, error) => sum + error * error, 0) / errors.length };
    })
    .reduce((best, one) => (one.meanSquare < best.meanSquare ? one : best));
