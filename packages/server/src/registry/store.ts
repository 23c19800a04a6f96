import type { Filter } from '@millwright/contract';
import { compileFilter, type Db, type FilterField, isAmong, kindOf, type OrderTerm, sql } from '#platform/db';
import { fail } from '#platform/errors';
import type { RegistryTables } from './tables.ts';

export const tables = (db: Db) => db.withTables<RegistryTables>();

export interface SearchQuery {
  filter: Filter | null;
  /** By columns of the wire (`name`, `updatedAt`); ties come in the order of the name, then the highest number. */
  order: readonly { path: readonly string[]; descending: boolean }[];
  /** Leaves out what has this tag with this value. */
  exceptTagged?: readonly [key: string, value: string] | undefined;
  /** Models with these ids, or versions of theirs; null: all. */
  only?: readonly string[] | null | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** `valueOf`: what the row has there, which says where the next page begins. */
export interface OrderColumn<Row> {
  column: string;
  valueOf: (row: Row) => string | number;
}

/** The columns of an order, without doubles, and after them those that make it one order for everybody. */
export const orderOf = <Row>(
  what: string,
  columns: Readonly<Record<string, OrderColumn<Row>>>,
  order: SearchQuery['order'],
  last: readonly (readonly [column: string, descending: boolean])[],
): (OrderColumn<Row> & OrderTerm)[] => {
  const asked = order.map(({ path, descending }) => [path.join('.'), descending] as const);
  const seen = new Set<string>();
  return [...asked, ...last].flatMap(([name, descending]) => {
    const found = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (!found) return fail('INVALID_FILTER', `${what} cannot be ordered by '${name}'.`);
    if (seen.has(found.column)) return [];
    seen.add(found.column);
    return [{ ...found, sql: sql.ref(found.column), descending }];
  });
};

export const matches = (db: Db, filter: Filter, fields: Readonly<Record<string, FilterField>>) =>
  compileFilter(filter, fields, kindOf(db));

export const tagged = (
  table: 'model_tags' | 'model_version_tags',
  owner: string,
  [key, value]: readonly [string, string],
) =>
  sql<boolean>`exists (select 1 from ${sql.table(table)} as marked
    where ${sql.ref(table === 'model_tags' ? 'marked.model_id' : 'marked.version_id')} = ${sql.ref(owner)}
    and marked.key = ${key} and marked.value = ${value})`;

export const tagField = (table: 'model_tags' | 'model_version_tags', owner: string): FilterField => ({
  entry: (path, test) => sql`exists (select 1 from ${sql.table(table)} as entry
    where ${sql.ref(table === 'model_tags' ? 'entry.model_id' : 'entry.version_id')} = ${sql.ref(owner)}
    and entry.key = ${path.join('.')} and ${test({ text: sql`entry.value` })})`,
});

export interface AliasRow {
  modelId: string;
  alias: string;
  versionId: string;
  number: number;
}

/** In the order of their names. */
export const aliasesOf = async (db: Db, project: string, modelIds: readonly string[]): Promise<AliasRow[]> => {
  if (modelIds.length === 0) return [];
  const rows = await tables(db)
    .selectFrom('model_aliases')
    .innerJoin('model_versions', 'model_versions.id', 'model_aliases.version_id')
    .select(['model_aliases.model_id', 'model_aliases.alias', 'model_aliases.version_id', 'model_versions.number'])
    .where('model_aliases.project', '=', project)
    .where(isAmong(db, 'model_aliases.model_id', modelIds))
    .orderBy('model_aliases.alias')
    .execute();
  return rows.map((row) => ({
    modelId: row.model_id,
    alias: row.alias,
    versionId: row.version_id,
    number: row.number,
  }));
};

export const putAlias = async (
  db: Db,
  project: string,
  alias: { modelId: string; alias: string; versionId: string },
  now: number,
): Promise<void> => {
  const moved = { version_id: alias.versionId, moved_at: now };
  await tables(db)
    .insertInto('model_aliases')
    .values({ model_id: alias.modelId, project, alias: alias.alias, ...moved })
    .onConflict((conflict) => conflict.columns(['model_id', 'alias']).doUpdateSet(moved))
    .execute();
};

export const removeAlias = async (db: Db, project: string, modelId: string, alias: string): Promise<void> => {
  await tables(db)
    .deleteFrom('model_aliases')
    .where('model_id', '=', modelId)
    .where('project', '=', project)
    .where('alias', '=', alias)
    .execute();
};
