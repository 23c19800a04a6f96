import type { Event, TopicName } from '@millwright/contract';

type Data = Record<string, unknown>;

const text = (value: unknown): string => (value === null || value === undefined ? '?' : String(value).slice(0, 200));
const version = (data: Data): string => `Version ${text(data['number'])} of ${text(data['modelName'])}`;

/** What a request asks for. */
const wish = (data: Data): string => {
  const of = `version ${text(data['number'])} of ${text(data['modelName'])}`;
  if (data['alias']) return `the alias ${text(data['alias'])} for ${of}`;
  return data['stage'] ? `the stage ${text(data['stage'])} for ${of}` : `the approval of ${of}`;
};

/** `subject`: the name of what the event is about, where the event does not say it itself. */
const sentences: Record<TopicName, (data: Data, subject: string) => string> = {
  'run-started': (_data, subject) => `Run ${subject} started`,
  'run-ended': (data, subject) => `Run ${subject} ended: ${text(data['status'])}`,
  'run-failed': (data, subject) => `Run ${subject} ended: ${text(data['status'])}`,
  'metric-condition': (data, subject) => `Run ${subject} meets ${text(data['filter'])}`,
  'dataset-version-created': (data, subject) => `A version of data set ${text(data['datasetName'] ?? subject)} arrived`,
  'upload-refused': (_data, subject) => `An upload to data set ${subject} was refused`,
  'pipeline-run-ended': (data, subject) => `Pipeline run ${subject} ended: ${text(data['status'] ?? data['state'])}`,
  'evaluation-completed': (data, subject) => `Evaluation ${subject} is completed: ${text(data['verdict'])}`,
  'model-created': (data) => `Model ${text(data['modelName'])} was created`,
  'model-tag-set': (data) => `Model ${text(data['modelName'])}: tag ${text(data['key'])} = ${text(data['value'])}`,
  'model-tag-deleted': (data) => `Model ${text(data['modelName'])}: tag ${text(data['key'])} was deleted`,
  'version-created': (data) => `${version(data)} was registered`,
  'version-decided': (data) => `${version(data)} is ${text(data['state'])}, by ${text(data['by'])}`,
  'version-tag-set': (data) => `${version(data)}: tag ${text(data['key'])} = ${text(data['value'])}`,
  'version-tag-deleted': (data) => `${version(data)}: tag ${text(data['key'])} was deleted`,
  'alias-set': (data) => `${version(data)} is ${text(data['alias'])}`,
  'alias-deleted': (data) => `No version of ${text(data['modelName'])} is ${text(data['alias'])} any longer`,
  'approval-requested': (data) => `${text(data['by'])} asks for ${wish(data)}: ${text(data['reason'])}`,
  'approval-commented': (data) => `${text(data['by'])} on ${wish(data)}: ${text(data['text'])}`,
  'approval-closed': (data) => `The request for ${wish(data)} is ${text(data['state'])}: ${text(data['reason'])}`,
  'tests-green': (data) => `${version(data)} passed the tests of its model`,
  'tests-red': (data) => `${version(data)} failed tests of its model: ${text(data['failed'])}`,
  'rollout-ended': (data, subject) => `Rollout ${subject} ended: ${text(data['state'])}`,
  'drift-confirmed': (_data, subject) => `Drift was confirmed at endpoint ${subject}`,
  'performance-degraded': (_data, subject) => `The model at endpoint ${subject} got worse`,
  'incident-changed': (data) => `${text(data['title'])}: ${text(data['state'])}`,
};

/** One sentence for people. */
export const summaryOf = (topic: TopicName, event: Pick<Event, 'data' | 'subjectId'>, subject?: string): string =>
  sentences[topic](event.data, subject ?? event.subjectId);
