import { type Condition, type Event, type Filter, parseFilter, type Run, type TopicName } from '@millwright/contract';
import type { ExperimentsService } from '#experiments';
import { type Ctx, systemCtx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { channelsListeningTo, hasFired, noteFiring, type SavedChannel } from '../channels/store.ts';
import { type Format, type Happening, mailBody, slackBody } from '../sending/format.ts';
import { maxAttempts } from '../sending/back-off.ts';
import { summaryOf } from '../summary.ts';
import { topicsOf } from '../topic.ts';
import { insertDelivery, type SavedDelivery } from './store.ts';

export const deliverKind = 'notifications.deliver';

export const enqueueDelivery = (change: Change, deliveryId: string): void =>
  // Attempts are counted by the delivery; the job's own are for a worker that went away meanwhile.
  change.enqueue(deliverKind, { deliveryId }, { dedupeKey: `${deliverKind}:${deliveryId}`, maxAttempts });

export const bodyFor = async (
  channel: SavedChannel,
  happening: Happening,
  formats: ReadonlyMap<string, Format>,
  ctx: Ctx,
): Promise<string | null> => {
  if (channel.kind === 'slack') return slackBody(happening);
  if (channel.kind === 'email') return mailBody(happening);
  return (await formats.get(channel.format)?.bodyOf(happening, channel.formatOptions, ctx)) ?? null;
};

export const queuedDelivery = (
  channel: Pick<SavedChannel, 'id' | 'name' | 'kind' | 'project'>,
  { topic, event, summary }: Happening,
  more: { id: string; body: string; now: number },
): SavedDelivery => ({
  id: more.id,
  project: channel.project,
  channelId: channel.id,
  channelName: channel.name,
  kind: channel.kind,
  topic,
  subject: { type: event.subjectType, id: event.subjectId },
  summary: summary.slice(0, 1000),
  body: more.body,
  state: 'queued',
  attempts: 0,
  createdAt: more.now,
  nextAttemptAt: more.now,
  finishedAt: null,
  lastStatus: null,
  lastError: null,
  isTest: false,
  replayOf: null,
});

interface Match {
  topic: TopicName;
  /** Of `metric-condition`. */
  filter: string | null;
  key: string;
}

/** Turns an event into one delivery per channel that wants to be told of it; of met conditions, one each. */
export const createDispatch = (
  { database: { db }, changes, ids }: Platform,
  experiments: Pick<ExperimentsService, 'searchRuns'>,
  formats: ReadonlyMap<string, Format>,
) => {
  /** The run as it is now, when it matches. */
  const matching = async (ctx: Ctx, runId: string, text: string | undefined): Promise<Run | null> => {
    const read = text === undefined ? { filter: null } : parseFilter(text);
    const wanted = 'filter' in read ? read.filter : null;
    const isThis: Filter = { kind: 'compare', path: ['id'], operator: '=', value: runId };
    const filter = wanted === null ? isThis : { kind: 'and' as const, parts: [isThis, wanted] };
    const { items } = await experiments.searchRuns(ctx, { experiments: null, filter, view: 'all', limit: 1 });
    return items[0] ?? null;
  };

  const matchesOf = async (ctx: Ctx, channel: SavedChannel, event: Event, topics: readonly TopicName[]) => {
    const matches: Match[] = [];
    for (const [index, { topic, filter }] of channel.conditions.entries()) {
      if (!topics.includes(topic)) continue;
      const isMetric = topic === 'metric-condition' && filter !== undefined;
      // One telling per event, however many conditions hold; a met condition is another matter.
      if (!isMetric && matches.some((match) => match.filter === null)) continue;
      if (isMetric && (await hasFired(db, { channelId: channel.id, runId: event.subjectId, filter }))) continue;
      if (filter !== undefined && (await matching(ctx, event.subjectId, filter)) === null) continue;
      matches.push({ topic, filter: isMetric ? filter : null, key: isMetric ? `${index}` : 'event' });
    }
    return matches;
  };

  return async (event: Event): Promise<void> => {
    const project = event.project ?? '';
    const ctx = systemCtx('notifications', project, event.id);
    const topics = topicsOf(event);
    if (event.type === 'experiments.run-ended') topics.push('metric-condition');
    const channels = await channelsListeningTo(db, project, topics);
    const run =
      event.subjectType === 'run' && channels.length > 0 ? await matching(ctx, event.subjectId, undefined) : null;
    for (const channel of channels)
      for (const { topic, filter, key } of await matchesOf(ctx, channel, event, topics)) {
        const data =
          filter === null
            ? { ...event.data, ...(run ? { runName: run.name, experiment: run.experimentName } : {}) }
            : { filter, runName: run?.name ?? '', experiment: run?.experimentName ?? '', metrics: lastOf(run, filter) };
        const told = { ...event, data };
        const happening = { topic, event: told, summary: summaryOf(topic, told, run?.name) };
        const body = await bodyFor(channel, happening, formats, ctx);
        if (body === null) continue;
        await changes.change(ctx, async (change) => {
          if (
            filter !== null &&
            !(await noteFiring(change.db, { channelId: channel.id, runId: event.subjectId, filter, now: change.now }))
          )
            return;
          const delivery = queuedDelivery(channel, happening, { id: ids.next('dlv'), body, now: change.now });
          const isNew = await insertDelivery(change.db, delivery, `${event.id}/${channel.id}/${key}`);
          if (isNew) enqueueDelivery(change, delivery.id);
        });
      }
  };
};

/** The last values of the metrics that a filter names. */
const lastOf = (run: Run | null, filter: NonNullable<Condition['filter']>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(run?.metrics ?? {})
      .filter(([key]) => filter.includes(key))
      .slice(0, 50)
      .map(([key, { last }]) => [key, last]),
  );
