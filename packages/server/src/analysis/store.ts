import type { Db } from '#platform/db';

type Counted = { audit: { seq: number; project: string | null }; events: { seq: number; project: string | null } };

/** Something else as soon as anything visible of the project has changed: all changes write an audit row or an event. */
export const changeMark = async (db: Db, project: string): Promise<string> => {
  const tables = db.withTables<Counted>();
  const newest = (table: 'audit' | 'events') =>
    tables
      .selectFrom(table)
      .select((e) => e.fn.max('seq').as('seq'))
      .where('project', '=', project)
      .executeTakeFirst();
  const [audit, events] = [await newest('audit'), await newest('events')];
  return `${audit?.seq ?? 0} ${events?.seq ?? 0}`;
};
