import { type ColumnBuilderCallback, type ColumnDefinitionBuilder, type Kysely, PostgresAdapter, sql } from 'kysely';

export type DatabaseKind = 'sqlite' | 'postgres';

const required: ColumnBuilderCallback = (column: ColumnDefinitionBuilder) => column.notNull();

/** The kinds of columns that exist. Both databases store the same values, so that a row reads the same from either. */
export const columns = {
  /** Text, also for JSON (encoded by the store) and for enumerations. */
  text: 'text',
  /** Epoch milliseconds, counts, booleans as 0 and 1. */
  integer: 'bigint',
  number: 'double precision',
  bytes: (kind: DatabaseKind) => (kind === 'postgres' ? ('bytea' as const) : ('blob' as const)),
  required,
} as const;

export interface Migration {
  name: string;
  // A migration runs on whatever schema the migrations before it left: no table type can be promised.
  up(db: Kysely<never>, kind: DatabaseKind): Promise<void>;
}

/**
 * Text is ordered byte by byte on both databases, whatever language PostgreSQL was set up with: pages by name come in the
 * same order everywhere, and `<` never disagrees with `order by`.
 */
const typeOf = (db: Kysely<never>, kind: 'text' | 'integer' | 'number') =>
  kind === 'text' && db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : columns[kind];

/** Declares a table by a short list: `'name text'`, `'count integer?'` (question mark: may be null), `'id text key'`. */
export const createTable = async (
  db: Kysely<never>,
  table: string,
  fields: readonly string[],
  constraints: { unique?: string[][] } = {},
): Promise<void> => {
  let builder = db.schema.createTable(table);
  for (const field of fields) {
    const [name = '', kind = '', flag] = field.split(' ');
    const optional = kind.endsWith('?');
    const type = kind.replace('?', '');
    if (type !== 'text' && type !== 'integer' && type !== 'number')
      throw new Error(`${table}.${name}: unknown column kind ${kind}`);
    builder = builder.addColumn(name, typeOf(db, type), (column) =>
      flag === 'key' ? column.primaryKey().notNull() : optional ? column : column.notNull(),
    );
  }
  for (const unique of constraints.unique ?? [])
    builder = builder.addUniqueConstraint(`${table}_${unique.join('_')}_unique`, unique as never);
  await builder.execute();
};

export const createIndex = async (
  db: Kysely<never>,
  table: string,
  on: string[],
  options: { unique?: boolean } = {},
): Promise<void> => {
  const builder = db.schema
    .createIndex(`${table}_${on.join('_')}_index`)
    .on(table)
    .columns(on as never);
  await (options.unique ? builder.unique() : builder).execute();
};
