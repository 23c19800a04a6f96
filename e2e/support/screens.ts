import {
  createReport,
  freezeReport,
  listDatasets,
  listEndpoints,
  listEvaluations,
  listExperiments,
  listIncidents,
  listModels,
  listModelVersions,
  listPipelineRuns,
  listPipelines,
  listRollouts,
  listRuns,
  listVersions,
  type Operation,
  type Panel,
  type ReportBlock,
} from '@millwright/contract';
import { createClient } from '@millwright/sdk';

export interface Screen {
  name: string;
  path: string;
}

/** Every screen of the console, with an object of the running instance where it shows one. */
export const screensOf = async (address: string, project = 'default'): Promise<Screen[]> => {
  const client = createClient({ baseUrl: address });
  const first = async (op: Operation, params: Record<string, string> = {}): Promise<{ id: string }> => {
    const page = (await client.call(op, { params: { project, ...params }, query: { limit: 1 } } as never)) as {
      items: { id: string }[];
    };
    const [item] = page.items;
    if (!item) throw new Error(`${op.id} answers an empty list: the demo should have filled it`);
    return item;
  };
  const aReport = async () => {
    const panel: Panel = { kind: 'table', runs: { limit: 5 }, columns: ['metrics.accuracy'] };
    const blocks: ReportBlock[] = [
      { id: 'b1', kind: 'text', markdown: '## Found\n\n- **one**\n- [two](https://example.org)' },
      { id: 'b2', kind: 'panel', panel },
    ];
    const report = await client.call(createReport, { params: { project }, body: { title: 'Found', blocks } });
    return client.call(freezeReport, { params: { project, report: report.id } });
  };
  const { reportId, id: copyId } = await aReport();
  const pairOfRuns = async (): Promise<string> => {
    const { items } = await client.call(listRuns, { params: { project }, query: { limit: 2 } });
    return items.map(({ id }) => id).join(',');
  };
  const dataset = await first(listDatasets as Operation);
  const model = await first(listModels as Operation);
  const endpoint = await first(listEndpoints as Operation);
  const ids = {
    dataset: dataset.id,
    endpoint: endpoint.id,
    model: model.id,
    datasetVersion: (await first(listVersions as Operation, { dataset: 'payments' })).id,
    experiment: (await first(listExperiments as Operation)).id,
    run: (await first(listRuns as Operation)).id,
    pipeline: (await first(listPipelines as Operation)).id,
    pipelineRun: (await first(listPipelineRuns as Operation)).id,
    evaluation: (await first(listEvaluations as Operation)).id,
    modelVersion: (await first(listModelVersions as Operation, { model: model.id })).id,
    rollout: (await first(listRollouts as Operation)).id,
    incident: (await first(listIncidents as Operation)).id,
  };
  const at = (name: string, path: string): Screen => ({ name, path: `/p/${project}/${path}` });
  return [
    at('overview', 'overview'),
    at('datasets', 'data'),
    at('dataset', 'data/payments'),
    at('dataset-version', `data/versions/${ids.datasetVersion}`),
    at('runs', 'experiments'),
    at('experiment', `experiments/${ids.experiment}`),
    at('experiments', 'experiments/list'),
    at('run', `experiments/runs/${ids.run}`),
    ...['media', 'environment', 'output', 'system'].map((tab) =>
      at(`run-${tab}`, `experiments/runs/${ids.run}?tab=${tab}`),
    ),
    at('reports', 'experiments/reports'),
    at('report', `experiments/reports/${reportId}`),
    at('report-edited', `experiments/reports/${reportId}?edit=on`),
    at('report-copy', `experiments/reports/${reportId}/copies/${copyId}`),
    at('compare', `experiments/compare?runs=${await pairOfRuns()}`),
    at('run-reproduce', `experiments/runs/${ids.run}?tab=reproduce`),
    at('pipelines', 'pipelines'),
    at('pipeline', `pipelines/${ids.pipeline}`),
    at('pipeline-run', `pipelines/runs/${ids.pipelineRun}`),
    at('evaluations', 'evaluation'),
    at('gate-report', `evaluation/${ids.evaluation}`),
    at('models', 'registry'),
    at('model', `registry/${ids.model}`),
    at('model-tests', `registry/${ids.model}?tab=tests`),
    at('approvals', 'registry/approvals?which=all'),
    at('version-comparison', `registry/compare?to=${ids.modelVersion}`),
    at('version-files', `registry/versions/${ids.modelVersion}?tab=files`),
    at('model-version', `registry/versions/${ids.modelVersion}`),
    at('sql', `analysis?q=${encodeURIComponent('select * from metrics order by key, run_id')}`),
    at('endpoints', 'serving'),
    at('endpoint', `serving/${ids.endpoint}`),
    at('rollout', `serving/rollouts/${ids.rollout}`),
    at('monitors', 'monitoring'),
    at('monitor', `monitoring/${ids.endpoint}`),
    at('incident', `monitoring/incidents/${ids.incident}`),
    at('accounts', 'governance'),
    at('grants', 'governance/grants'),
    at('teams', 'governance/teams'),
    at('notifications', 'governance/notifications'),
    at('deliveries', 'governance/deliveries'),
    at('audit', 'governance/audit'),
    at('system', 'system'),
    at('jobs', 'system/jobs'),
    at('api', 'api'),
  ];
};
