import type { EventType } from '@millwright/contract';

const ofLists = ['readPanel', 'listRuns', 'countRuns', 'listRunKeys', 'listExperiments', 'getExperiment', 'getLineage'];

/** Which read operations show something else after an event: their cached answers are read again. */
const concerned: Record<EventType, readonly string[]> = {
  'data.version-created': ['listDatasets', 'getDataset', 'listVersions', 'getLineage'],
  'data.upload-refused': ['listDatasets', 'getDataset', 'listRefusals'],
  'experiments.run-started': ofLists,
  'experiments.run-ended': ['listRuns', 'getRun', 'readPanel', 'listArtifacts', 'listExperiments', 'listReproductions'],
  // Curves are not read again: they have a stream of their own.
  'experiments.metrics-logged': ['listRuns', 'getRun', 'readPanel'],
  'experiments.run-moved': [...ofLists, 'getRun'],
  'experiments.run-copied': [...ofLists, 'getRun', 'listArtifacts'],
  'pipelines.run-started': ['listPipelineRuns', 'listPipelines', 'getPipeline'],
  'pipelines.step-changed': ['listPipelineRuns', 'getPipelineRun'],
  'pipelines.run-ended': ['listPipelineRuns', 'getPipelineRun', 'listPipelines', 'getPipeline', 'listReproductions'],
  'pipelines.trigger-decided': ['listTriggerDecisions', 'listPipelines'],
  'evaluation.completed': ['listEvaluations', 'getLineage'],
  'registry.model-created': ['listModels'],
  'registry.model-tag-changed': ['listModels', 'getModel'],
  'registry.version-created': ['listModels', 'getModel', 'listModelVersions', 'getLineage'],
  'registry.version-decided': ['readPanel', 'getModelVersion', 'listModelVersions', 'getModel', 'listModels'],
  'registry.version-tag-changed': ['readPanel', 'getModelVersion', 'listModelVersions'],
  'registry.alias-moved': ['readPanel', 'listModels', 'getModel', 'listModelVersions', 'getModelVersion'],
  'registry.tests-finished': ['getModelVersion', 'listModelVersions', 'listContractRuns'],
  'registry.approval-requested': ['listApprovalRequests'],
  'registry.approval-commented': ['getApprovalRequest'],
  'registry.approval-voted': ['listApprovalRequests', 'getApprovalRequest'],
  'registry.approval-closed': ['listApprovalRequests', 'getApprovalRequest', 'getModelVersion'],
  'serving.endpoint-changed': ['listEndpoints', 'getEndpoint', 'getLineage'],
  'serving.rollout-changed': ['listRollouts', 'getRollout', 'listEndpoints', 'getEndpoint'],
  'serving.rollout-ended': ['listRollouts', 'getRollout', 'listEndpoints', 'getEndpoint', 'listModels', 'getModel'],
  'serving.predictions-captured': ['listEndpoints', 'getEndpoint', 'listPredictions'],
  'serving.labels-received': ['listEndpoints', 'getEndpoint', 'listPredictions', 'getRollout'],
  'monitoring.window-closed': ['listWindows', 'getMonitor'],
  'monitoring.window-judged': ['listWindows', 'getMonitor'],
  'monitoring.drift-confirmed': ['listWindows', 'getMonitor', 'listIncidents'],
  'monitoring.performance-degraded': ['listWindows', 'getMonitor', 'listIncidents'],
  'monitoring.incident-changed': ['listIncidents', 'getMonitor'],
  'notifications.delivery-ended': ['listDeliveries', 'getDelivery'],
  'system.job-dead': ['listJobs'],
};
/** Everything that happens shows in these. */
const always = ['listEvents', 'listActivity'];

/** Of these an answer is about what its input names: an event of another run changes nothing in it. */
const bound = new Set(['getRun', 'listArtifacts']);

/** Whether a cached answer shows something else after events of these subjects. */
export const isConcerned = (key: readonly unknown[], due: ReadonlyMap<string, ReadonlySet<string>>): boolean => {
  const id = String(key[0]);
  const subjects = due.get(id);
  if (subjects === undefined) return false;
  if (!bound.has(id)) return true;
  const input = JSON.stringify(key[1]);
  return [...subjects].some((subject) => input.includes(subject));
};

export const operationsConcerned = (type: string): readonly string[] => [
  ...(concerned[type as EventType] ?? []),
  ...always,
];
