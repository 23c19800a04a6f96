import type { Artifact } from '@millwright/contract';
import type { Db } from '#platform/db';
import type { ExperimentsTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

const toArtifact = (row: ExperimentsTables['artifacts']): Artifact => ({
  path: row.path,
  digest: row.digest,
  sizeBytes: row.size_bytes,
  mediaType: row.media_type,
  createdAt: row.created_at,
});

/** In place of the file that was at the path, if there was one. */
export const writeArtifact = async (db: Db, project: string, root: string, artifact: Artifact): Promise<void> => {
  const set = {
    digest: artifact.digest,
    size_bytes: artifact.sizeBytes,
    media_type: artifact.mediaType,
    created_at: artifact.createdAt,
  };
  await tables(db)
    .insertInto('artifacts')
    .values({ root, project, path: artifact.path, ...set })
    .onConflict((conflict) => conflict.columns(['project', 'root', 'path']).doUpdateSet(set))
    .execute();
};

const artifactsOf = (db: Db, project: string, root: string) =>
  tables(db).selectFrom('artifacts').selectAll().where('project', '=', project).where('root', '=', root);

export const findArtifact = async (db: Db, project: string, root: string, path: string): Promise<Artifact | null> => {
  const row = await artifactsOf(db, project, root).where('path', '=', path).executeTakeFirst();
  return row ? toArtifact(row) : null;
};

export const listArtifacts = async (db: Db, project: string, root: string): Promise<Artifact[]> =>
  (await artifactsOf(db, project, root).orderBy('path').execute()).map(toArtifact);
