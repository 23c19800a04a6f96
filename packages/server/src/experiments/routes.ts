import {
  appendUpload,
  completeUpload,
  createUpload,
  deleteUpload,
  getUpload,
  attributeMetric,
  changeRuns,
  countRuns,
  createExperiment,
  createFolder,
  createRun,
  deleteExperiment,
  deleteFolder,
  deleteRun,
  followMetrics,
  deleteView,
  describeMetric,
  forgetMetric,
  findSimilarRuns,
  getArtifact,
  getExperiment,
  getMetricHistories,
  getMetricHistory,
  getRun,
  listArtifacts,
  listExperiments,
  listRunInputs,
  listFolders,
  listMetricMeanings,
  listRunKeys,
  listRuns,
  listSavedViews,
  logMetrics,
  placeExperiments,
  purgeExperiment,
  purgeRun,
  purgeRuns,
  putArtifact,
  restoreExperiment,
  restoreRun,
  saveView,
  updateExperiment,
  updateFolder,
  updateRun,
} from '@millwright/contract';
import { fail } from '#platform/errors';
import type { Api } from '#platform/http';
import { mediaTypeOf } from './artifacts/media-type.ts';
import type { ExperimentsService } from './service.ts';

export const routes = (api: Api, service: ExperimentsService): void => {
  api.serve(listExperiments, ({ query }, ctx) => service.listExperiments(ctx, query));
  api.serve(createExperiment, ({ body }, ctx) => service.createExperiment(ctx, body));
  api.serve(getExperiment, ({ params }, ctx) => service.findExperiment(ctx, params.experiment));
  api.serve(updateExperiment, ({ params, body }, ctx) => service.updateExperiment(ctx, params.experiment, body));
  api.serve(deleteExperiment, ({ params }, ctx) => service.setExperimentDeleted(ctx, params.experiment, true));
  api.serve(restoreExperiment, ({ params }, ctx) => service.setExperimentDeleted(ctx, params.experiment, false));
  api.serve(listFolders, (_input, ctx) => service.listFolders(ctx));
  api.serve(createFolder, ({ body }, ctx) => service.createFolder(ctx, body));
  api.serve(updateFolder, ({ params, body }, ctx) => service.updateFolder(ctx, params.folder, body));
  api.serve(deleteFolder, ({ params, query }, ctx) =>
    service.deleteFolder(ctx, params.folder, { moveUp: query.moveUp ?? false }),
  );
  api.serve(placeExperiments, async ({ body }, ctx) => ({
    moved: await service.placeExperiments(ctx, body.experiments, body.folder),
  }));
  api.serve(listRunKeys, ({ params }, ctx) => service.runKeys(ctx, params.experiment));
  api.serve(listRuns, ({ query }, ctx) => service.listRuns(ctx, query));
  api.serve(countRuns, async ({ query }, ctx) => ({ count: await service.countRuns(ctx, query) }));
  api.serve(createRun, ({ body }, ctx) => service.startRun(ctx, body));
  api.serve(listRunInputs, async ({ params }, ctx) => ({ items: await service.runInputs(ctx, params.run) }));
  api.serve(getRun, ({ params }, ctx) => service.getRun(ctx, params.run));
  api.serve(updateRun, ({ params, body }, ctx) => service.updateRun(ctx, params.run, body));
  api.serve(deleteRun, async ({ params }, ctx) => {
    await service.setRunDeleted(ctx, params.run, true);
    return service.getRun(ctx, params.run);
  });
  api.serve(restoreRun, async ({ params }, ctx) => {
    await service.setRunDeleted(ctx, params.run, false);
    return service.getRun(ctx, params.run);
  });
  api.serve(purgeRun, ({ params }, ctx) => service.purgeRun(ctx, params.run));
  api.serve(purgeExperiment, ({ params }, ctx) => service.purgeExperiment(ctx, params.experiment));
  api.serve(changeRuns, ({ body: { runs, ...edit } }, ctx) => service.changeRuns(ctx, runs, edit));
  api.serve(purgeRuns, ({ body }, ctx) => service.purgeRuns(ctx, body.runs));
  api.serve(findSimilarRuns, ({ body }, ctx) => service.findSimilarRuns(ctx, body));
  api.serve(attributeMetric, ({ body }, ctx) => service.attributeMetric(ctx, body));
  api.serve(logMetrics, ({ params, body }, ctx) => service.logMetrics(ctx, params.run, body.points));
  api.serve(getMetricHistory, ({ params, query }, ctx) =>
    service.metricHistory(ctx, params.run, query.key, query.points ?? 2000),
  );
  api.serve(getMetricHistories, async ({ body: { points = 500, ...body } }, ctx) => ({
    histories: await service.metricHistories(ctx, { ...body, limit: points }),
  }));
  api.serve(followMetrics, async ({ body: { points = 500, ...body } }, ctx) => {
    const follow = await service.followMetrics(ctx, { ...body, limit: points });
    return {
      async start(send, signal, takenUp) {
        for await (const news of follow(signal)) {
          send({ event: 'metrics', data: news });
          // A slow reader gets fewer and larger stretches, sampled; nothing piles up here.
          await takenUp();
        }
        if (!signal.aborted) send({ event: 'ended', data: {} });
      },
    };
  });
  api.serve(listMetricMeanings, ({ query }, ctx) => service.listMetricMeanings(ctx, query));
  api.serve(describeMetric, ({ body: { key, ...said } }, ctx) => service.describeMetric(ctx, key, said));
  api.serve(forgetMetric, ({ query }, ctx) => service.forgetMetric(ctx, query.key));
  api.serve(listSavedViews, async ({ query }, ctx) => ({ items: await service.listSavedViews(ctx, query.screen) }));
  api.serve(saveView, ({ body }, ctx) => service.saveView(ctx, body));
  api.serve(deleteView, ({ params }, ctx) => service.deleteView(ctx, params.view));
  api.serve(putArtifact, ({ params, query, stream, mediaType }, ctx) => {
    if (mediaType !== 'application/octet-stream')
      return fail('MEDIA_TYPE_UNSUPPORTED', 'Send the file as application/octet-stream; its name tells what it is.');
    return service.putArtifact(ctx, params.run, query.path, stream, mediaTypeOf(query.path));
  });
  api.serve(createUpload, async ({ params, body: { path, ...file } }, ctx) => {
    await service.demandRun(ctx, params.run);
    return service.beginUpload(ctx, { root: params.run, path }, file);
  });
  api.serve(getUpload, ({ params }, ctx) => service.getUpload(ctx, params.run, params.upload));
  api.serve(appendUpload, ({ params, query: { offset }, stream }, ctx) =>
    service.appendUpload(ctx, params.run, params.upload, { offset, source: stream }),
  );
  api.serve(completeUpload, async ({ params, body }, ctx) => {
    await service.demandRun(ctx, params.run);
    return service.completeUpload(ctx, params.run, params.upload, body.digest ?? null);
  });
  api.serve(deleteUpload, ({ params }, ctx) => service.deleteUpload(ctx, params.run, params.upload));
  api.serve(listArtifacts, async ({ params }, ctx) => ({ items: await service.listArtifacts(ctx, params.run) }));
  api.serve(getArtifact, ({ params, query, headers }, ctx) =>
    service.readArtifact(ctx, params.run, query.path, headers),
  );
};
