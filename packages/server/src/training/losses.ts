import type { FittedModel } from './model.ts';
import type { Prediction } from './predict.ts';
import type { TrainingTarget } from './target.ts';

/** Smallest probability a logarithm sees: one certain and wrong row must not make the mean infinite. */
const lowestProbability = 1e-15;

/** Log-loss (classification) or squared error (regression) of every row whose target is known. */
export function rowLosses(model: FittedModel, prediction: Prediction, target: TrainingTarget): Float64Array {
  if (target.kind === 'number') {
    const errors = target.values.map((value, row) => (value - prediction.values![row]!) ** 2);
    return errors.filter((_, row) => Number.isFinite(target.values[row]!));
  }
  const classes = model.classes!;
  const columnOfCode = target.levels.map((level) => classes.indexOf(level));
  const known = target.codes.filter((code) => code >= 0);
  const losses = new Float64Array(known.length);
  let at = 0;
  target.codes.forEach((code, row) => {
    if (code < 0) return;
    const column = columnOfCode[code]!;
    // A class that training never saw has the probability 0.
    const probability = column < 0 ? 0 : prediction.probabilities![row * classes.length + column]!;
    losses[at++] = -Math.log(Math.max(lowestProbability, probability));
  });
  return losses;
}

/** Accuracy or root mean squared error over the rows whose target is known. */
export function trainingScore(prediction: Prediction, target: TrainingTarget): { name: string; value: number } {
  if (target.kind === 'number') {
    let sum = 0;
    let rows = 0;
    target.values.forEach((value, row) => {
      if (!Number.isFinite(value)) return;
      sum += (value - prediction.values![row]!) ** 2;
      rows++;
    });
    return { name: 'train.rmse', value: Math.sqrt(sum / rows) };
  }
  let right = 0;
  let rows = 0;
  target.codes.forEach((code, row) => {
    if (code < 0) return;
    rows++;
    if (target.levels[code] === prediction.labels![row]) right++;
  });
  return { name: 'train.accuracy', value: right / rows };
}
