import { solvePositiveDefinite } from './cholesky.ts';
import { TrainingError } from './training-error.ts';

export interface Objective {
  parameterCount: number;
  evaluate(parameters: Float64Array, gradient: Float64Array): number;
  hessian(matrix: Float64Array): void;
  curvatureBound(): Float64Array;
}

export interface Iteration {
  iteration: number;
  /** Value of the objective; for a logistic model the mean penalised log-loss. */
  loss: number;
  /** Largest absolute entry of its gradient. */
  gradientNorm: number;
}

export interface Minimum extends Iteration {
  parameters: Float64Array;
  /** Whether the gradient fell to the tolerance. */
  converged: boolean;
}

export interface MinimiseOptions {
  maxIterations: number;
  /** Stops when the largest absolute entry of the gradient is at most this. */
  tolerance: number;
  onIteration?: ((iteration: Iteration) => void) | undefined;
}

type Direction = (parameters: Float64Array, gradient: Float64Array, step: Float64Array) => void;

const sufficientDecrease = 1e-4;
const maxHalvings = 40;

/** Newton's method with a backtracking line search, from zero. For convex objectives of few parameters. */
export function minimiseByNewton(objective: Objective, options: MinimiseOptions): Minimum {
  const size = objective.parameterCount;
  const matrix = new Float64Array(size * size);
  return descend(objective, options, (_parameters, gradient, step) => {
    for (let jitter = 0; jitter < 1; jitter = jitter === 0 ? 1e-12 : jitter * 100) {
      objective.hessian(matrix);
      for (let i = 0; i < size; i++) {
        step[i] = -gradient[i]!;
        if (jitter > 0) matrix[i * (size + 1)]! += jitter;
      }
      if (solvePositiveDefinite(matrix, size, step)) return;
    }
    throw new TrainingError('numerically-singular', 'The features are linearly dependent: raise lambda.');
  });
}

/**
 * L-BFGS (Nocedal & Wright, Numerical Optimization, algorithm 7.4) keeping ten pairs, preconditioned by the bound of
 * the Hessian's diagonal so that rare categories converge as fast as common ones; backtracking line search, from zero.
 */
export function minimiseByLbfgs(objective: Objective, options: MinimiseOptions): Minimum {
  const size = objective.parameterCount;
  const inverseBound = objective.curvatureBound().map((bound) => 1 / Math.max(bound, 1e-12));
  const pairs: { s: Float64Array; y: Float64Array; sy: number }[] = [];
  let previous: { parameters: Float64Array; gradient: Float64Array } | undefined;
  return descend(objective, options, (parameters, gradient, step) => {
    if (previous) {
      const s = parameters.map((value, i) => value - previous!.parameters[i]!);
      const y = gradient.map((value, i) => value - previous!.gradient[i]!);
      const sy = dot(s, y);
      if (sy > 1e-12 * Math.sqrt(dot(s, s) * dot(y, y))) pairs.push({ s, y, sy });
      if (pairs.length > 10) pairs.shift();
    }
    previous = { parameters: parameters.slice(), gradient: gradient.slice() };

    for (let i = 0; i < size; i++) step[i] = -gradient[i]!;
    const alphas = new Float64Array(pairs.length);
    for (let p = pairs.length - 1; p >= 0; p--) {
      const { s, y, sy } = pairs[p]!;
      alphas[p] = dot(s, step) / sy;
      addScaled(step, y, -alphas[p]!);
    }
    const latest = pairs.at(-1);
    const scale = latest
      ? latest.sy / latest.y.reduce((sum, value, i) => sum + inverseBound[i]! * value * value, 0)
      : 1;
    for (let i = 0; i < size; i++) step[i]! *= scale * inverseBound[i]!;
    pairs.forEach(({ s, y, sy }, p) => {
      addScaled(step, s, alphas[p]! - dot(y, step) / sy);
    });
  });
}

function descend(objective: Objective, options: MinimiseOptions, direction: Direction): Minimum {
  const size = objective.parameterCount;
  let parameters = new Float64Array(size);
  let candidate = new Float64Array(size);
  let gradient = new Float64Array(size);
  let candidateGradient = new Float64Array(size);
  const step = new Float64Array(size);
  let loss = objective.evaluate(parameters, gradient);
  let gradientNorm = largestAbsolute(gradient);
  let iteration = 0;
  while (gradientNorm > options.tolerance && iteration < options.maxIterations) {
    direction(parameters, gradient, step);
    const slope = dot(gradient, step);
    const rounding = 1e-14 * (1 + Math.abs(loss));
    let length = 1;
    let halvings = 0;
    let candidateLoss = Number.NaN;
    for (; halvings < maxHalvings; halvings++, length /= 2) {
      for (let i = 0; i < size; i++) candidate[i] = parameters[i]! + length * step[i]!;
      candidateLoss = objective.evaluate(candidate, candidateGradient);
      if (candidateLoss <= loss + sufficientDecrease * length * slope && candidateLoss < loss - rounding) break;
      // Where a decrease drowns in rounding the slopes still tell it (Hager & Zhang 2005, approximate Wolfe).
      const flatEnough = dot(candidateGradient, step) <= (2 * sufficientDecrease - 1) * slope;
      if (candidateLoss <= loss + rounding && flatEnough) break;
    }
    if (halvings === maxHalvings) break;
    [parameters, candidate] = [candidate, parameters];
    [gradient, candidateGradient] = [candidateGradient, gradient];
    loss = candidateLoss;
    gradientNorm = largestAbsolute(gradient);
    iteration++;
    options.onIteration?.({ iteration, loss, gradientNorm });
  }
  return { parameters, iteration, loss, gradientNorm, converged: gradientNorm <= options.tolerance };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * source[i]!;
}

function largestAbsolute(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
