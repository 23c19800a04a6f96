export type { Prediction } from './predict.ts';
export type { ScoredModel, TrainingDeps, TrainingRows, TrainingService, TrainOptions } from './service.ts';
export type { CategoryColumn, NumberColumn, TableColumn, TrainingTable } from './table.ts';
export type { TrainingTarget } from './target.ts';
