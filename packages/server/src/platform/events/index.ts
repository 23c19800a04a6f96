import type { Event, EventType } from '@millwright/contract';
import type { Db } from '#platform/db';
import type { Log } from '#platform/log';
import { deleteEventsBefore, lastSeq, type NewEvent, readEvents } from './store.ts';

export { appendEvents, findEventById, lastSeq, listEvents } from './store.ts';
export type { NewEvent } from './store.ts';

/** Says of each of some events of one type whether it is wanted. */
export type Wanted = (
  db: Db,
  events: readonly Pick<NewEvent, 'type' | 'project' | 'subjectId'>[],
) => Promise<boolean[]>;
export interface Subscriber {
  name: string;
  wanted: Wanted | null;
  /** Of the events of one subject within a second it is given one, after that second. */
  oncePerSecond: boolean;
}

export interface Events {
  /**
   * A durable subscriber: called at least once per event, with retries, by a job of its own. Declare before start.
   * `wanted` is asked within the change that emits: where few events matter, the others cost a look-up and no job.
   */
  subscribe(
    type: EventType,
    name: string,
    handler: (event: Event) => Promise<void>,
    wanted?: Wanted,
    options?: { oncePerSecond?: boolean },
  ): void;
  subscribersOf(type: EventType): readonly Subscriber[];
  /** From now on subscribers are told of nothing that this process does: for what happened elsewhere, long ago. */
  silence(): void;
  handlerOf(subscriber: string): ((event: Event) => Promise<void>) | undefined;
  subscriberNames(): string[];
  /** Follows the stream in commit order from `afterSeq` on; without it from now on. Returns how to stop. */
  follow(listener: (event: Event) => void, afterSeq?: number): () => void;
  /** Forgets events that matter only while they are new; what they told of is kept where it belongs. */
  forget(now: number): Promise<void>;
  /** There may be something new. */
  wake(): void;
  stop(): void;
}

const batch = 500;

/** Training loops emit these all day long. Their subscribers have long had them by then. */
const passing: readonly EventType[] = ['experiments.metrics-logged'];
const keepPassingMs = 3_600_000;

/** Listeners share one reader of the event table; a listener that starts earlier in the past catches up by itself first. */
export const createEvents = (parts: { db: Db; pollMs: number; log: Log }): Events => {
  let isSilent = false;
  const subscribers = new Map<EventType, Subscriber[]>();
  const handlers = new Map<string, (event: Event) => Promise<void>>();
  const listeners = new Set<{ listener: (event: Event) => void; seq: number }>();
  let timer: NodeJS.Timeout | null = null;
  let reading = false;
  let again = false;

  const deliver = async (): Promise<void> => {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    try {
      do {
        again = false;
        for (const follower of listeners) {
          if (follower.seq < 0) follower.seq = await lastSeq(parts.db);
          for (let more = true; more && listeners.has(follower); ) {
            const events = await readEvents(parts.db, follower.seq, batch);
            for (const event of events) {
              if (!listeners.has(follower)) break;
              follower.seq = event.seq;
              try {
                follower.listener(event);
              } catch (error) {
                // One listener that fails must not stop the stream for the others.
                parts.log.error('a listener of events failed', { event: event.id, error });
              }
            }
            more = events.length === batch;
          }
        }
      } while (again);
    } catch (error) {
      parts.log.warn('events could not be read; trying again', { error });
    } finally {
      reading = false;
    }
  };

  return {
    subscribe(type, name, handler, wanted, { oncePerSecond = false } = {}) {
      if (handlers.has(name)) throw new Error(`the event subscriber '${name}' is declared twice`);
      handlers.set(name, handler);
      subscribers.set(type, [...(subscribers.get(type) ?? []), { name, wanted: wanted ?? null, oncePerSecond }]);
    },
    subscribersOf: (type) => (isSilent ? [] : (subscribers.get(type) ?? [])),
    silence: () => {
      isSilent = true;
    },
    handlerOf: (subscriber) => handlers.get(subscriber),
    subscriberNames: () => [...handlers.keys()],
    follow(listener, afterSeq = -1) {
      const follower = { listener, seq: afterSeq };
      listeners.add(follower);
      timer ??= setInterval(() => void deliver(), parts.pollMs).unref();
      void deliver();
      return () => {
        listeners.delete(follower);
        if (listeners.size === 0 && timer) {
          clearInterval(timer);
          timer = null;
        }
      };
    },
    async forget(now) {
      for (const type of passing) while (await deleteEventsBefore(parts.db, type, now - keepPassingMs));
    },
    wake: () => {
      if (listeners.size > 0) void deliver();
    },
    stop: () => {
      listeners.clear();
      if (timer) clearInterval(timer);
      timer = null;
    },
  };
};
