import type { Artifact } from '@millwright/contract';
import type { Db } from '#platform/db';
import type { ExperimentsTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

const toArtifact = (row: ExperimentsTables['run_artifacts']): Artifact => ({
  path: row.path,
  digest: row.digest,
  sizeBytes: row.size_bytes,
  mediaType: row.media_type,
  createdAt: row.created_at,
});

/** In place of the file that was at the path, if there was one. */
export const writeArtifact = async (db: Db, project: string, runId: string, artifact: Artifact): Promise<void> => {
  const set = {
    digest: artifact.digest,
    size_bytes: artifact.sizeBytes,
    media_type: artifact.mediaType,
    created_at: artifact.createdAt,
  };
  await tables(db)
    .insertInto('run_artifacts')
    .values({ run_id: runId, project, path: artifact.path, ...set })
    .onConflict((conflict) => conflict.columns(['run_id', 'path']).doUpdateSet(set))
    .execute();
};

const artifactsOf = (db: Db, project: string, runId: string) =>
  tables(db).selectFrom('run_artifacts').selectAll().where('project', '=', project).where('run_id', '=', runId);

export const findArtifact = async (db: Db, project: string, runId: string, path: string): Promise<Artifact | null> => {
  const row = await artifactsOf(db, project, runId).where('path', '=', path).executeTakeFirst();
  return row ? toArtifact(row) : null;
};

export const listArtifacts = async (db: Db, project: string, runId: string): Promise<Artifact[]> =>
  (await artifactsOf(db, project, runId).orderBy('path').execute()).map(toArtifact);
