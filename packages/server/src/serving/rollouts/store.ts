import type { Rollout } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, pageFrom } from '#platform/db';
import type { ServingTables } from '../tables.ts';
import type { Policy, Progress } from './rollout.ts';

type Row = ServingTables['rollouts'];
const tables = (db: Db) => db.withTables<ServingTables>();
const active: Rollout['state'][] = ['running', 'paused'];

/** A rollout as it is kept. */
export interface StoredRollout extends Progress {
  id: string;
  project: string;
  endpointId: string;
  endpointName: string;
  policy: Policy;
  decisions: Rollout['decisions'];
  reason: string;
  /** Captured rows [firstRow, rowCursor) were joined with labels up to `labelCursor`. */
  firstRow: number;
  rowCursor: number;
  labelCursor: number;
  /** Raised by every change; a change that was decided on an older one is refused. */
  revision: number;
  pipelineRunId: string | null;
  startedAt: number;
  endedAt: number | null;
}

const toRollout = (row: Row & { endpoint_name: string }): StoredRollout => ({
  id: row.id,
  project: row.project,
  endpointId: row.endpoint_id,
  endpointName: row.endpoint_name,
  state: row.state,
  policy: decodeJson(row.policy),
  stepIndex: Number(row.step_index),
  weight: Number(row.weight),
  champion: decodeJson(row.champion),
  challenger: decodeJson(row.challenger),
  test: decodeJson(row.test),
  decisions: decodeJson(row.decisions),
  reason: row.reason,
  firstRow: Number(row.first_row),
  rowCursor: Number(row.row_cursor),
  labelCursor: Number(row.label_cursor),
  revision: Number(row.revision),
  pipelineRunId: row.pipeline_run_id,
  startedAt: Number(row.started_at),
  endedAt: row.ended_at === null ? null : Number(row.ended_at),
});

const rollouts = (db: Db) =>
  tables(db)
    .selectFrom('rollouts')
    .innerJoin('endpoints', 'endpoints.id', 'rollouts.endpoint_id')
    .selectAll('rollouts')
    .select('endpoints.name as endpoint_name');

export const findRollout = async (db: Db, project: string, id: string): Promise<StoredRollout | undefined> => {
  const row = await rollouts(db)
    .where('rollouts.project', '=', project)
    .where('rollouts.id', '=', id)
    .executeTakeFirst();
  return row && toRollout(row);
};

export const findByOrigin = async (db: Db, project: string, originKey: string): Promise<StoredRollout | undefined> => {
  const row = await rollouts(db)
    .where('rollouts.project', '=', project)
    .where('rollouts.origin_key', '=', originKey)
    .executeTakeFirst();
  return row && toRollout(row);
};

/** Running or paused, of whatever project: ids come from the endpoint's row. */
export const findActive = async (db: Db, id: string): Promise<StoredRollout | undefined> => {
  const row = await rollouts(db).where('rollouts.id', '=', id).where('rollouts.state', 'in', active).executeTakeFirst();
  return row && toRollout(row);
};

/** What the router needs of a running or paused rollout. */
export const findRunning = (db: Db, id: string) =>
  tables(db)
    .selectFrom('rollouts')
    .select(['id', 'challenger_version_id', 'weight'])
    .where('id', '=', id)
    .where('state', 'in', active)
    .executeTakeFirst();

export const listRollouts = async (
  db: Db,
  filter: { project: string; endpointId: string | null; limit?: number | undefined; cursor?: string | undefined },
) => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = rollouts(db)
    .where('rollouts.project', '=', filter.project)
    .orderBy('rollouts.id', 'desc')
    .limit(limit + 1);
  if (filter.endpointId !== null) query = query.where('rollouts.endpoint_id', '=', filter.endpointId);
  if (after) query = query.where('rollouts.id', '<', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toRollout);
};

export const insertRollout = async (db: Db, rollout: StoredRollout, originKey: string | null): Promise<void> => {
  await tables(db)
    .insertInto('rollouts')
    .values({
      id: rollout.id,
      project: rollout.project,
      endpoint_id: rollout.endpointId,
      champion_version_id: rollout.champion.modelVersionId,
      challenger_version_id: rollout.challenger.modelVersionId,
      first_row: rollout.firstRow,
      pipeline_run_id: rollout.pipelineRunId,
      origin_key: originKey,
      started_at: rollout.startedAt,
      ...changeable(rollout),
    })
    .execute();
};

const changeable = (rollout: StoredRollout) => ({
  state: rollout.state,
  policy: encodeJson(rollout.policy),
  step_index: rollout.stepIndex,
  weight: rollout.weight,
  champion: encodeJson(rollout.champion),
  challenger: encodeJson(rollout.challenger),
  test: encodeJson(rollout.test),
  decisions: encodeJson(rollout.decisions),
  reason: rollout.reason,
  row_cursor: rollout.rowCursor,
  label_cursor: rollout.labelCursor,
  revision: rollout.revision,
  ended_at: rollout.endedAt,
});

/** False when it was changed since it was read at `revision`. */
export const updateRollout = async (db: Db, rollout: StoredRollout): Promise<boolean> => {
  const row = await tables(db)
    .updateTable('rollouts')
    .set(changeable({ ...rollout, revision: rollout.revision + 1 }))
    .where('id', '=', rollout.id)
    .where('revision', '=', rollout.revision)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

export const rolloutNames = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map();
  const rows = await rollouts(db)
    .where('rollouts.project', '=', project)
    .where('rollouts.id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, `${row.endpoint_name} to version ${toRollout(row).challenger.number}`]));
};
