import { openForeignPostgres, openForeignSqlite, type ForeignDatabase } from '#platform/db';
import { fail } from '#platform/errors';
import { openFileStore } from './file-store.ts';

export type { ForeignDatabase as ForeignStore, ForeignRow as Row } from '#platform/db';
import type { ForeignRow } from '#platform/db';

export const textOf = (value: ForeignRow[string] | undefined): string =>
  value === null || value === undefined ? '' : String(value);

export const entriesOf = (rows: readonly ForeignRow[], key = 'key', value = 'value'): Record<string, string> =>
  Object.fromEntries(rows.map((row) => [textOf(row[key]), textOf(row[value])]));

/**
 * `sqlite:///path` or `postgresql://...`, as MLflow spells them, or a folder `mlruns`. Files that a folder names elsewhere
 * on this machine are taken only below `artifactsDir`. Errors: INVALID_INPUT.
 */
export const openForeignStore = async (
  from: string,
  options: { artifactsDir?: string | undefined; problem(text: string): void },
): Promise<ForeignDatabase> => {
  const sqlite = /^sqlite:\/\/\/(.+)$/.exec(from)?.[1];
  if (sqlite !== undefined) return checked(openForeignSqlite(sqlite), from);
  const postgres = /^postgres(?:ql)?(?:\+\w+)?:(\/\/.+)$/.exec(from)?.[1];
  if (postgres !== undefined) return checked(await openForeignPostgres(`postgresql:${postgres}`), from);
  if (!/^[a-z][a-z0-9+.-]+:/i.test(from)) return openFileStore(from, options);
  return fail(
    'INVALID_INPUT',
    'Name the database as MLflow does: sqlite:///mlflow.db or postgresql://user@host/name, or name a folder mlruns.',
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
