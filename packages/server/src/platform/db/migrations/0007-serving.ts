import { type Migration, createIndex, createTable } from '../columns.ts';

/** Endpoints, the parts of their captured predictions, labels, and rollouts. */
export const serving: Migration = {
  name: '0007-serving',
  async up(db) {
    await createTable(
      db,
      'endpoints',
      [
        'id text key',
        'project text',
        'name text',
        'description text',
        'model_id text',
        'model_name text',
        'unit_column text?',
        'champion_version_id text',
        'previous_version_id text?',
        'rollout_id text?',
        'evaluation_turn integer',
        'captured integer',
        'label_seq integer',
        'labels integer',
        'owner text',
        'created_at integer',
        'updated_at integer',
      ],
      { unique: [['name']] },
    );
    await createIndex(db, 'endpoints', ['project', 'id']);
    await createIndex(db, 'endpoints', ['model_id']);

    await createTable(
      db,
      'captured_parts',
      [
        'id text key',
        'project text',
        'endpoint_id text',
        'segment_id text',
        'from_row integer',
        'to_row integer',
        'digest text',
        'size_bytes integer',
        'inputs text',
        'created_at integer',
      ],
      {
        unique: [
          ['endpoint_id', 'segment_id'],
          ['endpoint_id', 'from_row'],
        ],
      },
    );
    await createTable(db, 'capture_drops', ['endpoint_id text', 'reason text', 'dropped integer'], {
      unique: [['endpoint_id', 'reason']],
    });

    await createTable(
      db,
      'labels',
      ['endpoint_id text', 'prediction_id text', 'value text', 'at integer?', 'received_at integer', 'seq integer'],
      { unique: [['endpoint_id', 'prediction_id']] },
    );
    await createIndex(db, 'labels', ['endpoint_id', 'seq']);

    await createTable(
      db,
      'rollouts',
      [
        'id text key',
        'project text',
        'endpoint_id text',
        'state text',
        'policy text',
        'step_index integer',
        'weight number',
        'champion_version_id text',
        'challenger_version_id text',
        'champion text',
        'challenger text',
        'test text',
        'decisions text',
        'reason text',
        'row_cursor integer',
        'first_row integer',
        'label_cursor integer',
        'revision integer',
        'pipeline_run_id text?',
        'origin_key text?',
        'started_at integer',
        'ended_at integer?',
      ],
      { unique: [['project', 'origin_key']] },
    );
    await createIndex(db, 'rollouts', ['project', 'id']);
    await createIndex(db, 'rollouts', ['endpoint_id', 'id']);
  },
};
