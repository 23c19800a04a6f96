import { sql } from 'kysely';
import type { Migration } from '../columns.ts';

/** How often a run may have changed: what was made of a run at some revision is good for as long as it has that one. */
export const runRevisions: Migration = {
  name: '0021-run-revisions',
  async up(db) {
    await sql`alter table runs add column revision bigint not null default 0`.execute(db);
  },
};
