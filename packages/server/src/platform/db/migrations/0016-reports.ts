import { createIndex, createTable, type Migration } from '../columns.ts';

/** Reports with what they were before, their frozen copies, and the addresses at which those are read. */
export const reports: Migration = {
  name: '0016-reports',
  async up(db) {
    await createTable(db, 'reports', [
      'id text key',
      'project text',
      'title text',
      'blocks text',
      'revision integer',
      'created_by text',
      'created_at integer',
      'updated_by text',
      'updated_at integer',
    ]);
    await createIndex(db, 'reports', ['project', 'updated_at', 'id']);
    await createTable(
      db,
      'report_revisions',
      ['report text', 'revision integer', 'title text', 'blocks text', 'saved_by text', 'saved_at integer'],
      { primary: ['report', 'revision'] },
    );
    await createTable(db, 'report_copies', [
      'id text key',
      'report text',
      'revision integer',
      'title text',
      'digest text',
      'size_bytes integer',
      'frozen_by text',
      'frozen_at integer',
    ]);
    await createIndex(db, 'report_copies', ['report', 'id']);
    await createIndex(db, 'report_copies', ['digest']);
    // Of the secret only its hash: who reads the database reads no copy by it.
    await createTable(
      db,
      'report_links',
      [
        'id text key',
        'report text',
        'copy text',
        'secret_hash text',
        'hint text',
        'created_by text',
        'created_at integer',
        'expires_at integer',
        'revoked_at integer?',
        'last_read_at integer?',
      ],
      { unique: [['secret_hash']] },
    );
    await createIndex(db, 'report_links', ['report', 'id']);
  },
};
