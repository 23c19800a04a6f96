import type { EventType } from '@millwright/contract';
import { eventTypes } from '@millwright/contract';
import { appendAudit } from '#platform/audit';
import type { NewAuditRow } from '#platform/audit';
import type { Actor } from '#platform/auth';
import type { Clock } from '#platform/clock';
import { type Database, type Db, isRetryable } from '#platform/db';
import { type NewEvent, type Subscriber, appendEvents } from '#platform/events';
import { failurePoint } from '#platform/failure-points';
import type { Ids } from '#platform/ids';
import { type NewJob, insertJobs } from '#platform/jobs';

export { type Grouped, groupChanges } from './group.ts';

/** Who changes something, and for which request. */
export interface ChangeContext {
  actor: Pick<Actor, 'id' | 'name'>;
  /** Name of the project, null for the instance. */
  project: string | null;
  requestId: string;
}

export interface AuditEntry {
  verb: string;
  resourceType: string;
  resourceId: string;
  detail?: Record<string, unknown>;
}

export interface EnqueueOptions {
  dedupeKey?: string;
  maxAttempts?: number;
  delayMs?: number;
}

/** One transaction: rows, their audit, the events that tell of them and the jobs that follow, all or nothing. */
export interface Change {
  readonly db: Db;
  readonly now: number;
  /** The same transaction on behalf of somebody else: for what several requests change together. */
  as(context: ChangeContext): Change;
  audit(entry: AuditEntry): void;
  emit(type: EventType, subjectId: string, data?: Record<string, unknown>): void;
  enqueue(kind: string, payload: Record<string, unknown>, options?: EnqueueOptions): void;
  /** For what is remembered of the change. Not called when nothing was committed. */
  afterCommit(run: () => void): void;
}

export interface Changes {
  change<T>(context: ChangeContext, run: (change: Change) => Promise<T>): Promise<T>;
}

const attempts = 4;

/** What each of those who choose wants, by its name: asked once for all events of a type. */
const askSubscribers = async (
  db: Db,
  events: readonly NewEvent[],
  subscribersOf: (type: EventType) => readonly Subscriber[],
): Promise<ReadonlyMap<string, ReadonlySet<NewEvent>>> => {
  const answers = new Map<string, ReadonlySet<NewEvent>>();
  for (const [type, own] of Map.groupBy(events, (event) => event.type))
    for (const { name, wanted } of subscribersOf(type)) {
      if (!wanted) continue;
      const isWanted = await wanted(db, own);
      answers.set(name, new Set(own.filter((_event, index) => isWanted[index])));
    }
  return answers;
};

export const createChanges = (parts: {
  database: Database;
  clock: Clock;
  ids: Ids;
  auditKey: string;
  /** The durable subscribers of an event type. */
  subscribersOf: (type: EventType) => readonly Subscriber[];
  /** Called after commit, when there is something to deliver or to run. */
  wake: (what: { events: boolean; jobs: boolean }) => void;
}): Changes => {
  const once = async <T>(context: ChangeContext, run: (change: Change) => Promise<T>): Promise<T> => {
    const audits: NewAuditRow[] = [];
    const events: NewEvent[] = [];
    const jobs: NewJob[] = [];
    const remembering: (() => void)[] = [];
    const result = await parts.database.transaction(async (db) => {
      const now = parts.clock.now();
      const changeOf = ({ actor, project, requestId }: ChangeContext): Change => ({
        db,
        now,
        as: changeOf,
        afterCommit: (remember) => void remembering.push(remember),
        audit: (entry) => {
          audits.push({
            at: now,
            actorId: actor.id,
            actorName: actor.name,
            verb: entry.verb,
            project,
            resourceType: entry.resourceType,
            resourceId: entry.resourceId,
            requestId,
            detail: entry.detail ?? {},
          });
        },
        emit: (type, subjectId, data = {}) => {
          events.push({
            id: parts.ids.next('evt'),
            type,
            project,
            at: now,
            subjectType: eventTypes[type],
            subjectId,
            data,
          });
        },
        enqueue: (kind, payload, options = {}) => {
          jobs.push({
            id: parts.ids.next('job'),
            kind,
            project,
            payload,
            dedupeKey: options.dedupeKey ?? null,
            maxAttempts: options.maxAttempts ?? 5,
            runAt: now + (options.delayMs ?? 0),
          });
        },
      });
      const value = await run(changeOf(context));
      const asked = await askSubscribers(db, events, parts.subscribersOf);
      for (const event of events)
        for (const { name, wanted, oncePerSecond } of parts.subscribersOf(event.type)) {
          if (wanted && !asked.get(name)?.has(event)) continue;
          const second = Math.floor(now / 1000);
          jobs.push({
            id: parts.ids.next('job'),
            kind: `event:${name}`,
            project: event.project,
            payload: { eventId: event.id },
            dedupeKey: oncePerSecond ? `event:${name}:${event.subjectId}:${second}` : null,
            maxAttempts: 8,
            // Half a second more: whoever commits late in that second is seen, too.
            runAt: oncePerSecond ? second * 1000 + 1500 : now,
          });
        }
      await insertJobs(db, jobs, now);
      // The chain is locked last, so that other transactions wait for as short as possible.
      if (events.length > 0) await appendEvents(db, events);
      if (audits.length > 0) await appendAudit(db, parts.auditKey, audits);
      failurePoint('change.before-commit');
      return value;
    });
    failurePoint('change.after-commit');
    for (const remember of remembering) remember();
    if (events.length > 0 || jobs.length > 0) parts.wake({ events: events.length > 0, jobs: jobs.length > 0 });
    return result;
  };
  return {
    async change(context, run) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await once(context, run);
        } catch (error) {
          if (attempt >= attempts || !isRetryable(error)) throw error;
        }
      }
    },
  };
};
