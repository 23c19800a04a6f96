import {
  createCheck,
  createDataset,
  downloadVersion,
  getDataset,
  getVersion,
  listChecks,
  listDatasets,
  listRefusals,
  listVersions,
  previewVersion,
  updateCheck,
  uploadVersion,
} from '@millwright/contract';
import type { Api } from '#platform/http';
import type { DataService } from './service.ts';

export const routes = (api: Api, data: DataService): void => {
  api.serve(listDatasets, ({ query }, ctx) => data.listDatasets(ctx, query));
  api.serve(createDataset, ({ body }, ctx) => data.createDataset(ctx, body));
  api.serve(getDataset, ({ params }, ctx) => data.findDataset(ctx, params.dataset));
  api.serve(uploadVersion, ({ params, query, stream, mediaType }, ctx) =>
    data.upload(ctx, params.dataset, { stream, mediaType, note: query.note }),
  );
  api.serve(listVersions, ({ params, query }, ctx) => data.listVersions(ctx, params.dataset, query));
  api.serve(getVersion, ({ params }, ctx) => data.findVersion(ctx, params.version));
  api.serve(previewVersion, ({ params, query }, ctx) =>
    data.preview(ctx, params.version, { offset: query.offset ?? 0, limit: query.limit ?? 100 }),
  );
  api.serve(downloadVersion, ({ params, headers }, ctx) => data.download(ctx, params.version, headers));
  api.serve(listChecks, async ({ params }, ctx) => ({ items: await data.listChecks(ctx, params.dataset) }));
  api.serve(createCheck, ({ params, body }, ctx) => data.createCheck(ctx, params.dataset, body));
  api.serve(updateCheck, ({ params, body }, ctx) => data.updateCheck(ctx, params.dataset, params.check, body));
  api.serve(listRefusals, ({ params, query }, ctx) => data.listRefusals(ctx, params.dataset, query));
};
