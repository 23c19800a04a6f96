import type { Event, EventType } from '@millwright/contract';
import { advanceHead } from '#platform/audit';
import { type Db, decodeCursor, decodeJson, encodeJson, insertRows, pageFrom } from '#platform/db';

type EventTables = {
  events: {
    seq: number;
    id: string;
    type: string;
    project: string | null;
    at: number;
    subject_type: string;
    subject_id: string;
    data: string;
  };
};
const tables = (db: Db) => db.withTables<EventTables>();

const columns = {
  seq: 'integer',
  id: 'text',
  type: 'text',
  project: 'text',
  at: 'integer',
  subject_type: 'text',
  subject_id: 'text',
  data: 'text',
} as const;
const names = Object.keys(columns) as (keyof typeof columns)[];

export interface NewEvent {
  id: string;
  type: EventType;
  project: string | null;
  at: number;
  subjectType: string;
  subjectId: string;
  data: Record<string, unknown>;
}

/** Numbers are given under a lock held until commit: who has read up to n has missed nothing below n. */
export const appendEvents = async (db: Db, events: readonly NewEvent[]): Promise<void> => {
  const { seq: last } = await advanceHead(db, 'events', events.length);
  const rows = events.map((event, index) => ({
    seq: last - events.length + index + 1,
    id: event.id,
    type: event.type,
    project: event.project,
    at: event.at,
    subject_type: event.subjectType,
    subject_id: event.subjectId,
    data: encodeJson(event.data),
  }));
  await insertRows(db, 'events', columns, rows);
};

const toEvent = (row: EventTables['events']): Event => ({
  id: row.id,
  seq: row.seq,
  type: row.type,
  project: row.project,
  at: row.at,
  subjectType: row.subject_type,
  subjectId: row.subject_id,
  data: decodeJson(row.data),
});

export const readEvents = async (db: Db, afterSeq: number, limit: number): Promise<Event[]> =>
  (
    await tables(db)
      .selectFrom('events')
      .select(names)
      .where('seq', '>', afterSeq)
      .orderBy('seq')
      .limit(limit)
      .execute()
  ).map(toEvent);

export const findEventById = async (db: Db, id: string): Promise<Event | null> => {
  const row = await tables(db).selectFrom('events').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toEvent(row) : null;
};

export const lastSeq = async (db: Db): Promise<number> => {
  const row = await tables(db)
    .selectFrom('events')
    .select((e) => e.fn.max('seq').as('seq'))
    .executeTakeFirst();
  return Number(row?.seq ?? 0);
};

export const listEvents = async (
  db: Db,
  filter: { project: string; type?: string | undefined; limit?: number | undefined; cursor?: string | undefined },
) => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = tables(db)
    .selectFrom('events')
    .selectAll()
    .where('project', '=', filter.project)
    .orderBy('seq', 'desc')
    .limit(limit + 1);
  if (filter.type !== undefined) query = query.where('type', '=', filter.type);
  if (after) query = query.where('seq', '<', Number(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.seq], toEvent);
};

const rowsPerDelete = 2000;

/** Deletes the oldest events of a type; answers whether there may be more of them. */
export const deleteEventsBefore = async (db: Db, type: EventType, before: number): Promise<boolean> => {
  const oldest = await tables(db)
    .selectFrom('events')
    .select(['seq', 'at'])
    .where('type', '=', type)
    .orderBy('seq')
    .limit(rowsPerDelete)
    .execute();
  const old = oldest.filter((event) => event.at < before);
  const last = old.at(-1);
  if (last) await tables(db).deleteFrom('events').where('type', '=', type).where('seq', '<=', last.seq).execute();
  return old.length === rowsPerDelete;
};
