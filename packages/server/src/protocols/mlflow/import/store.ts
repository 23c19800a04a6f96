import { type ForeignDatabase, openForeignPostgres, openForeignSqlite } from '#platform/db';
import { fail } from '#platform/errors';

export type { ForeignDatabase as ForeignStore, ForeignRow as Row } from '#platform/db';

/** `sqlite:///path` or `postgresql://...`, as MLflow spells them. Errors: INVALID_INPUT. */
export const openForeignStore = async (from: string): Promise<ForeignDatabase> => {
  const sqlite = /^sqlite:\/\/\/(.+)$/.exec(from)?.[1];
  if (sqlite !== undefined) return checked(openForeignSqlite(sqlite), from);
  const postgres = /^postgres(?:ql)?(?:\+\w+)?:(\/\/.+)$/.exec(from)?.[1];
  if (postgres !== undefined) return checked(await openForeignPostgres(`postgresql:${postgres}`), from);
  return fail(
    'INVALID_INPUT',
    'Name the database as MLflow does: sqlite:///mlflow.db or postgresql://user@host/name. A folder mlruns is turned into such a database by `mlflow migrate-filestore`.',
  );
};

const checked = async (store: ForeignDatabase, from: string): Promise<ForeignDatabase> => {
  for (const table of ['experiments', 'runs', 'metrics', 'params', 'tags'])
    if (!(await store.hasTable(table))) {
      await store.close();
      fail(
        'INVALID_INPUT',
        `${from.replace(/\/\/[^@/]*@/, '//')} is no database of MLflow: it has no table '${table}'.`,
      );
    }
  return store;
};
