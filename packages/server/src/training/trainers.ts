import type { DesignMatrix } from './design-matrix.ts';
import { fitLogistic } from './logistic.ts';
import type { Iteration } from './minimise.ts';
import type { FitSummary, FittedModel } from './model.ts';
import { resolveParams } from './params.ts';
import type { ParametersSchema } from './params.ts';
import { designMatrix, fitPreprocessor } from './preprocess.ts';
import { fitRidge } from './ridge.ts';
import { selectRows } from './table.ts';
import type { TrainingTable } from './table.ts';
import { classIndices, rowsWithTarget, selectTarget, targetLength } from './target.ts';
import type { Task, TrainingTarget } from './target.ts';
import { TrainingError } from './training-error.ts';

export interface Trainer {
  name: string;
  title: string;
  task: Task;
  parameters: ParametersSchema;
  /**
   * Learns `target` from the named features. `target` and `sampleWeights` have one entry per row of `table`; rows with
   * no target are left out and counted. Throws TrainingError.
   */
  fit(
    table: TrainingTable,
    target: TrainingTarget,
    features: readonly string[],
    params?: Readonly<Record<string, unknown>>,
    onProgress?: (iteration: Iteration) => void,
    sampleWeights?: Float64Array,
  ): FittedModel;
}

interface Learner {
  name: string;
  title: string;
  task: Task;
  parameters: ParametersSchema;
  learn(input: {
    design: DesignMatrix;
    target: TrainingTarget;
    params: Record<string, number>;
    sampleWeights: Float64Array | undefined;
    onProgress: ((iteration: Iteration) => void) | undefined;
  }): Pick<FittedModel, 'classes' | 'weights' | 'intercept'> & Pick<FitSummary, 'iterations' | 'converged' | 'loss'>;
}

const encodingParameters = {
  minCategoryCount: {
    type: 'integer',
    title: 'Rows per category',
    description: 'A category seen in fewer training rows is treated as "other".',
    default: 1,
    minimum: 1,
  },
  maxCategories: {
    type: 'integer',
    title: 'Categories per column',
    description: 'The most frequent categories of a column are kept, the rest are treated as "other".',
    default: 100,
    minimum: 1,
    maximum: 10_000,
  },
} as const;

const lambdaParameter = {
  type: 'number',
  title: 'L2 penalty',
  description: 'Strength of the penalty on squared weights of standardised features; larger is simpler.',
  default: 1,
  minimum: 1e-9,
} as const;

const logistic: Learner = {
  name: 'logistic',
  title: 'Logistic regression',
  task: 'classification',
  parameters: {
    type: 'object',
    additionalProperties: false,
    properties: {
      lambda: lambdaParameter,
      maxIterations: {
        type: 'integer',
        title: 'Iterations',
        description: 'Stops after this many iterations, converged or not.',
        default: 200,
        minimum: 1,
        maximum: 10_000,
      },
      tolerance: {
        type: 'number',
        title: 'Tolerance',
        description: 'Converged when no derivative of the mean loss is larger than this.',
        default: 1e-6,
        minimum: 1e-12,
      },
      ...encodingParameters,
    },
  },
  learn({ design, target, params, sampleWeights, onProgress }) {
    if (target.kind !== 'category') {
      throw new TrainingError('target-kind', 'Classification needs class labels as the target, not numbers.');
    }
    const { classes, indices } = classIndices(target);
    const { lambda, maxIterations, tolerance } = params as { lambda: number; maxIterations: number; tolerance: number };
    const options = { lambda, maxIterations, tolerance, sampleWeights, onIteration: onProgress };
    const { weights, intercept, iteration, converged, loss } = fitLogistic(design, indices, classes.length, options);
    return { classes, weights, intercept, iterations: iteration, converged, loss };
  },
};

const ridge: Learner = {
  name: 'ridge',
  title: 'Ridge regression',
  task: 'regression',
  parameters: {
    type: 'object',
    additionalProperties: false,
    properties: { lambda: lambdaParameter, ...encodingParameters },
  },
  learn({ design, target, params, sampleWeights, onProgress }) {
    if (target.kind !== 'number') {
      throw new TrainingError('target-kind', 'Regression needs numbers as the target, not class labels.');
    }
    const fit = fitRidge(design, target.values, { lambda: params.lambda!, sampleWeights });
    onProgress?.({ iteration: 1, loss: fit.meanSquaredError, gradientNorm: 0 });
    return {
      weights: [fit.weights],
      intercept: [fit.intercept],
      iterations: 1,
      converged: true,
      loss: fit.meanSquaredError,
    };
  },
};

/** The built-in trainers. */
export const trainers: readonly Trainer[] = [trainerOf(logistic), trainerOf(ridge)];

/** Throws `trainer-unknown`. */
export function trainerNamed(name: string): Trainer {
  const trainer = trainers.find((candidate) => candidate.name === name);
  if (trainer) return trainer;
  const known = trainers.map((candidate) => candidate.name).join(', ');
  throw new TrainingError('trainer-unknown', `There is no trainer "${name}"; known: ${known}.`);
}

function trainerOf({ name, title, task, parameters, learn }: Learner): Trainer {
  return {
    name,
    title,
    task,
    parameters,
    fit(table, target, features, givenParams = {}, onProgress, sampleWeights) {
      const params = resolveParams(parameters, givenParams);
      checkLengths(table, target, sampleWeights);
      const rows = rowsWithTarget(target);
      if (rows.length === 0) {
        const reason = table.rowCount === 0 ? 'the table is empty' : 'no row has a target value';
        throw new TrainingError('no-rows', `There are no rows to learn from: ${reason}.`);
      }
      const complete = rows.length === table.rowCount;
      const training = complete ? table : selectRows(table, rows);
      const preprocessor = fitPreprocessor(
        training,
        features,
        params as { minCategoryCount: number; maxCategories: number },
      );
      const { iterations, converged, loss, ...learnt } = learn({
        design: designMatrix(preprocessor, training),
        target: complete ? target : selectTarget(target, rows),
        params,
        sampleWeights: sampleWeights && Float64Array.from(rows, (row) => sampleWeights[row]!),
        onProgress,
      });
      return {
        trainer: name,
        task,
        ...learnt,
        features: features
          .filter((feature) => !preprocessor.unusedFeatures.includes(feature))
          .map((feature) => ({ name: feature, kind: table.columns[feature]!.kind })),
        preprocessor,
        params,
        summary: {
          rowCount: rows.length,
          droppedRowCount: table.rowCount - rows.length,
          iterations,
          converged,
          loss,
        },
      };
    },
  };
}

function checkLengths(table: TrainingTable, target: TrainingTarget, sampleWeights: Float64Array | undefined): void {
  const length = targetLength(target);
  if (length !== table.rowCount) {
    throw new TrainingError('target-length', `The target has ${length} rows, the table ${table.rowCount}.`);
  }
  if (!sampleWeights) return;
  const total = sampleWeights.reduce((sum, weight) => sum + weight, 0);
  const usable = sampleWeights.length === length && sampleWeights.every((weight) => weight >= 0);
  if (!usable || !(total > 0 && Number.isFinite(total))) {
    throw new TrainingError('weights-invalid', 'Sample weights must be one number >= 0 per row, and not all 0.');
  }
}
