import { defineModule } from '#platform/module';
import { routes } from './routes.ts';
import { createTraining, type TrainingDeps, type TrainingService } from './service.ts';

export type { Prediction } from './predict.ts';
export type { ScoredModel, TrainingDeps, TrainingRows, TrainingService, TrainOptions } from './service.ts';
export { featureOf } from './scoring/score.ts';
export {
  type CategoryColumn,
  type NumberColumn,
  selectRows,
  type TableColumn,
  tableFromRows,
  type TrainingTable,
} from './table.ts';
export type { TrainingTarget } from './target.ts';

/** Models learnt from data set versions: built-in trainers in threads, ONNX files with a signature, scoring. */
export const training = defineModule<TrainingDeps, TrainingService>({
  name: 'training',
  create: (platform, deps) => createTraining(platform, deps),
  routes,
  close: (service) => service.close(),
});
