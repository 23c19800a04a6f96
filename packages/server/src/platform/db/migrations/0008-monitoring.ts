import { createIndex, createTable, type Migration } from '../columns.ts';

/** Monitors of endpoints, what they compare with, their windows, and incidents. */
export const monitoring: Migration = {
  name: '0008-monitoring',
  async up(db) {
    await createTable(db, 'monitors', [
      'endpoint_id text key',
      'project text',
      'enabled integer',
      'settings text',
      'next_row integer',
      'next_number integer',
      'series integer',
      'series_version_id text',
      'dropped_seen integer',
      'dropped_windowed integer',
      'capture_turn integer',
      'label_turn integer',
      'older_turn integer',
      'created_at integer',
      'updated_at integer',
    ]);
    await createTable(
      db,
      'monitor_references',
      [
        'endpoint_id text',
        'model_version_id text',
        'project text',
        'model_version integer',
        'task text',
        'columns text',
        'dataset_version_id text?',
        'rows integer',
        'digest text?',
        'loss number?',
        'loss_rows integer?',
        'created_at integer',
      ],
      { unique: [['endpoint_id', 'model_version_id']] },
    );
    await createTable(
      db,
      'monitor_windows',
      [
        'id text key',
        'project text',
        'endpoint_id text',
        'number integer',
        'series integer',
        'from_row integer',
        'to_row integer',
        'start_at integer',
        'end_at integer',
        'model_version_id text',
        'model_version integer',
        'failures integer',
        'dropped integer',
        'columns text',
        'performance text',
        'as_of integer',
        'complete integer',
        'announced integer',
      ],
      { unique: [['endpoint_id', 'number']] },
    );
    await createIndex(db, 'monitor_windows', ['endpoint_id', 'series', 'number']);
    await createTable(
      db,
      'incidents',
      [
        'id text key',
        'project text',
        'endpoint_id text',
        'kind text',
        'severity text',
        'state text',
        'title text',
        'columns text',
        'windows integer',
        'first_window integer',
        'last_window integer',
        'opened_at integer',
        'updated_at integer',
        'resolved_at integer?',
        'log text',
        'quiet_windows integer',
        'series integer',
        'open_key text',
      ],
      { unique: [['open_key']] },
    );
    await createIndex(db, 'incidents', ['project', 'id']);
    await createIndex(db, 'incidents', ['endpoint_id', 'id']);
  },
};
