import { CompiledQuery } from 'kysely';
import type { Db } from './index.ts';

/** Tells our SQLite that the parameters are sets of values. */
export const eachMark = '/* each */ ';

/** Runs a statement without rows once for every set of values. SQLite only: elsewhere each would be a round trip. */
export const executeEach = async (db: Db, text: string, sets: readonly (readonly unknown[])[]): Promise<void> => {
  if (sets.length > 0) await db.executeQuery(CompiledQuery.raw(eachMark + text, sets as unknown[]));
};
