import { createIndex, createTable, type Migration } from '../columns.ts';

/** Channels of notifications, what each listens to, and the log of what was sent. */
export const notifications: Migration = {
  name: '0012-notifications',
  async up(db) {
    await createTable(db, 'notification_channels', [
      'id text key',
      'project text',
      'name text',
      'description text',
      'kind text',
      'format text',
      'format_options text',
      'target text',
      'sealed_url text?',
      'sealed_secret text?',
      'status text',
      'conditions text',
      'created_by text',
      'created_at integer',
      'updated_at integer',
    ]);
    await createIndex(db, 'notification_channels', ['project', 'id']);
    // What the active channels listen to: looked at for every event.
    await createTable(db, 'notification_topics', ['project text', 'topic text', 'channel_id text'], {
      primary: ['project', 'topic', 'channel_id'],
    });
    await createTable(
      db,
      'notification_firings',
      ['channel_id text', 'run_id text', 'filter text', 'fired_at integer'],
      {
        primary: ['channel_id', 'run_id', 'filter'],
      },
    );
    await createTable(
      db,
      'notification_deliveries',
      [
        'id text key',
        'project text',
        'channel_id text',
        'channel_name text',
        'kind text',
        'topic text',
        'subject_type text',
        'subject_id text',
        'summary text',
        'body text',
        'origin_key text',
        'state text',
        'attempts integer',
        'created_at integer',
        'next_attempt_at integer?',
        'finished_at integer?',
        'last_status integer?',
        'last_error text?',
        'is_test integer',
        'replay_of text?',
      ],
      { unique: [['origin_key']] },
    );
    await createIndex(db, 'notification_deliveries', ['project', 'id']);
    await createIndex(db, 'notification_deliveries', ['channel_id', 'id']);
    await createIndex(db, 'notification_deliveries', ['finished_at']);
    await createTable(
      db,
      'notification_attempts',
      [
        'delivery_id text',
        'number integer',
        'at integer',
        'duration_ms integer',
        'status integer?',
        'error text?',
        'excerpt text',
      ],
      { primary: ['delivery_id', 'number'] },
    );
  },
};
