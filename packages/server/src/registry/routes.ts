import {
  commentOnApproval,
  compareModelVersions,
  createModel,
  decideApproval,
  decideApprovalRequest,
  deleteAlias,
  deleteModel,
  deleteModelPolicy,
  deleteModelVersion,
  downloadModel,
  downloadVersionFile,
  getApprovalRequest,
  getContractTests,
  getModel,
  getModelPolicy,
  getModelVersion,
  getRegistryPolicy,
  getVersionContents,
  listApprovalRequests,
  listContractRuns,
  listModelVersions,
  listModels,
  registerVersion,
  requestApproval,
  runContractTests,
  setAlias,
  setContractTests,
  setModelPolicy,
  setRegistryPolicy,
  updateModel,
  updateModelVersion,
  withdrawApprovalRequest,
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
  api.serve(getRegistryPolicy, (_input, ctx) => service.projectPolicy(ctx));
  api.serve(setRegistryPolicy, ({ body }, ctx) => service.setProjectPolicy(ctx, body));
  api.serve(getModelPolicy, ({ params }, ctx) => service.modelPolicy(ctx, params.model));
  api.serve(setModelPolicy, ({ params, body }, ctx) => service.setModelPolicy(ctx, params.model, body));
  api.serve(deleteModelPolicy, ({ params }, ctx) => service.setModelPolicy(ctx, params.model, null));
  api.serve(requestApproval, ({ params, body }, ctx) => service.requestApproval(ctx, params.modelVersion, body));
  api.serve(listApprovalRequests, ({ query }, ctx) => service.listRequests(ctx, query));
  api.serve(getApprovalRequest, ({ params }, ctx) => service.getRequest(ctx, params.request));
  api.serve(commentOnApproval, ({ params, body }, ctx) => service.comment(ctx, params.request, body.text));
  api.serve(decideApprovalRequest, ({ params, body }, ctx) => service.decideRequest(ctx, params.request, body));
  api.serve(withdrawApprovalRequest, ({ params, body }, ctx) =>
    service.withdrawRequest(ctx, params.request, body.reason),
  );
  api.serve(getContractTests, ({ params, query }, ctx) => service.contractTests(ctx, params.model, query.revision));
  api.serve(setContractTests, ({ params, body }, ctx) => service.setContractTests(ctx, params.model, body));
  api.serve(runContractTests, ({ params }, ctx) => service.runContractTests(ctx, params.modelVersion));
  api.serve(listContractRuns, ({ params, query }, ctx) => service.listContractRuns(ctx, params.model, query));
  api.serve(getVersionContents, ({ params }, ctx) => service.versionContents(ctx, params.modelVersion));
  api.serve(downloadVersionFile, ({ params, query, headers }, ctx) =>
    service.downloadFile(ctx, params.modelVersion, query.path, headers),
  );
  api.serve(compareModelVersions, ({ params, query }, ctx) =>
    service.compareVersions(ctx, params.modelVersion, query.with),
  );
  api.serve(deleteAlias, ({ params }, ctx) => service.deleteAlias(ctx, params.model, params.alias));
};
