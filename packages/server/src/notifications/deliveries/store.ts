import type { Delivery, DeliveryAttempt, TopicName } from '@millwright/contract';
import { type Db, decodeCursor, pageFrom } from '#platform/db';
import type { NotificationTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<NotificationTables>();

export interface SavedDelivery extends Delivery {
  project: string;
  body: string;
}

const toDelivery = (row: NotificationTables['notification_deliveries']): SavedDelivery => ({
  id: row.id,
  project: row.project,
  channelId: row.channel_id,
  channelName: row.channel_name,
  kind: row.kind as Delivery['kind'],
  topic: row.topic as TopicName,
  subject: { type: row.subject_type, id: row.subject_id },
  summary: row.summary,
  body: row.body,
  state: row.state as Delivery['state'],
  attempts: Number(row.attempts),
  createdAt: Number(row.created_at),
  nextAttemptAt: row.next_attempt_at === null ? null : Number(row.next_attempt_at),
  finishedAt: row.finished_at === null ? null : Number(row.finished_at),
  lastStatus: row.last_status === null ? null : Number(row.last_status),
  lastError: row.last_error,
  isTest: Number(row.is_test) === 1,
  replayOf: row.replay_of,
});

/** `originKey`: what happened and for whom; a second delivery with it is not made. Answers whether this one was. */
export const insertDelivery = async (db: Db, delivery: SavedDelivery, originKey: string): Promise<boolean> => {
  const row = await tables(db)
    .insertInto('notification_deliveries')
    .values({
      id: delivery.id,
      project: delivery.project,
      channel_id: delivery.channelId,
      channel_name: delivery.channelName,
      kind: delivery.kind,
      topic: delivery.topic,
      subject_type: delivery.subject.type,
      subject_id: delivery.subject.id,
      summary: delivery.summary,
      body: delivery.body,
      origin_key: originKey,
      state: delivery.state,
      attempts: delivery.attempts,
      created_at: delivery.createdAt,
      next_attempt_at: delivery.nextAttemptAt,
      finished_at: delivery.finishedAt,
      last_status: delivery.lastStatus,
      last_error: delivery.lastError,
      is_test: delivery.isTest ? 1 : 0,
      replay_of: delivery.replayOf,
    })
    .onConflict((conflict) => conflict.column('origin_key').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

export const findDelivery = async (db: Db, project: string, id: string): Promise<SavedDelivery | null> => {
  const row = await tables(db)
    .selectFrom('notification_deliveries')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? toDelivery(row) : null;
};

export interface Outcome {
  state: Delivery['state'];
  attempts: number;
  nextAttemptAt: number | null;
  finishedAt: number | null;
  lastStatus: number | null;
  lastError: string | null;
}

export const saveOutcome = async (db: Db, id: string, outcome: Outcome): Promise<void> => {
  await tables(db)
    .updateTable('notification_deliveries')
    .set({
      state: outcome.state,
      attempts: outcome.attempts,
      next_attempt_at: outcome.nextAttemptAt,
      finished_at: outcome.finishedAt,
      last_status: outcome.lastStatus,
      last_error: outcome.lastError,
    })
    .where('id', '=', id)
    .execute();
};

export const insertAttempt = async (db: Db, deliveryId: string, attempt: DeliveryAttempt): Promise<void> => {
  await tables(db)
    .insertInto('notification_attempts')
    .values({
      delivery_id: deliveryId,
      number: attempt.number,
      at: attempt.at,
      duration_ms: attempt.durationMs,
      status: attempt.status,
      error: attempt.error,
      excerpt: attempt.excerpt,
    })
    .execute();
};

export const listAttempts = async (db: Db, deliveryId: string): Promise<DeliveryAttempt[]> =>
  (
    await tables(db)
      .selectFrom('notification_attempts')
      .selectAll()
      .where('delivery_id', '=', deliveryId)
      .orderBy('number')
      .execute()
  ).map((row) => ({
    number: Number(row.number),
    at: Number(row.at),
    durationMs: Number(row.duration_ms),
    status: row.status === null ? null : Number(row.status),
    error: row.error,
    excerpt: row.excerpt,
  }));

export interface DeliveryQuery {
  channel?: string | undefined;
  state?: Delivery['state'] | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

export const listDeliveries = async (db: Db, project: string, query: DeliveryQuery) => {
  const limit = query.limit ?? 100;
  const after = decodeCursor(query.cursor);
  let rows = tables(db).selectFrom('notification_deliveries').selectAll().where('project', '=', project);
  if (query.channel !== undefined) rows = rows.where('channel_id', '=', query.channel);
  if (query.state !== undefined) rows = rows.where('state', '=', query.state);
  if (after) rows = rows.where('id', '<', String(after[0]));
  const found = await rows
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return pageFrom(found, limit, (row) => [row.id], toDelivery);
};

export const purgeDeliveries = async (db: Db, finishedBefore: number): Promise<void> => {
  await tables(db)
    .deleteFrom('notification_attempts')
    .where('delivery_id', 'in', (sub) =>
      sub.selectFrom('notification_deliveries').select('id').where('finished_at', '<', finishedBefore),
    )
    .execute();
  await tables(db).deleteFrom('notification_deliveries').where('finished_at', '<', finishedBefore).execute();
};
