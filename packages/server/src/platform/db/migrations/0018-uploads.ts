import { createIndex, createTable, type Migration } from '../columns.ts';

/** Files that arrive in several requests. */
export const uploads: Migration = {
  name: '0018-uploads',
  async up(db) {
    await createTable(db, 'uploads', [
      'id text key',
      'project text',
      'root text',
      'path text',
      'media_type text',
      'kind text',
      'state text',
      'owner text',
      'part_count integer',
      'part_bytes integer?',
      'size_bytes integer?',
      'digest text?',
      'storage_ref text',
      'created_at integer',
      'expires_at integer',
      'completed_at integer?',
    ]);
    await createIndex(db, 'uploads', ['project', 'root', 'path']);
    await createIndex(db, 'uploads', ['expires_at']);
    await createIndex(db, 'uploads', ['digest']);
    await createTable(db, 'upload_parts', ['upload text', 'number integer', 'size_bytes integer', 'etag text'], {
      primary: ['upload', 'number'],
    });
  },
};
