import type { Page, Pipeline, PipelineSpec } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, isAmong, pageFrom, sql } from '#platform/db';
import type { PipelinesTables } from './tables.ts';

const tables = (db: Db) => db.withTables<PipelinesTables>();

/** A pipeline as stored: without what its schedules and runs say about it. */
export type SavedPipeline = Omit<Pipeline, 'nextRunAt' | 'lastRun'>;

const toPipeline = (row: PipelinesTables['pipelines'] & { spec: string }): SavedPipeline => ({
  id: row.id,
  name: row.name,
  description: row.description,
  revision: row.revision,
  spec: decodeJson<PipelineSpec>(row.spec),
  enabled: row.enabled === 1,
  owner: row.owner,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
const withSpec = (db: Db, project: string) =>
  tables(db)
    .selectFrom('pipelines')
    .innerJoin('pipeline_revisions', (join) =>
      join
        .onRef('pipeline_revisions.pipeline_id', '=', 'pipelines.id')
        .onRef('pipeline_revisions.revision', '=', 'pipelines.revision'),
    )
    .selectAll('pipelines')
    .select('pipeline_revisions.spec')
    .where('pipelines.project', '=', project);

export const findPipeline = async (db: Db, project: string, ref: string): Promise<SavedPipeline | null> => {
  const row = await withSpec(db, project)
    .where((e) => e.or([e('pipelines.id', '=', ref), e('pipelines.name', '=', ref)]))
    .executeTakeFirst();
  return row ? toPipeline(row) : null;
};

export const listPipelines = async (
  db: Db,
  project: string,
  filter: { limit?: number | undefined; cursor?: string | undefined },
): Promise<Page<SavedPipeline>> => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = withSpec(db, project)
    .orderBy('pipelines.id', 'desc')
    .limit(limit + 1);
  if (after) query = query.where('pipelines.id', '<', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toPipeline);
};

/** Whoever saves, starts or decides about a pipeline holds its row until the end of the transaction: one at a time. */
export const lockPipeline = async (db: Db, project: string, id: string): Promise<SavedPipeline | null> => {
  const row = await tables(db)
    .updateTable('pipelines')
    .set({ run_count: sql`run_count` as never })
    .where('id', '=', id)
    .where('project', '=', project)
    .returning('id')
    .executeTakeFirst();
  return row ? findPipeline(db, project, id) : null;
};

export const insertPipeline = async (db: Db, project: string, pipeline: SavedPipeline): Promise<void> => {
  await tables(db)
    .insertInto('pipelines')
    .values({
      id: pipeline.id,
      project,
      name: pipeline.name,
      description: pipeline.description,
      revision: pipeline.revision,
      enabled: pipeline.enabled ? 1 : 0,
      owner: pipeline.owner,
      run_count: 0,
      created_at: pipeline.createdAt,
      updated_at: pipeline.updatedAt,
    })
    .execute();
};

export const updatePipeline = async (db: Db, project: string, pipeline: SavedPipeline): Promise<void> => {
  await tables(db)
    .updateTable('pipelines')
    .set({
      description: pipeline.description,
      revision: pipeline.revision,
      enabled: pipeline.enabled ? 1 : 0,
      updated_at: pipeline.updatedAt,
    })
    .where('id', '=', pipeline.id)
    .where('project', '=', project)
    .execute();
};

export const insertRevision = async (
  db: Db,
  project: string,
  pipeline: SavedPipeline,
  savedBy: string,
): Promise<void> => {
  await tables(db)
    .insertInto('pipeline_revisions')
    .values({
      pipeline_id: pipeline.id,
      project,
      revision: pipeline.revision,
      spec: encodeJson(pipeline.spec),
      saved_by: savedBy,
      saved_at: pipeline.updatedAt,
    })
    .execute();
};

/** Which event types the pipeline listens to, for the look-up when an event comes in. */
export const replaceEventTriggers = async (db: Db, project: string, pipeline: SavedPipeline): Promise<void> => {
  await tables(db)
    .deleteFrom('pipeline_event_triggers')
    .where('pipeline_id', '=', pipeline.id)
    .where('project', '=', project)
    .execute();
  const rows = (pipeline.spec.triggers ?? []).flatMap((trigger) =>
    trigger.kind === 'event'
      ? [{ pipeline_id: pipeline.id, project, event_type: trigger.type, subject_id: trigger.subjectId ?? null }]
      : [],
  );
  if (rows.length > 0) await tables(db).insertInto('pipeline_event_triggers').values(rows).execute();
};

/** Of each of some events of a type, whether any pipeline listens to it, enabled or not. */
export const areListenedTo = async (
  db: Db,
  eventType: string,
  events: readonly { project: string | null; subjectId: string }[],
): Promise<boolean[]> => {
  const projects = [...new Set(events.flatMap(({ project }) => project ?? []))];
  const rows = await tables(db)
    .selectFrom('pipeline_event_triggers')
    .select(['project', 'subject_id'])
    .where('event_type', '=', eventType)
    .where(isAmong(db, 'project', projects))
    .execute();
  return events.map(({ project, subjectId }) =>
    rows.some((row) => row.project === project && (row.subject_id === null || row.subject_id === subjectId)),
  );
};

/** Ids of the pipelines that listen to such an event, enabled or not. */
export const pipelinesListeningTo = async (
  db: Db,
  project: string,
  eventType: string,
  subjectId: string,
): Promise<string[]> => {
  const rows = await tables(db)
    .selectFrom('pipeline_event_triggers')
    .select('pipeline_id')
    .distinct()
    .where('event_type', '=', eventType)
    .where('project', '=', project)
    .where((e) => e.or([e('subject_id', 'is', null), e('subject_id', '=', subjectId)]))
    .orderBy('pipeline_id')
    .execute();
  return rows.map((row) => row.pipeline_id);
};

export const pipelineNames = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('pipelines')
    .select(['id', 'name'])
    .where('project', '=', project)
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
};

/** The number of the next run; only under the lock of the pipeline. */
export const takeRunNumber = async (db: Db, project: string, id: string): Promise<number> => {
  const row = await tables(db)
    .updateTable('pipelines')
    .set({ run_count: sql`run_count + 1` as never })
    .where('id', '=', id)
    .where('project', '=', project)
    .returning('run_count')
    .executeTakeFirstOrThrow();
  return row.run_count;
};
