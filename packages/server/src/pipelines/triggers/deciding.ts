import type { Event, EventType, TriggerDecision } from '@millwright/contract';
import type { LineageService } from '#lineage';
import { systemActor } from '#platform/auth';
import type { Platform } from '#platform/core';
import type { JobContext } from '#platform/jobs';
import { type RunStart, startRun } from '../runs/starting.ts';
import { activeRun, lastRuns } from '../runs/store.ts';
import { triggerEventTypes } from '../spec-check.ts';
import { areListenedTo, lockPipeline, pipelinesListeningTo } from '../store.ts';
import { causeOfEvent, causeOfSchedule, decideTrigger } from './decision.ts';
import { insertDecision, isDecided } from './store.ts';

interface Incoming {
  project: string;
  pipelineId: string;
  /** One decision per pipeline and key: what is delivered twice is decided once. */
  key: string;
  kind: TriggerDecision['kind'];
  eventId: string | null;
  cause: string;
  parameters: Record<string, unknown>;
  subject?: RunStart['subject'];
}

export const createTriggers = (platform: Platform, lineage: LineageService) => {
  const { changes, ids, events } = platform;

  /** The decision and the run that may follow from it, in one change under the lock of the pipeline. */
  const decide = async (incoming: Incoming): Promise<void> => {
    const { project, pipelineId } = incoming;
    await changes.change(
      { actor: systemActor('pipelines'), project, requestId: incoming.eventId ?? incoming.key },
      async (change) => {
        const pipeline = await lockPipeline(change.db, project, pipelineId);
        if (!pipeline || (await isDecided(change.db, project, pipelineId, incoming.key))) return;
        const running = await activeRun(change.db, project, pipelineId);
        const last = (await lastRuns(change.db, project, [pipelineId])).get(pipelineId);
        const { decision, reason } = decideTrigger({
          cause: incoming.cause,
          enabled: pipeline.enabled,
          activeRunNumber: running?.number ?? null,
          lastStartedAt: last?.startedAt ?? null,
          coolDownMs: pipeline.spec.coolDownMs ?? 0,
          now: change.now,
        });
        const actor = systemActor(`pipeline/${pipeline.name}`);
        const run =
          decision !== 'started'
            ? null
            : await startRun(platform, lineage, change, {
                project,
                pipeline,
                actorId: actor.id,
                trigger: { kind: incoming.kind, by: actor.name, eventId: incoming.eventId, reason },
                parameters: incoming.parameters,
                ...(incoming.subject ? { subject: incoming.subject } : {}),
              });
        await insertDecision(change.db, project, incoming.key, {
          id: ids.next('ptd'),
          pipelineId,
          at: change.now,
          kind: incoming.kind,
          eventId: incoming.eventId,
          decision,
          reason,
          pipelineRunId: run?.id ?? null,
        });
        change.emit('pipelines.trigger-decided', pipelineId, {
          decision,
          reason,
          eventId: incoming.eventId,
          pipelineRunId: run?.id ?? null,
        });
      },
    );
  };

  const onEvent = async (event: Event): Promise<void> => {
    const { project } = event;
    if (project === null) return;
    const subject = { type: event.subjectType, id: event.subjectId };
    for (const pipelineId of await pipelinesListeningTo(platform.database.db, project, event.type, event.subjectId))
      await decide({
        project,
        pipelineId,
        key: event.id,
        kind: 'event',
        eventId: event.id,
        cause: causeOfEvent(event),
        subject,
        parameters: {
          eventId: event.id,
          eventType: event.type,
          subjectType: event.subjectType,
          subjectId: event.subjectId,
        },
      });
  };

  return {
    /** To every event that can start a pipeline: which pipelines do is looked up when one comes in. */
    subscribe: (): void => {
      for (const type of triggerEventTypes satisfies EventType[])
        events.subscribe(type, `pipelines.trigger:${type}`, onEvent, (db, incoming) =>
          areListenedTo(db, type, incoming),
        );
    },
    onEvent,
    async onSchedule(job: Pick<JobContext, 'payload'>): Promise<void> {
      const { project, pipelineId, cron, timeZone, dueAt } = job.payload as {
        project: string;
        pipelineId: string;
        cron: string;
        timeZone: string;
        dueAt: number;
      };
      await decide({
        project,
        pipelineId,
        key: `${cron} ${timeZone} ${dueAt}`,
        kind: 'schedule',
        eventId: null,
        cause: causeOfSchedule({ cron, timeZone, dueAt }),
        parameters: { dueAt },
      });
    },
  };
};
