import type { Feature, Preprocessor } from './preprocess.ts';
import type { Task } from './target.ts';

/** A fitted linear pipeline as plain JSON: enough to predict, to explain and to export. */
export interface FittedModel {
  trainer: string;
  task: Task;
  /** Classification only: labels in the order of the probabilities. */
  classes?: string[];
  /** The columns a table must have, in the order they were asked for; features empty in training are left out. */
  features: Feature[];
  preprocessor: Preprocessor;
  /** One row per output (one for regression and two classes, else one per class), one entry per design column. */
  weights: number[][];
  /** One entry per output. */
  intercept: number[];
  params: Record<string, number>;
  summary: FitSummary;
}

export interface FitSummary {
  /** Rows learnt from. */
  rowCount: number;
  /** Rows left out because their target was missing. */
  droppedRowCount: number;
  iterations: number;
  converged: boolean;
  /** Mean penalised log-loss (classification) or mean squared error (regression) on the training rows. */
  loss: number;
}
