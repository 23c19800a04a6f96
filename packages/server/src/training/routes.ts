import { listTrainers, train } from '@millwright/contract';
import type { Api } from '#platform/http';
import type { TrainingService } from './service.ts';

export const routes = (api: Api, training: TrainingService): void => {
  api.serve(listTrainers, () => ({ items: training.trainers() }));
  api.serve(train, ({ body, signal }, ctx) => training.train(ctx, body, { signal }));
};
