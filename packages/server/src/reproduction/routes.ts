import { getReproducibility, listReproductions, reproduceRun } from '@millwright/contract';
import type { Api } from '#platform/http';
import type { ReproductionService } from './service.ts';

export const routes = (api: Api, service: ReproductionService): void => {
  api.serve(getReproducibility, ({ params }, ctx) => service.reproducibility(ctx, params.run));
  api.serve(reproduceRun, ({ params, body }, ctx) => service.reproduce(ctx, params.run, body.reason));
  api.serve(listReproductions, async ({ params, query }, ctx) => ({
    items: await service.reproductions(ctx, params.run, query.tolerance),
  }));
};
