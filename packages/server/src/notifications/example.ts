import type { Event, TopicName } from '@millwright/contract';
import { topics } from '@millwright/contract';
import type { Happening } from './sending/format.ts';
import { summaryOf } from './summary.ts';

const about: Partial<Record<TopicName, Record<string, unknown>>> = {
  'run-ended': { status: 'finished' },
  'run-failed': { status: 'failed' },
  'metric-condition': { filter: 'metrics.loss < 0.1', metrics: { loss: 0.09 } },
  'pipeline-run-ended': { status: 'succeeded' },
  'evaluation-completed': { verdict: 'green' },
  'version-decided': { state: 'approved', by: 'ada' },
  'model-tag-set': { key: 'example_key', value: 'example_value' },
  'model-tag-deleted': { key: 'example_key', value: null },
  'version-tag-set': { key: 'example_key', value: 'example_value' },
  'version-tag-deleted': { key: 'example_key', value: null },
  'alias-set': { alias: 'champion' },
  'alias-deleted': { alias: 'champion', versionId: null },
  'approval-requested': { by: 'ada', reason: 'better on the hold-out', alias: 'champion' },
  'approval-commented': { by: 'bob', text: 'Which data?', alias: 'champion' },
  'approval-closed': { state: 'approved', reason: 'seen', alias: 'champion' },
  'tests-green': { state: 'green' },
  'tests-red': { state: 'red', failed: 'latency' },
  'rollout-ended': { state: 'promoted' },
  'incident-changed': { title: 'Drift in amount', state: 'open' },
};

/** What a test of a channel tells of: nothing that happened. */
export const exampleOf = (topic: TopicName, project: string, now: number): Happening => {
  const isOfModels = topics[topic].event.startsWith('registry.');
  const event: Pick<Event, 'id' | 'type' | 'project' | 'at' | 'subjectType' | 'subjectId' | 'data'> = {
    id: 'example',
    type: topics[topic].event,
    project,
    at: now,
    subjectType: 'example',
    subjectId: 'example',
    data: { ...(isOfModels ? { modelName: 'example_model', number: 1 } : {}), ...about[topic] },
  };
  return { topic, event, summary: `Test: ${summaryOf(topic, event)}` };
};
