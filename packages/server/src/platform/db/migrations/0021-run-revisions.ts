import { sql } from 'kysely';
import { createIndex, type Migration } from '../columns.ts';

/**
 * How often a run may have changed: what was made of a run at some revision is good for as long as it has that one. And
 * indexes for the orders in which people look at many runs.
 */
export const runRevisions: Migration = {
  name: '0021-run-revisions',
  async up(db) {
    await sql`alter table runs add column revision bigint not null default 0`.execute(db);
    await createIndex(db, 'runs', ['experiment', 'name']);
    await sql`create index run_parameters_experiment_key_number_value_index
      on run_parameters (experiment, key, number_value) where number_value is not null`.execute(db);
  },
};
