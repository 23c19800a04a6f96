import type { Page, Pipeline, PipelineRun, PipelineSpec, StepRun } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, pageFrom, sql } from '#platform/db';
import type { PipelinesTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<PipelinesTables>();

/** A run as stored, its steps apart. */
export type SavedRun = Omit<PipelineRun, 'steps'> & { project: string; actorId: string };
export type SavedStep = Omit<StepRun, 'log'> & { id: string; runId: string; project: string; failures: number };
export type LogLine = StepRun['log'][number];

type RunRow = PipelinesTables['pipeline_runs'] & { pipeline_name: string; spec: string };
const toRun = (row: RunRow): SavedRun => ({
  id: row.id,
  project: row.project,
  pipelineId: row.pipeline_id,
  pipelineName: row.pipeline_name,
  revision: row.revision,
  number: row.number,
  state: row.state,
  parameters: decodeJson(row.parameters),
  trigger: { kind: row.trigger_kind, by: row.trigger_by, eventId: row.event_id, reason: row.reason },
  actorId: row.actor_id,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  message: row.message,
  spec: decodeJson<PipelineSpec>(row.spec),
});
const toStep = (row: PipelinesTables['pipeline_steps']): SavedStep => ({
  id: row.id,
  runId: row.run_id,
  project: row.project,
  name: row.name,
  kind: row.kind,
  state: row.state,
  attempts: row.attempts,
  failures: row.failures,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  output: row.output === null ? null : decodeJson(row.output),
  message: row.message,
});

const joined = (db: Db, project: string) =>
  tables(db)
    .selectFrom('pipeline_runs')
    .innerJoin('pipelines', 'pipelines.id', 'pipeline_runs.pipeline_id')
    .innerJoin('pipeline_revisions', (join) =>
      join
        .onRef('pipeline_revisions.pipeline_id', '=', 'pipeline_runs.pipeline_id')
        .onRef('pipeline_revisions.revision', '=', 'pipeline_runs.revision'),
    )
    .selectAll('pipeline_runs')
    .select(['pipelines.name as pipeline_name', 'pipeline_revisions.spec'])
    .where('pipeline_runs.project', '=', project);

export const findRun = async (db: Db, project: string, id: string): Promise<SavedRun | null> => {
  const row = await joined(db, project).where('pipeline_runs.id', '=', id).executeTakeFirst();
  return row ? toRun(row) : null;
};

export const listRuns = async (
  db: Db,
  project: string,
  filter: { pipelineId?: string | undefined; limit?: number | undefined; cursor?: string | undefined },
): Promise<Page<SavedRun>> => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = joined(db, project)
    .orderBy('pipeline_runs.id', 'desc')
    .limit(limit + 1);
  if (filter.pipelineId !== undefined) query = query.where('pipeline_runs.pipeline_id', '=', filter.pipelineId);
  if (after) query = query.where('pipeline_runs.id', '<', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toRun);
};

/** Steps that end at the same time follow each other here: the second sees what the first has done. */
export const lockRun = async (db: Db, project: string, id: string): Promise<SavedRun | null> => {
  const row = await tables(db)
    .updateTable('pipeline_runs')
    .set({ changes: sql`changes + 1` as never })
    .where('id', '=', id)
    .where('project', '=', project)
    .returning('id')
    .executeTakeFirst();
  return row ? findRun(db, project, id) : null;
};

export const insertRun = async (db: Db, run: SavedRun): Promise<void> => {
  await tables(db)
    .insertInto('pipeline_runs')
    .values({
      id: run.id,
      project: run.project,
      pipeline_id: run.pipelineId,
      revision: run.revision,
      number: run.number,
      state: run.state,
      parameters: encodeJson(run.parameters),
      trigger_kind: run.trigger.kind,
      trigger_by: run.trigger.by,
      actor_id: run.actorId,
      event_id: run.trigger.eventId,
      reason: run.trigger.reason,
      message: run.message,
      changes: 0,
      started_at: run.startedAt,
      ended_at: run.endedAt,
    })
    .execute();
};

export const updateRun = async (
  db: Db,
  project: string,
  id: string,
  set: { state: PipelineRun['state']; message?: string; endedAt?: number },
): Promise<void> => {
  await tables(db)
    .updateTable('pipeline_runs')
    .set({
      state: set.state,
      ...(set.message === undefined ? {} : { message: set.message }),
      ...(set.endedAt === undefined ? {} : { ended_at: set.endedAt }),
    })
    .where('id', '=', id)
    .where('project', '=', project)
    .execute();
};

export const stateOfRun = async (db: Db, project: string, id: string): Promise<PipelineRun['state'] | null> =>
  (
    await tables(db)
      .selectFrom('pipeline_runs')
      .select('state')
      .where('id', '=', id)
      .where('project', '=', project)
      .executeTakeFirst()
  )?.state ?? null;

/** The run of this pipeline that is under way, if any. */
export const activeRun = async (
  db: Db,
  project: string,
  pipelineId: string,
): Promise<{ id: string; number: number } | null> =>
  (await tables(db)
    .selectFrom('pipeline_runs')
    .select(['id', 'number'])
    .where('pipeline_id', '=', pipelineId)
    .where('project', '=', project)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst()) ?? null;

/** The newest run of each of these pipelines. */
export const lastRuns = async (
  db: Db,
  project: string,
  pipelineIds: readonly string[],
): Promise<Map<string, NonNullable<Pipeline['lastRun']>>> => {
  if (pipelineIds.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('pipeline_runs')
    .innerJoin('pipelines', (join) =>
      join
        .onRef('pipelines.id', '=', 'pipeline_runs.pipeline_id')
        .onRef('pipelines.run_count', '=', 'pipeline_runs.number'),
    )
    .select(['pipeline_runs.pipeline_id', 'pipeline_runs.id', 'pipeline_runs.state', 'pipeline_runs.started_at'])
    .where('pipeline_runs.project', '=', project)
    .where('pipeline_runs.pipeline_id', 'in', pipelineIds)
    .execute();
  return new Map(rows.map((row) => [row.pipeline_id, { id: row.id, state: row.state, startedAt: row.started_at }]));
};

export const runLabels = async (db: Db, project: string, ids: readonly string[]): Promise<Map<string, string>> => {
  if (ids.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('pipeline_runs')
    .innerJoin('pipelines', 'pipelines.id', 'pipeline_runs.pipeline_id')
    .select(['pipeline_runs.id', 'pipelines.name', 'pipeline_runs.number'])
    .where('pipeline_runs.project', '=', project)
    .where('pipeline_runs.id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, `${row.name} #${row.number}`]));
};

export const insertSteps = async (db: Db, steps: readonly SavedStep[]): Promise<void> => {
  await tables(db)
    .insertInto('pipeline_steps')
    .values(
      steps.map((step, position) => ({
        id: step.id,
        project: step.project,
        run_id: step.runId,
        position,
        name: step.name,
        kind: step.kind,
        state: step.state,
        attempts: step.attempts,
        failures: step.failures,
        output: null,
        message: step.message,
        started_at: step.startedAt,
        ended_at: step.endedAt,
      })),
    )
    .execute();
};

export const stepsOf = async (db: Db, project: string, runIds: readonly string[]): Promise<SavedStep[]> => {
  if (runIds.length === 0) return [];
  return (
    await tables(db)
      .selectFrom('pipeline_steps')
      .selectAll()
      .where('project', '=', project)
      .where('run_id', 'in', runIds)
      .orderBy('run_id')
      .orderBy('position')
      .execute()
  ).map(toStep);
};

export const findStep = async (db: Db, project: string, id: string): Promise<SavedStep | null> => {
  const row = await tables(db)
    .selectFrom('pipeline_steps')
    .selectAll()
    .where('id', '=', id)
    .where('project', '=', project)
    .executeTakeFirst();
  return row ? toStep(row) : null;
};

export const updateStep = async (db: Db, step: SavedStep): Promise<void> => {
  await tables(db)
    .updateTable('pipeline_steps')
    .set({
      state: step.state,
      attempts: step.attempts,
      failures: step.failures,
      output: step.output === null ? null : encodeJson(step.output),
      message: step.message,
      started_at: step.startedAt,
      ended_at: step.endedAt,
    })
    .where('id', '=', step.id)
    .where('project', '=', step.project)
    .execute();
};

export const readLogs = async (
  db: Db,
  project: string,
  stepIds: readonly string[],
): Promise<Map<string, LogLine[]>> => {
  if (stepIds.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('pipeline_step_logs')
    .selectAll()
    .where('project', '=', project)
    .where('step_id', 'in', stepIds)
    .execute();
  return new Map(rows.map((row) => [row.step_id, decodeJson<LogLine[]>(row.lines)]));
};

export const writeLog = async (db: Db, project: string, stepId: string, lines: readonly LogLine[]): Promise<void> => {
  const encoded = encodeJson(lines);
  await tables(db)
    .insertInto('pipeline_step_logs')
    .values({ step_id: stepId, project, lines: encoded })
    .onConflict((conflict) => conflict.column('step_id').doUpdateSet({ lines: encoded }))
    .execute();
};
