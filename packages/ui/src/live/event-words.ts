import { type Event, type EventType } from '@millwright/contract';

const words: Record<EventType, string> = {
  'data.version-created': 'New data version',
  'data.upload-refused': 'Upload refused',
  'experiments.run-started': 'Run started',
  'experiments.run-ended': 'Run ended',
  'experiments.metrics-logged': 'Metrics logged',
  'experiments.run-moved': 'Run moved to another experiment',
  'experiments.run-copied': 'Run copied',
  'pipelines.run-started': 'Pipeline run started',
  'pipelines.step-changed': 'Pipeline step moved on',
  'pipelines.run-ended': 'Pipeline run ended',
  'pipelines.trigger-decided': 'Trigger decided',
  'evaluation.completed': 'Evaluation completed',
  'registry.model-created': 'New model',
  'registry.model-tag-changed': 'Tag of a model changed',
  'registry.version-created': 'Model version registered',
  'registry.version-tag-changed': 'Tag of a version changed',
  'registry.version-decided': 'Model version decided',
  'registry.alias-moved': 'Alias moved',
  'registry.tests-finished': 'Tests of a model finished',
  'registry.approval-requested': 'Approval asked for',
  'registry.approval-commented': 'Comment on a request',
  'registry.approval-voted': 'Word on a request',
  'registry.approval-closed': 'Request for approval closed',
  'serving.endpoint-changed': 'Endpoint changed',
  'serving.rollout-changed': 'Rollout moved on',
  'serving.rollout-ended': 'Rollout ended',
  'serving.predictions-captured': 'Predictions captured',
  'serving.labels-received': 'Labels received',
  'monitoring.window-closed': 'Window closed',
  'monitoring.window-judged': 'Window judged',
  'monitoring.drift-confirmed': 'Drift confirmed',
  'monitoring.performance-degraded': 'Performance degraded',
  'monitoring.incident-changed': 'Incident changed',
  'notifications.delivery-ended': 'Notification sent or given up',
  'system.job-dead': 'Job is dead',
};
/** What an event says in words; an event of an unknown type says its type. */
export const eventWords = (event: Pick<Event, 'type'>): string =>
  Object.hasOwn(words, event.type) ? words[event.type as EventType] : event.type;

/** The short values of an event in one line. */
export const eventFacts = (event: Pick<Event, 'data'>): string =>
  Object.entries(event.data)
    .filter(
      ([key, value]) =>
        !key.endsWith('Id') && ['string', 'number', 'boolean'].includes(typeof value) && String(value).length <= 60,
    )
    .slice(0, 4)
    .map(([key, value]) => `${key} ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`)
    .join(' · ');
