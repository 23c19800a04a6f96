import { type Db, isAmong, kindOf, sql } from '#platform/db';
import type { ExperimentsTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

export type FolderRow = ExperimentsTables['experiment_folders'];

/** In the order of names. */
export const readFolders = async (db: Db, project: string): Promise<FolderRow[]> =>
  tables(db)
    .selectFrom('experiment_folders')
    .selectAll()
    .where('project', '=', project)
    .orderBy('name')
    .orderBy('id')
    .execute();

/** Keeps others from changing the tree until the transaction ends: two moves, each right by itself, could make a circle. */
export const lockFolders = async (db: Db, project: string): Promise<FolderRow[]> => {
  // SQLite has one writer at a time, which is this transaction.
  if (kindOf(db) === 'postgres')
    await sql`select pg_advisory_xact_lock(hashtext(${`folders of ${project}`}))`.execute(db);
  return readFolders(db, project);
};

export const insertFolder = async (db: Db, folder: FolderRow): Promise<void> => {
  await tables(db).insertInto('experiment_folders').values(folder).execute();
};

export const updateFolder = async (
  db: Db,
  id: string,
  set: Partial<Pick<FolderRow, 'name' | 'parent'>> & { updated_at: number },
): Promise<void> => {
  await tables(db).updateTable('experiment_folders').set(set).where('id', '=', id).execute();
};

/** All that is in it goes to another one (empty: to the top). */
export const deleteFolder = async (db: Db, project: string, id: string, parent: string, now: number): Promise<void> => {
  // First, as one in it may have its name.
  await tables(db).deleteFrom('experiment_folders').where('id', '=', id).execute();
  await tables(db)
    .updateTable('experiment_folders')
    .set({ parent, updated_at: now })
    .where('project', '=', project)
    .where('parent', '=', id)
    .execute();
  await tables(db)
    .updateTable('experiments')
    .set({ folder: parent === '' ? null : parent })
    .where('project', '=', project)
    .where('folder', '=', id)
    .execute();
};

/** How many experiments outside the trash each folder has; under null: those in no folder. */
export const countExperiments = async (db: Db, project: string): Promise<Map<string | null, number>> => {
  const rows = await tables(db)
    .selectFrom('experiments')
    .select((e) => ['folder', e.fn.countAll<number>().as('count')])
    .where('project', '=', project)
    .where('deleted_at', 'is', null)
    .groupBy('folder')
    .execute();
  return new Map(rows.map(({ folder, count }) => [folder, Number(count)]));
};

/** Answers their ids, those that were there already left out. */
export const placeExperiments = async (
  db: Db,
  project: string,
  numbers: readonly number[],
  folder: string | null,
  now: number,
): Promise<string[]> => {
  const rows = await tables(db)
    .updateTable('experiments')
    .set({ folder, updated_at: now })
    .where('project', '=', project)
    .where(isAmong(db, 'number', numbers))
    .where((e) =>
      folder === null ? e('folder', 'is not', null) : e.or([e('folder', 'is', null), e('folder', '!=', folder)]),
    )
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
};

/** By id or name; those that do not exist are left out. */
export const findNumbers = async (
  db: Db,
  project: string,
  refs: readonly string[],
): Promise<{ number: number; id: string; name: string }[]> =>
  tables(db)
    .selectFrom('experiments')
    .select(['number', 'id', 'name'])
    .where('project', '=', project)
    .where((e) => e.or([isAmong(db, 'id', refs), isAmong(db, 'name', refs)]))
    .orderBy('number')
    .execute();
