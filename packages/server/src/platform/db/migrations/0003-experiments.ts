import { createIndex, createTable, type Migration } from '../columns.ts';

/** Experiments and runs with their parameters, tags, metrics and files. */
export const experiments: Migration = {
  name: '0003-experiments',
  async up(db) {
    await createTable(
      db,
      'experiments',
      [
        'id text key',
        'project text',
        'name text',
        'description text',
        'owner text',
        'created_at integer',
        'run_count integer',
        'last_run_at integer?',
      ],
      { unique: [['project', 'name']] },
    );
    await createIndex(db, 'experiments', ['project', 'id']);
    await createTable(
      db,
      'runs',
      [
        'id text key',
        'project text',
        'experiment_id text',
        'name text',
        'status text',
        'parent_run_id text?',
        'dataset_version_id text?',
        'started_at integer',
        'ended_at integer?',
        'owner text',
        'note text',
        'origin_key text?',
      ],
      { unique: [['project', 'origin_key']] },
    );
    await createIndex(db, 'runs', ['project', 'id']);
    await createIndex(db, 'runs', ['experiment_id', 'id']);
    // The value as a number too, where it is one, for filters.
    for (const table of ['run_parameters', 'run_tags'])
      await createTable(db, table, ['run_id text', 'project text', 'key text', 'value text', 'number_value number?'], {
        unique: [['run_id', 'key']],
      });
    await createTable(
      db,
      'run_metrics',
      [
        'run_id text',
        'project text',
        'key text',
        'points integer',
        'special_points integer',
        'last_value number?',
        'last_special text?',
        'last_step integer',
        'min_value number?',
        'max_value number?',
      ],
      { unique: [['run_id', 'key']] },
    );
    await createTable(db, 'metric_points', [
      'run_id text',
      'project text',
      'key text',
      'seq integer',
      'step integer',
      'at integer',
      'value number?',
      'special text?',
    ]);
    await createIndex(db, 'metric_points', ['run_id', 'key', 'seq'], { unique: true });
    await createTable(
      db,
      'run_artifacts',
      [
        'run_id text',
        'project text',
        'path text',
        'digest text',
        'size_bytes integer',
        'media_type text',
        'created_at integer',
      ],
      { unique: [['run_id', 'path']] },
    );
  },
};
