import type { MetricMeaning, Page } from '@millwright/contract';
import { type Db, decodeCursor, isAmong, pageFrom } from '#platform/db';
import type { ExperimentsTables } from '../../tables.ts';

const tables = (db: Db) => db.withTables<ExperimentsTables>();

const toMeaning = (row: ExperimentsTables['metric_meanings']): MetricMeaning => ({
  key: row.key,
  direction: row.direction,
  unit: row.unit,
  low: row.low,
  high: row.high,
  description: row.description,
});

const meaningsOf = (db: Db, project: string) =>
  tables(db).selectFrom('metric_meanings').selectAll().where('project', '=', project);

/** In the order of keys. */
export const listMeanings = async (
  db: Db,
  project: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<MetricMeaning>> => {
  let query = meaningsOf(db, project)
    .orderBy('key')
    .limit(page.limit + 1);
  const after = decodeCursor(page.cursor);
  if (after !== null) query = query.where('key', '>', String(after[0]));
  return pageFrom(await query.execute(), page.limit, (row) => [row.key], toMeaning);
};

/** What was said of some metrics, by their keys. */
export const findMeanings = async (
  db: Db,
  project: string,
  keys: readonly string[],
): Promise<Map<string, MetricMeaning>> => {
  const rows = await meaningsOf(db, project)
    .where(isAmong(db, 'key', keys))
    .execute();
  return new Map(rows.map((row) => [row.key, toMeaning(row)]));
};

export const writeMeaning = async (db: Db, project: string, meaning: MetricMeaning, now: number): Promise<void> => {
  const { key, ...said } = meaning;
  const set = { ...said, updated_at: now };
  await tables(db)
    .insertInto('metric_meanings')
    .values({ project, key, ...set })
    .onConflict((conflict) => conflict.columns(['project', 'key']).doUpdateSet(set))
    .execute();
};

/** Whether there was one. */
export const deleteMeaning = async (db: Db, project: string, key: string): Promise<boolean> => {
  const { numDeletedRows } = await tables(db)
    .deleteFrom('metric_meanings')
    .where('project', '=', project)
    .where('key', '=', key)
    .executeTakeFirst();
  return numDeletedRows > 0n;
};
