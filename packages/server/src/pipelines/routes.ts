import {
  cancelPipelineRun,
  getPipeline,
  getPipelineRun,
  listPipelineRuns,
  listPipelines,
  listStepKinds,
  listTriggerDecisions,
  savePipeline,
  startPipeline,
} from '@millwright/contract';
import type { Api } from '#platform/http';
import type { PipelinesService } from './service.ts';

export const routes = (api: Api, service: PipelinesService): void => {
  api.serve(listStepKinds, () => ({
    items: service
      .stepKinds()
      .map(({ kind, summary, input, output }) => ({ kind, summary, input: { ...input }, output: { ...output } })),
  }));
  api.serve(listPipelines, ({ query }, ctx) => service.listPipelines(ctx, query));
  api.serve(savePipeline, ({ params, body }, ctx) => service.savePipeline(ctx, params.pipeline, body));
  api.serve(getPipeline, ({ params }, ctx) => service.getPipeline(ctx, params.pipeline));
  api.serve(startPipeline, ({ params, body }, ctx) => service.startPipeline(ctx, params.pipeline, body));
  api.serve(listPipelineRuns, ({ query }, ctx) => service.listPipelineRuns(ctx, query));
  api.serve(getPipelineRun, ({ params }, ctx) => service.getPipelineRun(ctx, params.pipelineRun));
  api.serve(cancelPipelineRun, ({ params }, ctx) => service.cancelPipelineRun(ctx, params.pipelineRun));
  api.serve(listTriggerDecisions, ({ params, query }, ctx) =>
    service.listTriggerDecisions(ctx, params.pipeline, query),
  );
};
