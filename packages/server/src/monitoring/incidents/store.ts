import type { Incident } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, pageFrom } from '#platform/db';
import type { MonitorTables } from '../tables.ts';
import type { IncidentRecord } from './incident.ts';

const tables = (db: Db) => db.withTables<MonitorTables>();

const toIncident = (row: MonitorTables['incidents']): IncidentRecord => ({
  id: row.id,
  endpointId: row.endpoint_id,
  kind: row.kind as Incident['kind'],
  severity: row.severity as Incident['severity'],
  state: row.state as Incident['state'],
  title: row.title,
  columns: decodeJson(row.columns),
  windows: Number(row.windows),
  firstWindow: Number(row.first_window),
  lastWindow: Number(row.last_window),
  openedAt: Number(row.opened_at),
  updatedAt: Number(row.updated_at),
  resolvedAt: row.resolved_at === null ? null : Number(row.resolved_at),
  log: decodeJson(row.log),
  quietWindows: Number(row.quiet_windows),
  series: Number(row.series),
});

const toRow = (project: string, incident: IncidentRecord): MonitorTables['incidents'] => ({
  id: incident.id,
  project,
  endpoint_id: incident.endpointId,
  kind: incident.kind,
  severity: incident.severity,
  state: incident.state,
  title: incident.title,
  columns: encodeJson(incident.columns),
  windows: incident.windows,
  first_window: incident.firstWindow,
  last_window: incident.lastWindow,
  opened_at: incident.openedAt,
  updated_at: incident.updatedAt,
  resolved_at: incident.resolvedAt,
  log: encodeJson(incident.log),
  quiet_windows: incident.quietWindows,
  series: incident.series,
  open_key: incident.state === 'resolved' ? incident.id : openKey(incident.endpointId, incident.kind),
});

const openKey = (endpointId: string, kind: Incident['kind']): string => `${endpointId}/${kind}`;

export const insertIncident = async (db: Db, project: string, incident: IncidentRecord): Promise<void> => {
  await tables(db).insertInto('incidents').values(toRow(project, incident)).execute();
};

export const updateIncident = async (db: Db, project: string, incident: IncidentRecord): Promise<void> => {
  const { id, ...values } = toRow(project, incident);
  await tables(db).updateTable('incidents').set(values).where('project', '=', project).where('id', '=', id).execute();
};

/** The incident of a cause that is not resolved. */
export const findOpen = async (db: Db, endpointId: string, kind: Incident['kind']): Promise<IncidentRecord | null> => {
  const row = await tables(db)
    .selectFrom('incidents')
    .selectAll()
    .where('open_key', '=', openKey(endpointId, kind))
    .executeTakeFirst();
  return row ? toIncident(row) : null;
};

export const findIncident = async (db: Db, project: string, id: string): Promise<IncidentRecord | undefined> => {
  const row = await tables(db)
    .selectFrom('incidents')
    .selectAll()
    .where('project', '=', project)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toIncident(row);
};

export const openSeverities = async (db: Db, endpointId: string): Promise<Incident['severity'][]> => {
  const rows = await tables(db)
    .selectFrom('incidents')
    .select('severity')
    .where('endpoint_id', '=', endpointId)
    .where('state', '<>', 'resolved')
    .execute();
  return rows.map((row) => row.severity as Incident['severity']);
};

export const listIncidents = async (
  db: Db,
  filter: {
    project: string;
    endpointId?: string | undefined;
    state?: Incident['state'] | undefined;
    limit?: number | undefined;
    cursor?: string | undefined;
  },
): Promise<{ items: IncidentRecord[]; nextCursor: string | null }> => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = tables(db).selectFrom('incidents').selectAll().where('project', '=', filter.project);
  if (filter.endpointId !== undefined) query = query.where('endpoint_id', '=', filter.endpointId);
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (after) query = query.where('id', '<', String(after[0]));
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return pageFrom(rows, limit, (row) => [row.id], toIncident);
};

export const incidentLabels = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('incidents')
    .select(['id', 'title'])
    .where('project', '=', project)
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, row.title]));
};
