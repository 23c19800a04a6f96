import {
  createChannel,
  deleteChannel,
  getChannel,
  getDelivery,
  listChannels,
  listDeliveries,
  replayDelivery,
  testChannel,
  updateChannel,
} from '@millwright/contract';
import type { Api } from '#platform/http';
import type { NotificationsService } from './service.ts';

export const routes = (api: Api, service: NotificationsService): void => {
  api.serve(listChannels, ({ query }, ctx) => service.listChannels(ctx, query));
  api.serve(createChannel, ({ body }, ctx) => service.createChannel(ctx, body));
  api.serve(getChannel, ({ params }, ctx) => service.getChannel(ctx, params.channel));
  api.serve(updateChannel, ({ params, body }, ctx) => service.updateChannel(ctx, params.channel, body));
  api.serve(deleteChannel, ({ params }, ctx) => service.deleteChannel(ctx, params.channel));
  api.serve(testChannel, ({ params, body }, ctx) => service.testChannel(ctx, params.channel, body));
  api.serve(listDeliveries, ({ query }, ctx) => service.listDeliveries(ctx, query));
  api.serve(getDelivery, ({ params }, ctx) => service.getDelivery(ctx, params.delivery));
  api.serve(replayDelivery, ({ params }, ctx) => service.replayDelivery(ctx, params.delivery));
};
