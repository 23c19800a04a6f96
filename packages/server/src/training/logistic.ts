import type { DesignMatrix } from './design-matrix.ts';
import { logisticObjective } from './logistic-objective.ts';
import { minimiseByLbfgs, minimiseByNewton } from './minimise.ts';
import type { Iteration, MinimiseOptions } from './minimise.ts';

/** Above this many multiplications per Hessian (about 0.1 s) L-BFGS reaches the minimum sooner than Newton. */
const maxNewtonCost = 5e7;

export interface LogisticOptions extends MinimiseOptions {
  /** Strength of the L2 penalty; scikit-learn's C is 1 / lambda. */
  lambda: number;
  sampleWeights?: Float64Array | undefined;
  solver?: 'newton' | 'lbfgs';
}

export interface LogisticFit extends Iteration {
  /** One row for two classes (the second is positive), else one row per class. */
  weights: number[][];
  intercept: number[];
  solver: 'newton' | 'lbfgs';
  converged: boolean;
}

/**
 * L2-regularised logistic regression, binary or multinomial. `classIndex` holds one class number per row of `design`.
 * Deterministic. The loss reported per iteration is the mean penalised log-loss.
 */
export function fitLogistic(
  design: DesignMatrix,
  classIndex: Int32Array,
  classCount: number,
  options: LogisticOptions,
): LogisticFit {
  const objective = logisticObjective(design, classIndex, classCount, options);
  const solver = options.solver ?? (objective.hessianCost <= maxNewtonCost ? 'newton' : 'lbfgs');
  const minimum = solver === 'newton' ? minimiseByNewton(objective, options) : minimiseByLbfgs(objective, options);
  const stride = design.columnCount + 1;
  const outputs = Array.from({ length: minimum.parameters.length / stride }, (_, output) =>
    Array.from(minimum.parameters.subarray(output * stride, (output + 1) * stride)),
  );
  return {
    weights: outputs.map((parameters) => parameters.slice(0, -1)),
    intercept: outputs.map((parameters) => parameters.at(-1)!),
    solver,
    converged: minimum.converged,
    iteration: minimum.iteration,
    loss: minimum.loss,
    gradientNorm: minimum.gradientNorm,
  };
}
