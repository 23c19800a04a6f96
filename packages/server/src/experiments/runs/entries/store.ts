import { type Db, insertRows, isAmong, sql } from '#platform/db';
import type { ExperimentsTables } from '../../tables.ts';
import { headOf } from '../ordering/store.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

/** Texts that read as a number are compared as one in filters; the infinities are the ends of the column. */
const numberOf = (text: string): number | null => {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number)) return null;
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, number));
};

export interface Entry {
  run: number;
  experiment: number;
  /** When the run did, which is what decides between equal values. */
  startedAt: number;
  key: string;
  value: string;
}

const columns = {
  run: 'integer',
  experiment: 'integer',
  started_at: 'integer',
  key: 'text',
  value: 'text',
  head: 'text',
  number_value: 'number',
} as const;

const toRow = ({ run, experiment, startedAt, key, value }: Entry) => ({
  run,
  experiment,
  started_at: startedAt,
  key,
  value,
  head: headOf(value),
  number_value: numberOf(value),
});

/** Sets tags. No key of a run may be named twice. */
export const writeTags = (db: Db, entries: readonly Entry[]): Promise<void> =>
  insertRows(db, 'run_tags', columns, entries.map(toRow), {
    onConflict:
      'on conflict (run, key) do update set value = excluded.value, head = excluded.head, number_value = excluded.number_value',
  });

/** Parameters that are not there yet: to look for each of them once more would cost as much as to write it. */
export const insertParameters = (db: Db, entries: readonly Entry[]): Promise<void> =>
  insertRows(db, 'run_parameters', columns, entries.map(toRow));

/** Whether there was one. */
export const deleteTag = async (db: Db, run: number, key: string): Promise<boolean> => {
  const { numDeletedRows } = await tables(db)
    .deleteFrom('run_tags')
    .where('run', '=', run)
    .where('key', '=', key)
    .executeTakeFirst();
  return numDeletedRows > 0n;
};

/** Of the tags named, those that are there. */
export const deleteTags = async (db: Db, run: number, keys: readonly string[]): Promise<void> => {
  await tables(db)
    .deleteFrom('run_tags')
    .where('run', '=', run)
    .where(isAmong(db, 'key', keys))
    .execute();
};

/** By run, in the order of keys. `keys`: these only. */
export const readEntries = async (
  db: Db,
  table: 'run_parameters' | 'run_tags',
  runs: readonly number[],
  keys?: readonly string[],
): Promise<Map<number, [string, string][]>> => {
  const found = new Map<number, [string, string][]>();
  if (runs.length === 0 || keys?.length === 0) return found;
  let query = tables(db)
    .selectFrom(table)
    .select(['run', 'key', 'value'])
    .where(isAmong(db, 'run', runs))
    .orderBy('run')
    .orderBy('key');
  if (keys) query = query.where(isAmong(db, 'key', keys));
  for (const { run, key, value } of await query.execute()) {
    const known = found.get(run);
    if (known) known.push([key, value]);
    else found.set(run, [[key, value]]);
  }
  return found;
};

/** The keys there are, from one to the next through the index: it does not matter how many runs have them. */
export const listKeys = async (
  db: Db,
  table: 'run_metrics' | 'run_parameters' | 'run_tags',
  experiment: number,
): Promise<string[]> => {
  const name = sql.table(table);
  const { rows } = await sql<{ key: string }>`
    with recursive found(key) as (
      select min(key) from ${name} where experiment = ${experiment}
      union all
      select (select min(key) from ${name} where experiment = ${experiment} and key > found.key) from found
      where found.key is not null
    )
    select key from found where key is not null`.execute(db);
  return rows.map((row) => row.key);
};
