import { type Migration, createIndex, createTable } from '../columns.ts';

/** Accounts, the audit chain, events, jobs and schedules. */
export const platform: Migration = {
  name: '0001-platform',
  async up(db) {
    await createTable(
      db,
      'projects',
      ['id text key', 'name text', 'title text', 'description text', 'created_at integer'],
      { unique: [['name']] },
    );
    await createTable(
      db,
      'principals',
      ['id text key', 'kind text', 'name text', 'state text', 'password text?', 'created_at integer'],
      { unique: [['name']] },
    );
    await createTable(db, 'grants', [
      'id text key',
      'principal_id text',
      'role text',
      'project text?',
      'resource text?',
      'created_at integer',
    ]);
    await createIndex(db, 'grants', ['principal_id']);
    await createTable(
      db,
      'tokens',
      [
        'id text key',
        'principal_id text',
        'name text',
        'hint text',
        'hash text',
        'permissions text?',
        'project text?',
        'created_at integer',
        'expires_at integer',
        'last_used_at integer?',
        'revoked_at integer?',
      ],
      { unique: [['hash']] },
    );
    await createIndex(db, 'tokens', ['principal_id']);
    await createTable(db, 'sessions', [
      'hash text key',
      'principal_id text',
      'created_at integer',
      'expires_at integer',
      'last_used_at integer',
    ]);
    await createIndex(db, 'sessions', ['principal_id']);

    await createTable(db, 'chain_heads', ['name text key', 'seq integer', 'hash text', 'seal text']);
    await createTable(db, 'audit', [
      'seq integer key',
      'at integer',
      'actor_id text',
      'actor_name text',
      'verb text',
      'project text?',
      'resource_type text',
      'resource_id text',
      'request_id text',
      'detail text',
      'previous_hash text',
      'hash text',
    ]);
    await createIndex(db, 'audit', ['project', 'seq']);
    await createIndex(db, 'audit', ['resource_type', 'resource_id', 'seq']);

    await createTable(db, 'events', [
      'seq integer key',
      'id text',
      'type text',
      'project text?',
      'at integer',
      'subject_type text',
      'subject_id text',
      'data text',
    ]);
    await createIndex(db, 'events', ['project', 'seq']);
    await createIndex(db, 'events', ['type', 'seq']);
    await createIndex(db, 'events', ['id'], { unique: true });

    await createTable(db, 'jobs', [
      'id text key',
      'kind text',
      'state text',
      'project text?',
      'payload text',
      'dedupe_key text?',
      'attempts integer',
      'max_attempts integer',
      'run_at integer',
      'lease_token text?',
      'lease_until integer?',
      'created_at integer',
      'started_at integer?',
      'finished_at integer?',
      'error text?',
    ]);
    await createIndex(db, 'jobs', ['state', 'run_at']);
    await createIndex(db, 'jobs', ['state', 'lease_until']);
    await createIndex(db, 'jobs', ['kind', 'id']);
    await createIndex(db, 'jobs', ['dedupe_key'], { unique: true });

    await createTable(db, 'schedules', [
      'key text key',
      'project text?',
      'cron text',
      'time_zone text',
      'job_kind text',
      'payload text',
      'next_at integer',
      'created_at integer',
    ]);
    await createIndex(db, 'schedules', ['next_at']);
  },
};
