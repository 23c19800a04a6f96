import { solvePositiveDefinite } from './cholesky.ts';
import { writeRowEntries } from './design-matrix.ts';
import type { DesignMatrix } from './design-matrix.ts';
import { TrainingError } from './training-error.ts';

/** The normal matrix of this many columns takes 128 MB. */
const maxColumnCount = 4_096;

export interface RidgeFit {
  weights: number[];
  intercept: number;
  /** Weighted mean of the squared residuals on the training rows. */
  meanSquaredError: number;
}

/**
 * Ridge regression: minimises sum_i s_i (y_i - b - x_i . w)^2 + lambda |w|^2, intercept b unpenalised, by Cholesky on
 * the normal equations. The same objective as scikit-learn's Ridge(alpha=lambda). `y` and `sampleWeights` have one
 * entry per row of `design`. Throws `too-many-columns` or `numerically-singular`.
 */
export function fitRidge(
  design: DesignMatrix,
  y: Float64Array,
  options: { lambda: number; sampleWeights?: Float64Array | undefined },
): RidgeFit {
  const { rowCount, columnCount } = design;
  if (columnCount > maxColumnCount) {
    const advice = 'lower maxCategories or raise minCategoryCount';
    throw new TrainingError('too-many-columns', `${columnCount} encoded columns exceed ${maxColumnCount}: ${advice}.`);
  }
  const { lambda, sampleWeights } = options;
  // Centring y keeps the right-hand side small, so a target far from zero costs no digits.
  const centre = weightedMean(y, sampleWeights);
  const size = columnCount + 1;
  const normal = new Float64Array(size * size);
  const solution = new Float64Array(size);
  const columns = new Int32Array(size);
  const values = new Float64Array(size);
  for (let row = 0; row < rowCount; row++) {
    const count = writeRowEntries(design, row, columns, values);
    const rowWeight = sampleWeights ? sampleWeights[row]! : 1;
    const residual = y[row]! - centre;
    for (let a = 0; a < count; a++) {
      const weighted = rowWeight * values[a]!;
      const at = columns[a]! * size;
      solution[columns[a]!]! += weighted * residual;
      for (let b = 0; b <= a; b++) normal[at + columns[b]!]! += weighted * values[b]!;
    }
  }
  for (let j = 0; j < columnCount; j++) normal[j * size + j]! += lambda;
  if (!solvePositiveDefinite(normal, size, solution)) {
    throw new TrainingError('numerically-singular', 'The features are linearly dependent: raise lambda.');
  }
  const weights = Array.from(solution.subarray(0, columnCount));
  const intercept = solution[columnCount]! + centre;
  return { weights, intercept, meanSquaredError: meanSquaredError(design, y, solution, centre, sampleWeights) };
}

function weightedMean(values: Float64Array, sampleWeights: Float64Array | undefined): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    const rowWeight = sampleWeights ? sampleWeights[row]! : 1;
    sum += rowWeight * values[row]!;
    total += rowWeight;
  }
  return sum / total;
}

function meanSquaredError(
  design: DesignMatrix,
  y: Float64Array,
  solution: Float64Array,
  centre: number,
  sampleWeights: Float64Array | undefined,
): number {
  const columns = new Int32Array(design.columnCount + 1);
  const values = new Float64Array(design.columnCount + 1);
  const squares = y.map((target, row) => {
    const count = writeRowEntries(design, row, columns, values);
    let fitted = centre;
    for (let a = 0; a < count; a++) fitted += values[a]! * solution[columns[a]!]!;
    return (target - fitted) ** 2;
  });
  return weightedMean(squares, sampleWeights);
}
