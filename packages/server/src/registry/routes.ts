import {
  createModel,
  decideApproval,
  deleteAlias,
  deleteModel,
  deleteModelVersion,
  downloadModel,
  getModel,
  getModelVersion,
  listModelVersions,
  listModels,
  registerVersion,
  setAlias,
  updateModel,
  updateModelVersion,
} from '@millwright/contract';
import type { Api } from '#platform/http';
import type { RegistryService } from './service.ts';

export const routes = (api: Api, service: RegistryService): void => {
  api.serve(listModels, ({ query }, ctx) => service.listModels(ctx, query));
  api.serve(createModel, ({ body }, ctx) => service.createModel(ctx, body));
  api.serve(getModel, ({ params }, ctx) => service.getModel(ctx, params.model));
  api.serve(updateModel, ({ params, body }, ctx) => service.updateModel(ctx, params.model, body));
  api.serve(deleteModel, ({ params }, ctx) => service.deleteModel(ctx, params.model));
  api.serve(listModelVersions, ({ params, query }, ctx) => service.listVersions(ctx, params.model, query));
  api.serve(registerVersion, ({ params, body }, ctx) => service.registerVersion(ctx, params.model, body));
  api.serve(getModelVersion, ({ params }, ctx) => service.findVersion(ctx, params.modelVersion));
  api.serve(updateModelVersion, ({ params, body }, ctx) => service.updateVersion(ctx, params.modelVersion, body));
  api.serve(deleteModelVersion, ({ params }, ctx) => service.deleteVersion(ctx, params.modelVersion));
  api.serve(downloadModel, ({ params, headers }, ctx) => service.download(ctx, params.modelVersion, headers));
  api.serve(decideApproval, ({ params, body }, ctx) => service.decideApproval(ctx, params.modelVersion, body));
  api.serve(setAlias, ({ params, body }, ctx) => service.setAlias(ctx, params.model, params.alias, body.versionId));
  api.serve(deleteAlias, ({ params }, ctx) => service.deleteAlias(ctx, params.model, params.alias));
};
