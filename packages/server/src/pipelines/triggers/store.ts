import type { Page, TriggerDecision } from '@millwright/contract';
import { type Db, decodeCursor, pageFrom } from '#platform/db';
import type { PipelinesTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<PipelinesTables>();

const toDecision = (row: PipelinesTables['pipeline_trigger_decisions']): TriggerDecision => ({
  id: row.id,
  pipelineId: row.pipeline_id,
  at: row.at,
  kind: row.kind,
  eventId: row.event_id,
  decision: row.decision,
  reason: row.reason,
  pipelineRunId: row.run_id,
});

/** `triggerKey`: the event, or the schedule and the instant it was due. One decision per pipeline and key. */
export const insertDecision = async (
  db: Db,
  project: string,
  triggerKey: string,
  decision: TriggerDecision,
): Promise<void> => {
  await tables(db)
    .insertInto('pipeline_trigger_decisions')
    .values({
      id: decision.id,
      project,
      pipeline_id: decision.pipelineId,
      trigger_key: triggerKey,
      at: decision.at,
      kind: decision.kind,
      event_id: decision.eventId,
      decision: decision.decision,
      reason: decision.reason,
      run_id: decision.pipelineRunId,
    })
    .execute();
};

export const isDecided = async (db: Db, project: string, pipelineId: string, triggerKey: string): Promise<boolean> =>
  (await tables(db)
    .selectFrom('pipeline_trigger_decisions')
    .select('id')
    .where('pipeline_id', '=', pipelineId)
    .where('project', '=', project)
    .where('trigger_key', '=', triggerKey)
    .executeTakeFirst()) !== undefined;

export const listDecisions = async (
  db: Db,
  project: string,
  pipelineId: string,
  filter: { limit?: number | undefined; cursor?: string | undefined },
): Promise<Page<TriggerDecision>> => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = tables(db)
    .selectFrom('pipeline_trigger_decisions')
    .selectAll()
    .where('pipeline_id', '=', pipelineId)
    .where('project', '=', project)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('id', '<', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toDecision);
};
