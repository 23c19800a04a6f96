import { type Ctx, systemCtx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import type { MonitoringService } from './service.ts';
import { beginTurn, findMonitor, type MonitorState, type Turn } from './store.ts';

const closeKind = 'monitoring.close-windows';
const judgeKind = 'monitoring.judge-recent';
const olderKind = 'monitoring.judge-older';
const olderDelayMs = 10_000;

/**
 * One job waits at a time. A job raises the turn before it looks, and with it the key: what happens after it has looked
 * asks for the next job, what happens before is seen.
 */
const enqueue = (change: Change, kind: string, endpointId: string, turn: number, delayMs = 0): void =>
  change.enqueue(kind, { endpointId }, { dedupeKey: `${kind}:${endpointId}:${turn}`, delayMs });

export const enqueueJudge = (change: Change, { endpointId, labelTurn }: MonitorState): void =>
  enqueue(change, judgeKind, endpointId, labelTurn);

const ctxOf = (job: { project: string | null; id: string }): Ctx => systemCtx('monitoring', job.project ?? '', job.id);

export const jobs = (platform: Platform, service: MonitoringService): void => {
  const { changes, database, events } = platform;
  const { db } = database;

  const onEvent = (
    type: 'serving.endpoint-changed' | 'serving.predictions-captured' | 'serving.labels-received',
    kind: string,
    turnOf: (monitor: MonitorState) => number,
  ): void =>
    events.subscribe(type, `monitoring.${type}`, async (event) => {
      const monitor = await findMonitor(db, event.subjectId);
      await changes.change(systemCtx('monitoring', event.project ?? '', event.id), async (change) =>
        enqueue(change, kind, event.subjectId, monitor ? turnOf(monitor) : 0),
      );
    });
  onEvent('serving.endpoint-changed', closeKind, ({ captureTurn }) => captureTurn);
  onEvent('serving.predictions-captured', closeKind, ({ captureTurn }) => captureTurn);
  onEvent('serving.labels-received', judgeKind, ({ labelTurn }) => labelTurn);

  const handle = (kind: string, turn: Turn, run: (ctx: Ctx, endpointId: string) => Promise<void>): void =>
    platform.jobs.handle(
      kind,
      async (job) => {
        const endpointId = String(job.payload['endpointId']);
        const ctx = ctxOf(job);
        await service.ensureMonitor(ctx, endpointId);
        await beginTurn(db, endpointId, turn);
        await run(ctx, endpointId);
      },
      { concurrency: 1 },
    );
  handle(closeKind, 'capture_turn', async (ctx, endpointId) => {
    await service.closeWindows(ctx, endpointId);
  });
  handle(judgeKind, 'label_turn', async (ctx, endpointId) => {
    const { older } = await service.restate(ctx, endpointId, 'recent');
    if (!older) return;
    const monitor = await findMonitor(db, endpointId);
    await changes.change(ctx, async (change) =>
      enqueue(change, olderKind, endpointId, monitor?.olderTurn ?? 0, olderDelayMs),
    );
  });
  handle(olderKind, 'older_turn', async (ctx, endpointId) => {
    await service.restate(ctx, endpointId, 'older');
  });
};
