/**
 * Solves A x = b for symmetric positive definite A (row-major, only the lower triangle is read) by Cholesky
 * factorisation. Overwrites A with its factor and b with x. Returns false when A is not positive definite.
 */
export function solvePositiveDefinite(matrix: Float64Array, size: number, rightSide: Float64Array): boolean {
  for (let i = 0; i < size; i++) {
    const rowI = i * size;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * size;
      let sum = matrix[rowI + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[rowI + k]! * matrix[rowJ + k]!;
      if (i === j) {
        if (!(sum > 0)) return false;
        matrix[rowI + i] = Math.sqrt(sum);
      } else {
        matrix[rowI + j] = sum / matrix[rowJ + j]!;
      }
    }
  }
  for (let i = 0; i < size; i++) {
    let sum = rightSide[i]!;
    for (let k = 0; k < i; k++) sum -= matrix[i * size + k]! * rightSide[k]!;
    rightSide[i] = sum / matrix[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = rightSide[i]!;
    for (let k = i + 1; k < size; k++) sum -= matrix[k * size + i]! * rightSide[k]!;
    rightSide[i] = sum / matrix[i * size + i]!;
  }
  return true;
}
