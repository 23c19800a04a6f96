import { writeRowEntries } from './design-matrix.ts';
import type { DesignMatrix } from './design-matrix.ts';

/**
 * The mean penalised log-loss of a logistic model, its gradient and its Hessian:
 * (sum_i s_i loss_i + lambda/2 |w|^2) / sum_i s_i, intercepts unpenalised. Up to the divisor this is the objective of
 * scikit-learn's LogisticRegression(C=1/lambda). Two classes use one output (sigmoid, the second class is positive),
 * more use one output per class (softmax). `parameters` holds, per output, its weights and then its intercept.
 */
export interface LogisticObjective {
  parameterCount: number;
  /** Returns the objective at `parameters` and writes its gradient. */
  evaluate(parameters: Float64Array, gradient: Float64Array): number;
  /** Writes the Hessian (row-major, lower triangle) at the parameters evaluated last. */
  hessian(matrix: Float64Array): void;
  /** An upper bound of the Hessian's diagonal, used to precondition L-BFGS. */
  curvatureBound(): Float64Array;
  /** Multiplications per Hessian, to choose a solver. */
  hessianCost: number;
}

export function logisticObjective(
  design: DesignMatrix,
  classIndex: Int32Array,
  classCount: number,
  options: { lambda: number; sampleWeights?: Float64Array | undefined },
): LogisticObjective {
  const { rowCount, columnCount } = design;
  const { sampleWeights } = options;
  const outputCount = classCount === 2 ? 1 : classCount;
  const stride = columnCount + 1;
  const parameterCount = outputCount * stride;
  const totalWeight = sampleWeights ? sampleWeights.reduce((sum, weight) => sum + weight, 0) : rowCount;
  const penalty = options.lambda / totalWeight;
  const probabilities = new Float64Array(rowCount * outputCount);
  const columns = new Int32Array(stride);
  const values = new Float64Array(stride);
  const scores = new Float64Array(outputCount);
  const rowWeightOf = (row: number): number => (sampleWeights ? sampleWeights[row]! : 1) / totalWeight;

  function evaluate(parameters: Float64Array, gradient: Float64Array): number {
    gradient.fill(0);
    let loss = 0;
    for (let row = 0; row < rowCount; row++) {
      const count = writeRowEntries(design, row, columns, values);
      const rowWeight = rowWeightOf(row);
      const target = classIndex[row]!;
      for (let output = 0; output < outputCount; output++) {
        let score = 0;
        for (let a = 0, at = output * stride; a < count; a++) score += values[a]! * parameters[at + columns[a]!]!;
        scores[output] = score;
      }
      loss += rowWeight * (outputCount === 1 ? sigmoidLoss(scores, target) : softmaxLoss(scores, target));
      for (let output = 0; output < outputCount; output++) {
        const probability = scores[output]!;
        probabilities[row * outputCount + output] = probability;
        const hit = outputCount === 1 ? target : Number(target === output);
        const residual = rowWeight * (probability - hit);
        for (let a = 0, at = output * stride; a < count; a++) gradient[at + columns[a]!]! += residual * values[a]!;
      }
    }
    let squares = 0;
    for (let i = 0; i < parameterCount; i++) {
      if (i % stride === columnCount) continue;
      squares += parameters[i]! ** 2;
      gradient[i]! += penalty * parameters[i]!;
    }
    return loss + (penalty / 2) * squares;
  }

  function hessian(matrix: Float64Array): void {
    matrix.fill(0);
    for (let row = 0; row < rowCount; row++) {
      const count = writeRowEntries(design, row, columns, values);
      const rowWeight = rowWeightOf(row);
      for (let k = 0; k < outputCount; k++) {
        const pk = probabilities[row * outputCount + k]!;
        for (let l = 0; l <= k; l++) {
          const pl = probabilities[row * outputCount + l]!;
          const curvature = rowWeight * (k === l ? pk * (1 - pk) : -pk * pl);
          for (let a = 0; a < count; a++) {
            const at = (k * stride + columns[a]!) * parameterCount + l * stride;
            const factor = curvature * values[a]!;
            for (let b = 0; b <= a; b++) matrix[at + columns[b]!]! += factor * values[b]!;
          }
        }
      }
    }
    finishHessian(matrix);
  }

  function finishHessian(matrix: Float64Array): void {
    for (let k = 0; k < outputCount; k++) {
      for (let l = 0; l < k; l++) {
        for (let a = 0; a < stride; a++) {
          for (let b = 0; b < a; b++) {
            const upper = (k * stride + b) * parameterCount + l * stride + a;
            matrix[upper] = matrix[(k * stride + a) * parameterCount + l * stride + b]!;
          }
        }
        // The softmax does not change when all intercepts move together. From a start of zero they always sum to
        // zero, so this term leaves the minimum where it is and makes the matrix invertible.
        const intercepts = (k * stride + columnCount) * parameterCount + l * stride + columnCount;
        matrix[intercepts]! += 1;
      }
      for (let a = 0; a < stride; a++) {
        const at = (k * stride + a) * (parameterCount + 1);
        if (a < columnCount) matrix[at]! += penalty;
        else if (outputCount > 1) matrix[at]! += 1;
      }
    }
  }

  function curvatureBound(): Float64Array {
    const bound = new Float64Array(parameterCount);
    for (let row = 0; row < rowCount; row++) {
      const count = writeRowEntries(design, row, columns, values);
      const quarter = rowWeightOf(row) / 4;
      for (let a = 0; a < count; a++) bound[columns[a]!]! += quarter * values[a]! ** 2;
    }
    for (let j = 0; j < columnCount; j++) bound[j]! += penalty;
    for (let output = 1; output < outputCount; output++) bound.copyWithin(output * stride, 0, stride);
    return bound;
  }

  const entriesPerRow = design.denseCount + design.activeCount + 1;
  const blocks = (outputCount * (outputCount + 1)) / 2;
  const hessianCost = (rowCount * blocks * entriesPerRow ** 2) / 2 + parameterCount ** 3 / 6;
  return { parameterCount, evaluate, hessian, curvatureBound, hessianCost };
}

/** Loss of one row; turns its score into the probability of the second class. */
function sigmoidLoss(scores: Float64Array, target: number): number {
  const score = scores[0]!;
  const small = Math.exp(-Math.abs(score));
  scores[0] = (score >= 0 ? 1 : small) / (1 + small);
  return Math.log1p(small) + Math.max(score, 0) - target * score;
}

/** Loss of one row; turns its scores into probabilities. */
function softmaxLoss(scores: Float64Array, target: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const score of scores) largest = Math.max(largest, score);
  const targetScore = scores[target]! - largest;
  let sum = 0;
  for (let k = 0; k < scores.length; k++) sum += scores[k] = Math.exp(scores[k]! - largest);
  for (let k = 0; k < scores.length; k++) scores[k]! /= sum;
  return Math.log(sum) - targetScore;
}
