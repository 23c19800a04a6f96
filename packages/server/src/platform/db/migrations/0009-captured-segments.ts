import { sql } from 'kysely';
import { type Migration, createTable } from '../columns.ts';

/** Which journal segments became rows: parts are merged, and no longer tell. */
export const capturedSegments: Migration = {
  name: '0009-captured-segments',
  async up(db) {
    await createTable(db, 'captured_segments', ['endpoint_id text', 'segment_id text', 'taken_at integer'], {
      unique: [['endpoint_id', 'segment_id']],
    });
    await sql`insert into captured_segments (endpoint_id, segment_id, taken_at)
      select endpoint_id, segment_id, created_at from captured_parts`.execute(db);
  },
};
