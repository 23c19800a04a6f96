import type { Artifact } from '@millwright/contract';
import { type Db, isAmong } from '#platform/db';
import type { ExperimentsTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

/** `root`: the id of the run or the logged model that the file belongs to; empty for a file of the project itself. */
export interface Place {
  project: string;
  root: string;
  path: string;
}

const toArtifact = (row: ExperimentsTables['artifacts']): Artifact => ({
  path: row.path,
  digest: row.digest,
  sizeBytes: row.size_bytes,
  mediaType: row.media_type,
  createdAt: row.created_at,
});

/** In place of the file that was at the path, if there was one. */
export const writeArtifact = async (db: Db, { project, root, path }: Place, artifact: Artifact): Promise<void> => {
  const set = {
    digest: artifact.digest,
    size_bytes: artifact.sizeBytes,
    media_type: artifact.mediaType,
    created_at: artifact.createdAt,
  };
  await tables(db)
    .insertInto('artifacts')
    .values({ project, root, path, ...set })
    .onConflict((conflict) => conflict.columns(['project', 'root', 'path']).doUpdateSet(set))
    .execute();
};

const artifactsOf = (db: Db, { project, root }: Omit<Place, 'path'>) =>
  tables(db).selectFrom('artifacts').selectAll().where('project', '=', project).where('root', '=', root);

export const findArtifact = async (db: Db, place: Place): Promise<Artifact | null> => {
  const row = await artifactsOf(db, place).where('path', '=', place.path).executeTakeFirst();
  return row ? toArtifact(row) : null;
};

/** The character that follows the slash: what lies below a folder comes before it. */
const afterSlash = '0';

/** Below a folder, or everything where the path is empty; in the order of paths, which is that of their bytes. */
const below = (db: Db, place: Place) => {
  const query = artifactsOf(db, place);
  return place.path === ''
    ? query
    : query.where('path', '>', `${place.path}/`).where('path', '<', `${place.path}${afterSlash}`);
};

export const listArtifacts = async (db: Db, place: Place): Promise<Artifact[]> =>
  (await below(db, place).orderBy('path').execute()).map(toArtifact);

/** What lies directly in a folder: a file, or a folder with files somewhere below. */
export interface FolderEntry {
  name: string;
  /** null for a folder. */
  sizeBytes: number | null;
}

const rowsPerRead = 500;

/** Files deep below cost nothing: a folder is left as soon as its first file was seen. */
export const listFolder = async (db: Db, place: Place): Promise<FolderEntry[]> => {
  const prefix = place.path === '' ? '' : `${place.path}/`;
  const entries: FolderEntry[] = [];
  for (let from = prefix, more = true; more; ) {
    const rows = await below(db, place).where('path', '>=', from).orderBy('path').limit(rowsPerRead).execute();
    more = rows.length === rowsPerRead;
    for (const row of rows) {
      const [name = '', rest] = row.path.slice(prefix.length).split('/', 2);
      if (rest === undefined) entries.push({ name, sizeBytes: row.size_bytes });
      else if (entries.at(-1)?.name !== name || entries.at(-1)?.sizeBytes !== null)
        entries.push({ name, sizeBytes: null });
      from = rest === undefined ? `${row.path}\u0001` : `${prefix}${name}${afterSlash}`;
    }
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
};

/** The file at a path and all below it. Answers what is gone. */
export const deleteArtifacts = async (db: Db, { project, root, path }: Place): Promise<Artifact[]> => {
  const rows = await tables(db)
    .deleteFrom('artifacts')
    .where('project', '=', project)
    .where('root', '=', root)
    .where((e) =>
      path === ''
        ? e.val(true)
        : e.or([e('path', '=', path), e.and([e('path', '>', `${path}/`), e('path', '<', `${path}${afterSlash}`)])]),
    )
    .returningAll()
    .execute();
  return rows.map(toArtifact);
};

/** The digest of the file at one path, for each root that has one. */
export const digestsAt = async (
  db: Db,
  project: string,
  roots: readonly string[],
  path: string,
): Promise<Map<string, string>> => {
  const rows = await tables(db)
    .selectFrom('artifacts')
    .select(['root', 'digest'])
    .where('project', '=', project)
    .where(isAmong(db, 'root', roots))
    .where('path', '=', path)
    .execute();
  return new Map(rows.map((row) => [row.root, row.digest]));
};
