import { linearScores } from './design-matrix.ts';
import type { FittedModel } from './model.ts';
import { designMatrix } from './preprocess.ts';
import type { TrainingTable } from './table.ts';

export interface Prediction {
  /** Classification: the most probable label per row; the first of equals. */
  labels?: string[];
  /** Classification: row-major `rows x classes`, columns in the order of `model.classes`. */
  probabilities?: Float64Array;
  /** Regression: one value per row. */
  values?: Float64Array;
}

/** The trainer's own prediction, against which every exported runtime is checked. Throws `feature-missing`/`-kind`. */
export function predict(model: FittedModel, table: TrainingTable): Prediction {
  const scores = linearScores(designMatrix(model.preprocessor, table), model.weights, model.intercept);
  if (!model.classes) return { values: scores };
  const classCount = model.classes.length;
  const probabilities = classCount === 2 ? sigmoids(scores) : softmaxes(scores, classCount);
  return { labels: mostProbable(model.classes, probabilities), probabilities };
}

function sigmoids(scores: Float64Array): Float64Array {
  const probabilities = new Float64Array(scores.length * 2);
  scores.forEach((score, row) => {
    const small = Math.exp(-Math.abs(score));
    const positive = (score >= 0 ? 1 : small) / (1 + small);
    const negative = (score >= 0 ? small : 1) / (1 + small);
    probabilities.set([negative, positive], row * 2);
  });
  return probabilities;
}

function softmaxes(scores: Float64Array, classCount: number): Float64Array {
  const probabilities = scores.slice();
  for (let at = 0; at < probabilities.length; at += classCount) {
    const row = probabilities.subarray(at, at + classCount);
    const largest = Math.max(...row);
    let sum = 0;
    for (let k = 0; k < classCount; k++) sum += row[k] = Math.exp(row[k]! - largest);
    for (let k = 0; k < classCount; k++) row[k]! /= sum;
  }
  return probabilities;
}

function mostProbable(classes: readonly string[], probabilities: Float64Array): string[] {
  return Array.from({ length: probabilities.length / classes.length }, (_, row) => {
    let best = 0;
    for (let k = 1; k < classes.length; k++) {
      const at = row * classes.length;
      if (probabilities[at + k]! > probabilities[at + best]!) best = k;
    }
    return classes[best]!;
  });
}
