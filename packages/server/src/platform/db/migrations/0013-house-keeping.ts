import { sql } from 'kysely';
import { createIndex, createTable, type Migration } from '../columns.ts';

/** Emptying the trash, and finding contents that nothing refers to. */
export const houseKeeping: Migration = {
  name: '0013-house-keeping',
  async up(db) {
    // What is gone for everybody while its rows are still being removed, piece by piece.
    await createTable(db, 'purges', ['kind text', 'number integer', 'id text', 'project text', 'begun_at integer'], {
      primary: ['kind', 'number'],
    });
    await createIndex(db, 'logged_model_metrics', ['run']);
    // Few rows are in the trash: the others cost such an index nothing.
    for (const table of ['experiments', 'runs', 'logged_models'])
      await sql`create index ${sql.id(`${table}_trash_index`)} on ${sql.table(table)} (deleted_at, number)
        where deleted_at is not null`.execute(db);
    await createIndex(db, 'model_versions', ['run_id']);
    await createIndex(db, 'model_versions', ['files_root']);
    for (const [table, column] of [
      ['artifacts', 'digest'],
      ['dataset_versions', 'digest'],
      ['model_versions', 'digest'],
      ['evaluations', 'model_digest'],
      ['captured_parts', 'digest'],
      ['monitor_references', 'digest'],
    ] as const)
      await createIndex(db, table, [column]);
    // Contents that nothing referred to when they were first seen so. `doomed`: being deleted.
    await createTable(db, 'unreferenced_blobs', [
      'digest text key',
      'size_bytes integer',
      'seen_at integer',
      'doomed integer',
    ]);
    await createTable(db, 'garbage_collections', [
      'id text key',
      'state text',
      'dry_run integer',
      'grace_ms integer',
      'started_at integer',
      'moved_at integer',
      'ended_at integer?',
      'position text',
      'blobs integer',
      'bytes integer',
      'unreferenced_blobs integer',
      'unreferenced_bytes integer',
      'deletable_blobs integer',
      'deletable_bytes integer',
      'deleted_blobs integer',
      'deleted_bytes integer',
    ]);
  },
};
