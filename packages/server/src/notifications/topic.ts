import { type Event, type EventType, type TopicName, topicNames, topics } from '@millwright/contract';

const byEvent = Map.groupBy(topicNames, (name): EventType => topics[name].event);

/** The events that somebody can be told of. */
export const notifiableEvents: readonly EventType[] = [...byEvent.keys()];

/** Every topic that an event of this type can be about. */
export const topicsOfType = (type: EventType): readonly TopicName[] => byEvent.get(type) ?? [];

const holds: Partial<Record<TopicName, (data: Record<string, unknown>) => boolean>> = {
  'run-failed': ({ status }) => status === 'failed' || status === 'killed',
  'model-tag-set': ({ value }) => value !== null,
  'model-tag-deleted': ({ value }) => value === null,
  'version-tag-set': ({ value }) => value !== null,
  'version-tag-deleted': ({ value }) => value === null,
  'alias-set': ({ versionId }) => versionId !== null,
  'alias-deleted': ({ versionId }) => versionId === null,
  'tests-green': ({ state }) => state === 'green',
  'tests-red': ({ state }) => state === 'red',
};

/** What this event is about. */
export const topicsOf = (event: Pick<Event, 'type' | 'data'>): TopicName[] =>
  topicsOfType(event.type as EventType).filter((topic) => holds[topic]?.(event.data) ?? true);
