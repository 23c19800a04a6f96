import { sql } from 'kysely';
import { createIndex, createTable, type Migration } from '../columns.ts';

/** Keeping many experiments and runs in order: folders, copies of runs, what metrics mean, saved views. */
export const folders: Migration = {
  name: '0014-folders',
  async up(db) {
    // `parent`: the folder it lies in; empty at the top, so that names are unique there, too.
    await createTable(
      db,
      'experiment_folders',
      ['id text key', 'project text', 'parent text', 'name text', 'created_at integer', 'updated_at integer'],
      { unique: [['project', 'parent', 'name']] },
    );
    await sql`alter table experiments add column folder text`.execute(db);
    // Runs that were moved elsewhere: `run_count` says which number the next one gets.
    await sql`alter table experiments add column moved_out bigint not null default 0`.execute(db);
    await createIndex(db, 'experiments', ['project', 'folder']);
    // Few runs have a parent: the others cost such an index nothing.
    await sql`create index runs_parent_run_id_index on runs (parent_run_id) where parent_run_id is not null`.execute(
      db,
    );
    // Runs that are still being copied, and those of their metrics whose points are not there yet.
    await createTable(db, 'run_copies', [
      'run integer key',
      'id text',
      'source_id text',
      'project text',
      'begun_at integer',
      'files_after text?',
    ]);
    await createIndex(db, 'run_copies', ['source_id']);
    // `points`: how many the source had at the beginning. What follows them: the last point that is copied.
    await createTable(
      db,
      'series_copies',
      [
        'run integer',
        'target integer',
        'source integer',
        'points integer',
        'at integer?',
        'step integer?',
        'value number?',
        'special integer?',
      ],
      { primary: ['run', 'target'] },
    );
    await createTable(
      db,
      'metric_meanings',
      [
        'project text',
        'key text',
        'direction text?',
        'unit text',
        'low number?',
        'high number?',
        'description text',
        'updated_at integer',
      ],
      { primary: ['project', 'key'] },
    );
    await createTable(
      db,
      'saved_views',
      [
        'id text key',
        'project text',
        'screen text',
        'name text',
        'owner text',
        'search text',
        'created_at integer',
        'updated_at integer',
      ],
      { unique: [['project', 'screen', 'name']] },
    );
  },
};
