import type { Delivery, DeliveryRecord, Page, TopicName } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import type { JobContext, JobOutcome } from '#platform/jobs';
import { findChannel, type SavedChannel } from '../channels/store.ts';
import { exampleOf } from '../example.ts';
import { waitAfter } from '../sending/back-off.ts';
import { type Format, mailBody, slackBody } from '../sending/format.ts';
import type { Send, Sent } from '../sending/send.ts';
import { enqueueDelivery, queuedDelivery } from './dispatching.ts';
import { createPauses } from './pauses.ts';
import * as store from './store.ts';

export interface Deliveries {
  listDeliveries(ctx: Ctx, query: store.DeliveryQuery): Promise<Page<Delivery>>;
  getDelivery(ctx: Ctx, id: string): Promise<DeliveryRecord>;
  /** Errors: NOT_FOUND, CONFLICT while it is still being sent, and when its channel is gone. */
  replayDelivery(ctx: Ctx, id: string): Promise<Delivery>;
  /** Sends an example now, once; it is in the log like any other delivery. Default: the first topic of the channel. */
  testChannel(
    ctx: Ctx,
    channelId: string,
    input: { topic?: TopicName | undefined; body?: string | undefined },
  ): Promise<DeliveryRecord>;
  /** One attempt of a queued delivery. */
  attempt(job: Pick<JobContext, 'payload' | 'project' | 'signal' | 'change' | 'finish'>): Promise<JobOutcome>;
}

const keptMs = 30 * 24 * 3_600_000;
const purgeEveryMs = 3_600_000;

const shown = ({ project: _project, body: _body, ...delivery }: store.SavedDelivery): Delivery => delivery;

export const createDeliveries = (
  { database: { db }, changes, ids, clock }: Platform,
  { send, formats }: { send: Send; formats: ReadonlyMap<string, Format> },
): Deliveries => {
  const pauses = createPauses(clock);
  let purgedAt = Number.NEGATIVE_INFINITY;

  const found = async (ctx: Ctx, id: string): Promise<store.SavedDelivery> =>
    (await store.findDelivery(db, ctx.project, id)) ??
    fail('NOT_FOUND', `There is no delivery '${id}' in project '${ctx.project}'.`);
  const record = async ({ project: _project, ...delivery }: store.SavedDelivery): Promise<DeliveryRecord> => ({
    ...delivery,
    log: await store.listAttempts(db, delivery.id),
  });
  const exampleBody = (channel: SavedChannel, topic: TopicName, now: number): string => {
    const happening = exampleOf(topic, channel.project, now);
    if (channel.kind === 'slack') return slackBody(happening);
    if (channel.kind === 'email') return mailBody(happening);
    return formats.get(channel.format)?.exampleOf(happening, channel.formatOptions) ?? '{}';
  };
  const purge = async (): Promise<void> => {
    if (clock.now() - purgedAt < purgeEveryMs) return;
    purgedAt = clock.now();
    await changes.change(
      { actor: { id: 'system:notifications', name: 'system:notifications' }, project: null, requestId: 'purge' },
      (change) => store.purgeDeliveries(change.db, change.now - keptMs),
    );
  };

  return {
    async listDeliveries(ctx, query) {
      const { items, nextCursor } = await store.listDeliveries(db, ctx.project, query);
      return { items: items.map(shown), nextCursor };
    },
    getDelivery: async (ctx, id) => record(await found(ctx, id)),
    async replayDelivery(ctx, id) {
      const sent = await found(ctx, id);
      if (sent.state === 'queued') fail('CONFLICT', 'This delivery is still being sent.');
      const channel =
        (await findChannel(db, ctx.project, sent.channelId)) ??
        fail('CONFLICT', `The channel '${sent.channelName}' was deleted.`);
      if (channel.status !== 'active') fail('CONFLICT', `The channel '${channel.name}' is disabled.`);
      pauses.end(channel.id);
      return changes.change(ctx, async (change) => {
        const again: store.SavedDelivery = {
          ...sent,
          id: ids.next('dlv'),
          channelName: channel.name,
          state: 'queued',
          attempts: 0,
          createdAt: change.now,
          nextAttemptAt: change.now,
          finishedAt: null,
          lastStatus: null,
          lastError: null,
          replayOf: sent.id,
        };
        await store.insertDelivery(change.db, again, again.id);
        enqueueDelivery(change, again.id);
        change.audit({
          verb: 'delivery.replay',
          resourceType: 'channel',
          resourceId: channel.id,
          detail: { deliveryId: sent.id, newDeliveryId: again.id },
        });
        return shown(again);
      });
    },
    async testChannel(ctx, channelId, input) {
      const channel =
        (await findChannel(db, ctx.project, channelId)) ??
        fail('NOT_FOUND', `There is no channel '${channelId}' in project '${ctx.project}'.`);
      const topic = input.topic ?? channel.conditions[0]?.topic ?? 'run-ended';
      const now = clock.now();
      const body = input.body ?? exampleBody(channel, topic, now);
      const delivery = queuedDelivery(channel, exampleOf(topic, channel.project, now), {
        id: ids.next('dlv'),
        body,
        now,
      });
      const sent = await send(channel, delivery);
      if (sent.isDelivered) pauses.end(channel.id);
      const outcome = outcomeOf(sent, 1, null);
      return changes.change(ctx, async (change) => {
        const made = { ...delivery, ...outcome, isTest: true };
        await store.insertDelivery(change.db, made, made.id);
        await store.insertAttempt(change.db, made.id, attemptOf(sent, 1));
        change.audit({
          verb: 'channel.test',
          resourceType: 'channel',
          resourceId: channel.id,
          detail: { topic, state: outcome.state, status: sent.status },
        });
        const { project: _project, ...rest } = made;
        return { ...rest, log: [attemptOf(sent, 1)] };
      });
    },
    async attempt(job) {
      const delivery = await store.findDelivery(db, job.project ?? '', String(job.payload['deliveryId']));
      if (delivery?.state !== 'queued') return undefined;
      const channel = await findChannel(db, delivery.project, delivery.channelId);
      const ended = async (outcome: store.Outcome, sent: Sent | null): Promise<undefined> => {
        await job.finish(async (change) => {
          await store.saveOutcome(change.db, delivery.id, outcome);
          if (sent) await store.insertAttempt(change.db, delivery.id, attemptOf(sent, outcome.attempts));
          const { channelId, topic } = delivery;
          change.emit('notifications.delivery-ended', delivery.id, { channelId, topic, state: outcome.state });
        });
        await purge();
      };
      if (channel?.status !== 'active') {
        const lastError = channel === null ? 'the channel was deleted' : 'the channel is disabled';
        const { attempts, lastStatus } = delivery;
        return ended(
          { state: 'dead', attempts, nextAttemptAt: null, finishedAt: clock.now(), lastStatus, lastError },
          null,
        );
      }
      const pausedMs = pauses.leftMs(channel.id);
      if (pausedMs > 0) return { againInMs: pausedMs };
      const number = delivery.attempts + 1;
      const sent = await send(channel, delivery, job.signal);
      pauses.note(channel.id, sent.isDelivered);
      const waitMs = sent.isDelivered ? null : waitAfter(number, sent.status, sent.retryAfter);
      const outcome = outcomeOf(sent, number, waitMs);
      if (waitMs === null) return ended(outcome, sent);
      await job.change(async (change) => {
        await store.saveOutcome(change.db, delivery.id, outcome);
        await store.insertAttempt(change.db, delivery.id, attemptOf(sent, number));
      });
      return { againInMs: waitMs };
    },
  };
};

const attemptOf = ({ at, durationMs, status, error, excerpt }: Sent, number: number) => ({
  number,
  at,
  durationMs,
  status,
  error,
  excerpt,
});

/** `waitMs`: until the next attempt; null when this was the last one. */
const outcomeOf = (sent: Sent, attempts: number, waitMs: number | null): store.Outcome => {
  const endedAt = sent.at + sent.durationMs;
  return {
    state: sent.isDelivered ? 'delivered' : waitMs === null ? 'dead' : 'queued',
    attempts,
    nextAttemptAt: waitMs === null ? null : endedAt + waitMs,
    finishedAt: waitMs === null ? endedAt : null,
    lastStatus: sent.status,
    lastError: sent.error,
  };
};
