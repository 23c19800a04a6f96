import type { SavedView } from '@millwright/contract';
import { type Db, decodeJson, encodeJson } from '#platform/db';
import type { ExperimentsTables } from '../tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

const toView = (row: ExperimentsTables['saved_views']): SavedView => ({
  id: row.id,
  screen: row.screen,
  name: row.name,
  owner: row.owner,
  search: decodeJson(row.search),
  updatedAt: row.updated_at,
});

const viewsOf = (db: Db, project: string, screen: string) =>
  tables(db).selectFrom('saved_views').selectAll().where('project', '=', project).where('screen', '=', screen);

/** In the order of names. */
export const listViews = async (db: Db, project: string, screen: string): Promise<SavedView[]> =>
  (await viewsOf(db, project, screen).orderBy('name').execute()).map(toView);

/** In place of the one of that name, whose id it keeps. */
export const writeView = async (db: Db, project: string, view: SavedView): Promise<SavedView> => {
  const set = { owner: view.owner, search: encodeJson(view.search), updated_at: view.updatedAt };
  const row = await tables(db)
    .insertInto('saved_views')
    .values({ id: view.id, project, screen: view.screen, name: view.name, created_at: view.updatedAt, ...set })
    .onConflict((conflict) => conflict.columns(['project', 'screen', 'name']).doUpdateSet(set))
    .returningAll()
    .executeTakeFirstOrThrow();
  return toView(row);
};

/** What it was; null: there was none. */
export const deleteView = async (db: Db, project: string, id: string): Promise<SavedView | null> => {
  const row = await tables(db)
    .deleteFrom('saved_views')
    .where('project', '=', project)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row ? toView(row) : null;
};
