import type { Channel, Condition, MailTarget, TopicName } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, pageFrom } from '#platform/db';
import type { NotificationTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<NotificationTables>();

/** A channel as it is kept: with its sealed secrets, and what its format needs. */
export interface SavedChannel extends Omit<Channel, 'hasSecret'> {
  project: string;
  formatOptions: Record<string, unknown>;
  /** Of a Slack webhook, whose address is its secret. */
  sealedUrl: string | null;
  sealedSecret: string | null;
}

const toChannel = (row: NotificationTables['notification_channels']): SavedChannel => {
  const target = decodeJson<{ url: string | null; mail: MailTarget | null }>(row.target);
  return {
    id: row.id,
    project: row.project,
    name: row.name,
    description: row.description,
    kind: row.kind as Channel['kind'],
    format: row.format,
    formatOptions: decodeJson(row.format_options),
    url: target.url,
    mail: target.mail,
    sealedUrl: row.sealed_url,
    sealedSecret: row.sealed_secret,
    status: row.status as Channel['status'],
    conditions: decodeJson<Condition[]>(row.conditions),
    createdBy: row.created_by,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
};

const toRow = (channel: SavedChannel): NotificationTables['notification_channels'] => ({
  id: channel.id,
  project: channel.project,
  name: channel.name,
  description: channel.description,
  kind: channel.kind,
  format: channel.format,
  format_options: encodeJson(channel.formatOptions),
  target: encodeJson({ url: channel.url, mail: channel.mail }),
  sealed_url: channel.sealedUrl,
  sealed_secret: channel.sealedSecret,
  status: channel.status,
  conditions: encodeJson(channel.conditions),
  created_by: channel.createdBy,
  created_at: channel.createdAt,
  updated_at: channel.updatedAt,
});

const removeTopics = async (db: Db, channelId: string): Promise<void> => {
  await tables(db).deleteFrom('notification_topics').where('channel_id', '=', channelId).execute();
};

/** Only what active channels listen to is looked at when something happens. */
const saveTopics = async (db: Db, { id, project, status, conditions }: SavedChannel): Promise<void> => {
  await removeTopics(db, id);
  const names = new Set(conditions.map(({ topic }) => topic));
  if (status !== 'active' || names.size === 0) return;
  await tables(db)
    .insertInto('notification_topics')
    .values([...names].map((topic) => ({ project, topic, channel_id: id })))
    .execute();
};

export const insertChannel = async (db: Db, channel: SavedChannel): Promise<void> => {
  await tables(db).insertInto('notification_channels').values(toRow(channel)).execute();
  await saveTopics(db, channel);
};

export const saveChannel = async (db: Db, channel: SavedChannel): Promise<void> => {
  const { id, ...values } = toRow(channel);
  await tables(db).updateTable('notification_channels').set(values).where('id', '=', id).execute();
  await saveTopics(db, channel);
};

/** Answers whether it was there. */
export const deleteChannel = async (db: Db, project: string, id: string): Promise<boolean> => {
  const row = await tables(db)
    .deleteFrom('notification_channels')
    .where('project', '=', project)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  await removeTopics(db, id);
  await tables(db).deleteFrom('notification_firings').where('channel_id', '=', id).execute();
  return row !== undefined;
};

export const findChannel = async (db: Db, project: string, id: string): Promise<SavedChannel | null> => {
  const row = await tables(db)
    .selectFrom('notification_channels')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? toChannel(row) : null;
};

export interface ChannelQuery {
  /** Default: all. */
  format?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

export const listChannels = async (db: Db, project: string, query: ChannelQuery) => {
  const limit = query.limit ?? 100;
  const after = decodeCursor(query.cursor);
  let rows = tables(db).selectFrom('notification_channels').selectAll().where('project', '=', project);
  if (query.format !== undefined) rows = rows.where('format', '=', query.format);
  if (after) rows = rows.where('id', '<', String(after[0]));
  const found = await rows
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return pageFrom(found, limit, (row) => [row.id], toChannel);
};

/** The active channels of a project that listen to one of the topics. */
export const channelsListeningTo = async (
  db: Db,
  project: string,
  topics: readonly TopicName[],
): Promise<SavedChannel[]> => {
  if (topics.length === 0) return [];
  const rows = await tables(db)
    .selectFrom('notification_channels')
    .selectAll()
    .where('id', 'in', (sub) =>
      sub
        .selectFrom('notification_topics')
        .select('channel_id')
        .where('project', '=', project)
        .where('topic', 'in', [...topics]),
    )
    .orderBy('id')
    .execute();
  return rows.map(toChannel);
};

/** Every topic that somebody listens to, with its project. */
export const listenedTopics = async (db: Db): Promise<{ project: string; topic: TopicName }[]> => {
  const rows = await tables(db).selectFrom('notification_topics').select(['project', 'topic']).distinct().execute();
  return rows.map(({ project, topic }) => ({ project, topic: topic as TopicName }));
};

/** Notes that a condition was met by a run. Answers false when it was noted before. */
export const noteFiring = async (
  db: Db,
  firing: { channelId: string; runId: string; filter: string; now: number },
): Promise<boolean> => {
  const row = await tables(db)
    .insertInto('notification_firings')
    .values({ channel_id: firing.channelId, run_id: firing.runId, filter: firing.filter, fired_at: firing.now })
    .onConflict((conflict) => conflict.columns(['channel_id', 'run_id', 'filter']).doNothing())
    .returning('run_id')
    .executeTakeFirst();
  return row !== undefined;
};

export const hasFired = async (
  db: Db,
  firing: { channelId: string; runId: string; filter: string },
): Promise<boolean> => {
  const row = await tables(db)
    .selectFrom('notification_firings')
    .select('run_id')
    .where('channel_id', '=', firing.channelId)
    .where('run_id', '=', firing.runId)
    .where('filter', '=', firing.filter)
    .executeTakeFirst();
  return row !== undefined;
};
