import { type EventType, topics } from '@millwright/contract';
import type { Clock } from '#platform/clock';
import type { Wanted } from '#platform/events';
import { listenedTopics } from './channels/store.ts';

/** Another server's new channel is heard of this late. */
const keptMs = 1000;

export interface Interest {
  /** Whether a channel of that project listens to such events. Asked within every change that emits one: from memory, mostly. */
  wanted: Wanted;
  /** Something changed here. */
  forget(): void;
}

export const createInterest = (clock: Clock): Interest => {
  let known: ReadonlySet<string> = new Set();
  let readAt = Number.NEGATIVE_INFINITY;
  const keyOf = (project: string, type: EventType): string => `${project} ${type}`;
  return {
    async wanted(db, events) {
      if (clock.now() - readAt >= keptMs) {
        const listened = await listenedTopics(db);
        known = new Set(
          listened.flatMap((one) => [
            keyOf(one.project, topics[one.topic].event),
            // The last look at a metric is taken when the run ends.
            ...(one.topic === 'metric-condition' ? [keyOf(one.project, 'experiments.run-ended')] : []),
          ]),
        );
        readAt = clock.now();
      }
      return events.map(({ project, type }) => project !== null && known.has(keyOf(project, type)));
    },
    forget() {
      readAt = Number.NEGATIVE_INFINITY;
    },
  };
};
