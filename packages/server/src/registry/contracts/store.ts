import type { ContractRun, ContractTest, ModelVersion, Page, TestResult } from '@millwright/contract';
import { type Db, decodeCursor, decodeJson, encodeJson, isAmong, pageFrom, sql } from '#platform/db';
import { tables } from '../store.ts';
import type { RegistryTables } from '../tables.ts';

export interface Suite {
  revision: number;
  tests: ContractTest[];
  createdBy: string;
  createdAt: number;
}
type RunRow = RegistryTables['contract_runs'] & { number: number };

/** The newest, or the revision asked for; null: there is none. */
export const findSuite = async (db: Db, modelId: string, revision?: number): Promise<Suite | null> => {
  let query = tables(db)
    .selectFrom('contract_suites')
    .selectAll()
    .where('model_id', '=', modelId)
    .orderBy('revision', 'desc')
    .limit(1);
  if (revision !== undefined) query = query.where('revision', '=', revision);
  const row = await query.executeTakeFirst();
  return row
    ? { revision: row.revision, tests: decodeJson(row.tests), createdBy: row.created_by, createdAt: row.created_at }
    : null;
};

export const insertSuite = async (db: Db, project: string, modelId: string, suite: Suite): Promise<void> => {
  await tables(db)
    .insertInto('contract_suites')
    .values({
      model_id: modelId,
      revision: suite.revision,
      project,
      tests: encodeJson(suite.tests),
      created_by: suite.createdBy,
      created_at: suite.createdAt,
    })
    .execute();
};

const toRun = (row: RunRow): ContractRun => ({
  id: row.id,
  modelId: row.model_id,
  modelVersionId: row.version_id,
  number: row.number,
  revision: row.revision,
  digest: row.digest,
  trigger: row.cause,
  startedBy: row.started_by,
  state: row.state,
  results: decodeJson<TestResult[]>(row.results),
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

const runs = (db: Db) =>
  tables(db)
    .selectFrom('contract_runs')
    .innerJoin('model_versions', 'model_versions.id', 'contract_runs.version_id')
    .selectAll('contract_runs')
    .select('model_versions.number');

export const insertRun = async (db: Db, project: string, run: ContractRun): Promise<void> => {
  await tables(db)
    .insertInto('contract_runs')
    .values({
      id: run.id,
      project,
      model_id: run.modelId,
      version_id: run.modelVersionId,
      revision: run.revision,
      digest: run.digest,
      cause: run.trigger,
      started_by: run.startedBy,
      state: run.state,
      results: encodeJson(run.results),
      created_at: run.createdAt,
      finished_at: run.finishedAt,
    })
    .execute();
};

export const findRun = async (db: Db, project: string, id: string): Promise<ContractRun | null> => {
  const row = await runs(db)
    .where('contract_runs.id', '=', id)
    .where('contract_runs.project', '=', project)
    .executeTakeFirst();
  return row ? toRun(row) : null;
};

/** The one that came with the registration. */
export const findFirstRun = async (db: Db, versionId: string): Promise<ContractRun | null> => {
  const row = await runs(db)
    .where('contract_runs.version_id', '=', versionId)
    .orderBy('contract_runs.id')
    .limit(1)
    .executeTakeFirst();
  return row && row.cause === 'registration' ? toRun(row) : null;
};

/** Of each version the newest. */
export const latestRuns = async (db: Db, versionIds: readonly string[]): Promise<Map<string, ContractRun>> => {
  if (versionIds.length === 0) return new Map();
  const rows = await runs(db)
    .where(isAmong(db, 'contract_runs.version_id', versionIds))
    .where(
      sql<boolean>`not exists (select 1 from contract_runs as newer
        where newer.version_id = contract_runs.version_id and newer.id > contract_runs.id)`,
    )
    .execute();
  return new Map(rows.map((row) => [row.version_id, toRun(row)]));
};

/** Only once: answers whether it was open. */
export const finishRun = async (
  db: Db,
  id: string,
  result: Pick<ContractRun, 'results'> & { state: 'green' | 'red'; digest: string | null; now: number },
): Promise<boolean> => {
  const done = await tables(db)
    .updateTable('contract_runs')
    .set({
      state: result.state,
      results: encodeJson(result.results),
      digest: result.digest,
      finished_at: result.now,
    })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .executeTakeFirst();
  return Number(done.numUpdatedRows) > 0;
};

/** The newest first. */
export const listRuns = async (
  db: Db,
  project: string,
  modelId: string,
  {
    modelVersion,
    latest = false,
    limit = 100,
    cursor,
  }: {
    modelVersion?: string | undefined;
    latest?: boolean | undefined;
    limit?: number | undefined;
    cursor?: string | undefined;
  },
): Promise<Page<ContractRun>> => {
  let query = runs(db)
    .where('contract_runs.project', '=', project)
    .where('contract_runs.model_id', '=', modelId)
    .orderBy('contract_runs.id', 'desc')
    .limit(limit + 1);
  const after = decodeCursor(cursor);
  if (after) query = query.where('contract_runs.id', '<', String(after[0]));
  if (modelVersion !== undefined) query = query.where('contract_runs.version_id', '=', modelVersion);
  if (latest)
    query = query.where('model_versions.deleted_at', 'is', null).where(
      sql<boolean>`not exists (select 1 from contract_runs as newer
        where newer.version_id = contract_runs.version_id and newer.id > contract_runs.id)`,
    );
  return pageFrom(await query.execute(), limit, (row) => [row.id], toRun);
};

/** What a version shows of its newest run. */
export const testsShown = (run: ContractRun | undefined): ModelVersion['tests'] =>
  run
    ? {
        runId: run.id,
        revision: run.revision,
        state: run.state,
        digest: run.digest,
        at: run.finishedAt ?? run.createdAt,
      }
    : null;
