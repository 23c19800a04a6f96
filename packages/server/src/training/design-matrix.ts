/**
 * Rows of a linear model's input: a dense part, and one-hot blocks stored as the single column that is 1.
 * Work per row then grows with the number of features, not with the number of category levels.
 */
export interface DesignMatrix {
  rowCount: number;
  columnCount: number;
  /** Row-major `rowCount x denseCount`: design columns 0 to denseCount - 1. */
  dense: Float64Array;
  denseCount: number;
  /** Row-major `rowCount x activeCount`: the design column that is 1, ascending within a row; -1 for none. */
  active: Int32Array;
  activeCount: number;
}

export function denseDesign(rowCount: number, columnCount: number, dense: Float64Array): DesignMatrix {
  return { rowCount, columnCount, dense, denseCount: columnCount, active: new Int32Array(0), activeCount: 0 };
}

/** Scores, row-major `rowCount x outputs`: intercept + row . weights for each output. */
export function linearScores(
  design: DesignMatrix,
  weights: readonly (readonly number[])[],
  intercept: readonly number[],
): Float64Array {
  const { rowCount, dense, denseCount, active, activeCount } = design;
  const outputCount = weights.length;
  const scores = new Float64Array(rowCount * outputCount);
  weights.forEach((weightsOfOutput, output) => {
    const w = Float64Array.from(weightsOfOutput);
    for (let row = 0; row < rowCount; row++) {
      let score = intercept[output]!;
      for (let j = 0, at = row * denseCount; j < denseCount; j++) score += dense[at + j]! * w[j]!;
      for (let j = 0, at = row * activeCount; j < activeCount; j++) {
        const column = active[at + j]!;
        if (column >= 0) score += w[column]!;
      }
      scores[row * outputCount + output] = score;
    }
  });
  return scores;
}

/**
 * Writes one row as (column, value) pairs in ascending column order, ending with the constant 1 of the intercept in
 * column `columnCount`. Returns how many pairs were written.
 */
export function writeRowEntries(design: DesignMatrix, row: number, columns: Int32Array, values: Float64Array): number {
  const { dense, denseCount, active, activeCount } = design;
  let count = 0;
  for (let j = 0; j < denseCount; j++) {
    columns[count] = j;
    values[count++] = dense[row * denseCount + j]!;
  }
  for (let j = 0; j < activeCount; j++) {
    const column = active[row * activeCount + j]!;
    if (column < 0) continue;
    columns[count] = column;
    values[count++] = 1;
  }
  columns[count] = design.columnCount;
  values[count++] = 1;
  return count;
}
