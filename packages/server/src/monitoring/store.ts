import type { ColumnDrift, MonitorSettings, Performance, Window } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, pageFrom } from '#platform/db';
import { completeSettings, type Settings } from './settings.ts';
import type { MonitorTables } from './tables.ts';

const tables = (db: Db) => db.withTables<MonitorTables>();

export interface MonitorState {
  endpointId: string;
  project: string;
  enabled: boolean;
  settings: Settings;
  nextRow: number;
  nextNumber: number;
  series: number;
  seriesVersionId: string;
  droppedSeen: number;
  droppedWindowed: number;
  captureTurn: number;
  labelTurn: number;
  olderTurn: number;
  updatedAt: number;
}

const toMonitor = (row: MonitorTables['monitors']): MonitorState => ({
  endpointId: row.endpoint_id,
  project: row.project,
  enabled: Number(row.enabled) === 1,
  settings: completeSettings(decodeJson<MonitorSettings>(row.settings)),
  nextRow: Number(row.next_row),
  nextNumber: Number(row.next_number),
  series: Number(row.series),
  seriesVersionId: row.series_version_id,
  droppedSeen: Number(row.dropped_seen),
  droppedWindowed: Number(row.dropped_windowed),
  captureTurn: Number(row.capture_turn),
  labelTurn: Number(row.label_turn),
  olderTurn: Number(row.older_turn),
  updatedAt: Number(row.updated_at),
});

/** False when there is one already. */
export const insertMonitor = async (
  db: Db,
  monitor: { endpointId: string; project: string; settings: MonitorSettings; seriesVersionId: string; now: number },
): Promise<boolean> => {
  const inserted = await tables(db)
    .insertInto('monitors')
    .values({
      endpoint_id: monitor.endpointId,
      project: monitor.project,
      enabled: 1,
      settings: encodeJson(monitor.settings),
      next_row: 0,
      next_number: 1,
      series: 1,
      series_version_id: monitor.seriesVersionId,
      dropped_seen: 0,
      dropped_windowed: 0,
      capture_turn: 0,
      label_turn: 0,
      older_turn: 0,
      created_at: monitor.now,
      updated_at: monitor.now,
    })
    .onConflict((conflict) => conflict.column('endpoint_id').doNothing())
    .returning('endpoint_id')
    .executeTakeFirst();
  return inserted !== undefined;
};

export const findMonitor = async (db: Db, endpointId: string): Promise<MonitorState | undefined> => {
  const row = await tables(db)
    .selectFrom('monitors')
    .selectAll()
    .where('endpoint_id', '=', endpointId)
    .executeTakeFirst();
  return row && toMonitor(row);
};

/** Reads the monitor and keeps every other change of it waiting until this one is over. */
export const lockMonitor = async (db: Db, endpointId: string): Promise<MonitorState> =>
  toMonitor(
    await tables(db)
      .updateTable('monitors')
      .set((e) => ({ updated_at: e.ref('updated_at') }))
      .where('endpoint_id', '=', endpointId)
      .returningAll()
      .executeTakeFirstOrThrow(),
  );

export type Turn = 'capture_turn' | 'label_turn' | 'older_turn';

export const beginTurn = async (db: Db, endpointId: string, turn: Turn): Promise<void> => {
  await tables(db)
    .updateTable('monitors')
    .set((e) => ({ [turn]: e(turn, '+', 1) }))
    .where('endpoint_id', '=', endpointId)
    .execute();
};

type Movable = Pick<MonitorState, 'enabled' | 'settings' | 'nextRow' | 'nextNumber' | 'series' | 'seriesVersionId'> &
  Pick<MonitorState, 'droppedSeen' | 'droppedWindowed' | 'updatedAt'>;

export const updateMonitor = async (db: Db, endpointId: string, set: Partial<Movable>): Promise<void> => {
  const values = {
    enabled: set.enabled === undefined ? undefined : Number(set.enabled),
    settings: set.settings === undefined ? undefined : encodeJson(set.settings),
    next_row: set.nextRow,
    next_number: set.nextNumber,
    series: set.series,
    series_version_id: set.seriesVersionId,
    dropped_seen: set.droppedSeen,
    dropped_windowed: set.droppedWindowed,
    updated_at: set.updatedAt,
  };
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  await tables(db).updateTable('monitors').set(given).where('endpoint_id', '=', endpointId).execute();
};

export interface WindowRecord extends Omit<Window, 'rows'> {
  series: number;
  fromRow: number;
  toRow: number;
  asOf: number;
  announced: boolean;
}

const toWindow = (row: MonitorTables['monitor_windows']): WindowRecord => ({
  id: row.id,
  endpointId: row.endpoint_id,
  number: Number(row.number),
  series: Number(row.series),
  fromRow: Number(row.from_row),
  toRow: Number(row.to_row),
  startAt: Number(row.start_at),
  endAt: Number(row.end_at),
  modelVersionId: row.model_version_id,
  modelVersion: Number(row.model_version),
  failures: Number(row.failures),
  dropped: Number(row.dropped),
  columns: decodeJson<ColumnDrift[]>(row.columns),
  performance: decodeJson<Performance>(row.performance),
  asOf: Number(row.as_of),
  announced: Number(row.announced) === 1,
});

const isComplete = (performance: Performance): boolean => performance.coverage >= 1;

export const insertWindow = async (db: Db, project: string, window: WindowRecord): Promise<void> => {
  await tables(db)
    .insertInto('monitor_windows')
    .values({
      id: window.id,
      project,
      endpoint_id: window.endpointId,
      number: window.number,
      series: window.series,
      from_row: window.fromRow,
      to_row: window.toRow,
      start_at: window.startAt,
      end_at: window.endAt,
      model_version_id: window.modelVersionId,
      model_version: window.modelVersion,
      failures: window.failures,
      dropped: window.dropped,
      columns: encodeJson(window.columns),
      performance: encodeJson(window.performance),
      as_of: window.asOf,
      complete: Number(isComplete(window.performance)),
      announced: 0,
    })
    .execute();
};

export const listWindows = async (
  db: Db,
  endpointId: string,
  query: { limit?: number | undefined; cursor?: string | undefined },
): Promise<{ items: WindowRecord[]; nextCursor: string | null }> => {
  const limit = query.limit ?? 100;
  const after = decodeCursor(query.cursor);
  let select = tables(db).selectFrom('monitor_windows').selectAll().where('endpoint_id', '=', endpointId);
  if (after) select = select.where('number', '<', Number(after[0]));
  const rows = await select
    .orderBy('number', 'desc')
    .limit(limit + 1)
    .execute();
  return pageFrom(rows, limit, (row) => [Number(row.number)], toWindow);
};

export const findWindow = async (db: Db, project: string, id: string): Promise<WindowRecord | undefined> => {
  const row = await tables(db)
    .selectFrom('monitor_windows')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toWindow(row);
};

export const windowLabels = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('monitor_windows')
    .select(['id', 'number'])
    .where('project', '=', project)
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, `Window ${Number(row.number)}`]));
};

/** The newest windows of a series, oldest first. */
export const newestOfSeries = async (
  db: Db,
  endpointId: string,
  series: number,
  limit: number,
): Promise<WindowRecord[]> => {
  const rows = await tables(db)
    .selectFrom('monitor_windows')
    .selectAll()
    .where('endpoint_id', '=', endpointId)
    .where('series', '=', series)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.reverse().map(toWindow);
};

export type SeriesWindow = Pick<
  WindowRecord,
  'id' | 'number' | 'modelVersionId' | 'modelVersion' | 'performance' | 'announced'
>;

/** Like `newestOfSeries`, without the columns: they are most of a window. */
export const performanceOfSeries = async (
  db: Db,
  endpointId: string,
  series: number,
  limit: number,
): Promise<SeriesWindow[]> => {
  const rows = await tables(db)
    .selectFrom('monitor_windows')
    .select(['id', 'number', 'model_version_id', 'model_version', 'performance', 'announced'])
    .where('endpoint_id', '=', endpointId)
    .where('series', '=', series)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.reverse().map((row) => ({
    id: row.id,
    number: Number(row.number),
    modelVersionId: row.model_version_id,
    modelVersion: Number(row.model_version),
    performance: decodeJson<Performance>(row.performance),
    announced: Number(row.announced) === 1,
  }));
};

export interface WaitingWindow
  extends Pick<WindowRecord, 'id' | 'number' | 'series' | 'modelVersionId' | 'performance'> {
  fromRow: number;
  toRow: number;
}

/** Windows after number `after` that lack labels, newest first. */
export const windowsWaiting = async (db: Db, endpointId: string, after: number): Promise<WaitingWindow[]> => {
  const rows = await tables(db)
    .selectFrom('monitor_windows')
    .select(['id', 'number', 'series', 'model_version_id', 'performance', 'from_row', 'to_row'])
    .where('endpoint_id', '=', endpointId)
    .where('number', '>', after)
    .where('complete', '=', 0)
    .orderBy('number', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    number: Number(row.number),
    series: Number(row.series),
    modelVersionId: row.model_version_id,
    performance: decodeJson<Performance>(row.performance),
    fromRow: Number(row.from_row),
    toRow: Number(row.to_row),
  }));
};

/** False when a later reading of the labels has been written already. */
export const restateWindow = async (db: Db, id: string, performance: Performance): Promise<boolean> => {
  const row = await tables(db)
    .updateTable('monitor_windows')
    .set({
      performance: encodeJson(performance),
      as_of: performance.asOf,
      complete: Number(isComplete(performance)),
    })
    .where('id', '=', id)
    .where('as_of', '<=', performance.asOf)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

export const markAnnounced = async (db: Db, id: string): Promise<void> => {
  await tables(db).updateTable('monitor_windows').set({ announced: 1 }).where('id', '=', id).execute();
};
