import type {
  ApprovalComment,
  ApprovalVote,
  ApprovingRole,
  ModelStage,
  Page,
  RequestState,
} from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, isAmong, pageFrom } from '#platform/db';
import { tables } from '../store.ts';
import type { RegistryTables } from '../tables.ts';

export interface SavedRequest {
  id: string;
  project: string;
  modelId: string;
  modelVersionId: string;
  alias: string | null;
  stage: ModelStage | null;
  digest: string | null;
  boundTo: string;
  reason: string;
  requestedBy: string;
  requestedById: string;
  requestedAt: number;
  expiresAt: number;
  state: RequestState;
  closedBy: string | null;
  closedAt: number | null;
  closedReason: string;
}
export interface SavedVote {
  voterId: string;
  voter: string;
  decision: ApprovalVote['decision'];
  reason: string;
  at: number;
  roles: ApprovingRole[];
}
type Row = RegistryTables['approval_requests'];

const toRequest = (row: Row): SavedRequest => ({
  id: row.id,
  project: row.project,
  modelId: row.model_id,
  modelVersionId: row.version_id,
  alias: row.alias,
  stage: row.stage,
  digest: row.digest,
  boundTo: row.bound_to,
  reason: row.reason,
  requestedBy: row.requested_by,
  requestedById: row.requested_by_id,
  requestedAt: row.requested_at,
  expiresAt: row.expires_at,
  state: row.state,
  closedBy: row.closed_by,
  closedAt: row.closed_at,
  closedReason: row.closed_reason,
});

export const insertRequest = async (db: Db, request: SavedRequest): Promise<void> => {
  await tables(db)
    .insertInto('approval_requests')
    .values({
      id: request.id,
      project: request.project,
      model_id: request.modelId,
      version_id: request.modelVersionId,
      alias: request.alias,
      stage: request.stage,
      digest: request.digest,
      bound_to: request.boundTo,
      reason: request.reason,
      requested_by: request.requestedBy,
      requested_by_id: request.requestedById,
      requested_at: request.requestedAt,
      expires_at: request.expiresAt,
      state: request.state,
      closed_by: request.closedBy,
      closed_at: request.closedAt,
      closed_reason: request.closedReason,
    })
    .execute();
};

const all = (db: Db, project: string) =>
  tables(db).selectFrom('approval_requests').selectAll().where('project', '=', project);

export const findRequest = async (db: Db, project: string, id: string): Promise<SavedRequest | null> => {
  const row = await all(db, project).where('id', '=', id).executeTakeFirst();
  return row ? toRequest(row) : null;
};

export const openRequests = async (db: Db, project: string, versionId: string): Promise<SavedRequest[]> => {
  const rows = await all(db, project)
    .where('version_id', '=', versionId)
    .where('state', '=', 'open')
    .orderBy('id')
    .execute();
  return rows.map(toRequest);
};

export interface RequestQuery {
  state?: RequestState | undefined;
  modelId?: string | undefined;
  modelVersion?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** The newest first. */
export const listRequests = async (
  db: Db,
  project: string,
  { state, modelId, modelVersion, limit = 100, cursor }: RequestQuery,
): Promise<Page<SavedRequest>> => {
  let query = all(db, project)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  const after = decodeCursor(cursor);
  if (after) query = query.where('id', '<', String(after[0]));
  if (state !== undefined) query = query.where('state', '=', state);
  if (modelId !== undefined) query = query.where('model_id', '=', modelId);
  if (modelVersion !== undefined) query = query.where('version_id', '=', modelVersion);
  return pageFrom(await query.execute(), limit, (row) => [row.id], toRequest);
};

/** Only once: answers whether it was open. */
export const closeRequest = async (
  db: Db,
  id: string,
  closed: { state: RequestState; by: string; at: number; reason: string },
): Promise<boolean> => {
  const done = await tables(db)
    .updateTable('approval_requests')
    .set({ state: closed.state, closed_by: closed.by, closed_at: closed.at, closed_reason: closed.reason })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return Number(done.numUpdatedRows) > 0;
};

/** Of all projects, those whose time is over. */
export const overdueRequests = async (db: Db, now: number, limit: number): Promise<SavedRequest[]> => {
  const rows = await tables(db)
    .selectFrom('approval_requests')
    .selectAll()
    .where('state', '=', 'open')
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(limit)
    .execute();
  return rows.map(toRequest);
};

export const insertVote = async (db: Db, requestId: string, vote: SavedVote): Promise<void> => {
  await tables(db)
    .insertInto('approval_votes')
    .values({
      request_id: requestId,
      voter_id: vote.voterId,
      voter: vote.voter,
      decision: vote.decision,
      reason: vote.reason,
      roles: encodeJson(vote.roles),
      voted_at: vote.at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['request_id', 'voter_id'])
        .doUpdateSet({ decision: vote.decision, reason: vote.reason, voted_at: vote.at }),
    )
    .execute();
};

/** In the order in which they were given, by request. */
export const votesOf = async (db: Db, requestIds: readonly string[]): Promise<Map<string, SavedVote[]>> => {
  if (requestIds.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('approval_votes')
    .selectAll()
    .where(isAmong(db, 'request_id', requestIds))
    .orderBy('voted_at')
    .execute();
  const votes = rows.map((row): [string, SavedVote] => [
    row.request_id,
    {
      voterId: row.voter_id,
      voter: row.voter,
      decision: row.decision,
      reason: row.reason,
      at: row.voted_at,
      roles: decodeJson(row.roles),
    },
  ]);
  const grouped = Map.groupBy(votes, ([id]) => id);
  return new Map([...grouped].map(([id, entries]) => [id, entries.map(([, vote]) => vote)]));
};

export const insertComment = async (
  db: Db,
  requestId: string,
  { id, by, at, text, byId }: ApprovalComment & { byId: string },
): Promise<void> => {
  await tables(db)
    .insertInto('approval_comments')
    .values({ id, request_id: requestId, author: by, author_id: byId, body: text, written_at: at })
    .execute();
};

export const commentsOf = async (db: Db, requestId: string): Promise<ApprovalComment[]> => {
  const rows = await tables(db)
    .selectFrom('approval_comments')
    .selectAll()
    .where('request_id', '=', requestId)
    .orderBy('id')
    .limit(1000)
    .execute();
  return rows.map(({ id, author, written_at, body }) => ({ id, by: author, at: written_at, text: body }));
};
