import {
  createEndpoint,
  decideRollout,
  getEndpoint,
  getRollout,
  listEndpoints,
  listPredictions,
  listRollouts,
  predict,
  rollBack,
  sendLabels,
  startRollout,
} from '@millwright/contract';
import type { Api } from '#platform/http';
import { predictionHeaders } from './prediction-headers.ts';
import type { ServingService } from './service.ts';

export const routes = (api: Api, service: ServingService): void => {
  api.serve(listEndpoints, ({ query }, ctx) => service.listEndpoints(ctx, query));
  api.serve(createEndpoint, ({ body }, ctx) => service.createEndpoint(ctx, body));
  api.serve(getEndpoint, ({ params }, ctx) => service.getEndpoint(ctx, params.endpoint));
  api.serve(predict, async ({ params, body, setHeader }, ctx) => {
    const answer = await service.predict(ctx, params.endpoint, body);
    for (const [name, value] of predictionHeaders(answer)) setHeader(name, value);
    return answer.reply;
  });
  api.serve(sendLabels, ({ params, body }, ctx) => service.sendLabels(ctx, params.endpoint, body.labels));
  api.serve(listPredictions, ({ params, query }, ctx) =>
    service.listPredictions(ctx, params.endpoint, query.limit ?? 50),
  );
  api.serve(listRollouts, ({ query }, ctx) => service.listRollouts(ctx, query));
  api.serve(getRollout, ({ params }, ctx) => service.getRollout(ctx, params.rollout));
  api.serve(startRollout, ({ params, body }, ctx) => service.startRollout(ctx, params.endpoint, body));
  api.serve(decideRollout, ({ params, body }, ctx) => service.decideRollout(ctx, params.rollout, body));
  api.serve(rollBack, ({ params, body }, ctx) => service.rollBack(ctx, params.endpoint, body.reason));
};
