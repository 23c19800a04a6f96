import { type Db, decodeCursor, pageFrom } from '#platform/db';
import type { EndpointRow, ServingTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<ServingTables>();

export const insertEndpoint = async (db: Db, row: EndpointRow): Promise<void> => {
  await tables(db).insertInto('endpoints').values(row).execute();
};

export const findEndpoint = async (db: Db, project: string, ref: string): Promise<EndpointRow | undefined> => {
  return tables(db)
    .selectFrom('endpoints')
    .selectAll()
    .where('project', '=', project)
    .where((e) => e.or([e('id', '=', ref), e('name', '=', ref)]))
    .executeTakeFirst();
};

/** Of whatever project: for background work and stages behind serving, which know the id from an event. */
export const findEndpointById = async (db: Db, id: string): Promise<EndpointRow | undefined> => {
  return tables(db).selectFrom('endpoints').selectAll().where('id', '=', id).executeTakeFirst();
};

export const allEndpoints = async (db: Db): Promise<EndpointRow[]> =>
  tables(db).selectFrom('endpoints').selectAll().orderBy('id').execute();

export const endpointsOfModel = async (db: Db, modelId: string): Promise<EndpointRow[]> =>
  tables(db).selectFrom('endpoints').selectAll().where('model_id', '=', modelId).execute();

export const listEndpoints = async (
  db: Db,
  filter: { project: string; limit?: number | undefined; cursor?: string | undefined },
) => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = tables(db)
    .selectFrom('endpoints')
    .selectAll()
    .where('project', '=', filter.project)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('id', '<', String(after[0]));
  return pageFrom(
    await query.execute(),
    limit,
    (row) => [row.id],
    (row) => row,
  );
};

export const endpointNames = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('endpoints')
    .select(['id', 'name'])
    .where('project', '=', project)
    .where('id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
};

/** False when the champion is no longer the one this was decided on. */
export const setChampion = async (
  db: Db,
  id: string,
  move: { from: string; to: string; previous: string | null; now: number },
): Promise<boolean> => {
  const row = await tables(db)
    .updateTable('endpoints')
    .set({ champion_version_id: move.to, previous_version_id: move.previous, updated_at: move.now })
    .where('id', '=', id)
    .where('champion_version_id', '=', move.from)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

/** False when another rollout has begun or ended meanwhile. */
export const setRollout = async (
  db: Db,
  id: string,
  move: { from: string | null; to: string | null; now: number },
): Promise<boolean> => {
  const row = await tables(db)
    .updateTable('endpoints')
    .set({ rollout_id: move.to, updated_at: move.now })
    .where('id', '=', id)
    .where('rollout_id', move.from === null ? 'is' : '=', move.from)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

/** Begins an evaluation: whatever is committed after this asks for another one. */
export const beginEvaluation = async (db: Db, id: string): Promise<void> => {
  await tables(db)
    .updateTable('endpoints')
    .set((e) => ({ evaluation_turn: e('evaluation_turn', '+', 1) }))
    .where('id', '=', id)
    .execute();
};
