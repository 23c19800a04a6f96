import { createHeadIndex, createIndex, createTable, type Migration } from '../columns.ts';

/**
 * Experiments and runs with their parameters, tags, metrics and files. What belongs to a run refers to it by its
 * number: such rows are many, and a number takes a quarter of the room of an id.
 */
export const experiments: Migration = {
  name: '0003-experiments',
  async up(db) {
    await createTable(
      db,
      'experiments',
      [
        'number serial',
        'id text',
        'project text',
        'name text',
        'description text',
        'owner text',
        'artifact_location text?',
        'created_at integer',
        'updated_at integer',
        'deleted_at integer?',
        'run_count integer',
        'last_run_at integer?',
      ],
      { unique: [['project', 'name'], ['id']] },
    );
    await createTable(db, 'experiment_tags', ['experiment integer', 'key text', 'value text'], {
      primary: ['experiment', 'key'],
    });
    await createTable(
      db,
      'runs',
      [
        'number serial',
        'id text',
        // The same in hexadecimal, as MLflow's clients spell it and look for parts of it.
        'hex text',
        'project text',
        'experiment integer',
        'name text',
        'status text',
        'parent_run_id text?',
        'dataset_version_id text?',
        'started_at integer',
        'ended_at integer?',
        'deleted_at integer?',
        'owner text',
        'user_id text',
        'note text',
        'origin_key text?',
      ],
      { unique: [['id'], ['project', 'origin_key']] },
    );
    await createIndex(db, 'runs', ['project', 'started_at', 'id']);
    await createIndex(db, 'runs', ['experiment', 'started_at', 'id']);
    // The experiment too, so that one filter or order by a key reads rows of one experiment only.
    for (const table of ['run_parameters', 'run_tags']) {
      await createTable(
        db,
        table,
        ['run integer', 'experiment integer', 'key text', 'value text', 'number_value number?'],
        { primary: ['run', 'key'] },
      );
      await createHeadIndex(db, table, ['experiment', 'key', 'value']);
    }
    await createTable(
      db,
      'run_metrics',
      [
        'series serial',
        'run integer',
        'experiment integer',
        'key text',
        'points integer',
        'last_value number?',
        'last_special text?',
        'last_step integer',
        'last_at integer',
        'min_value number?',
        'max_value number?',
      ],
      { unique: [['run', 'key']] },
    );
    await createIndex(db, 'run_metrics', ['experiment', 'key', 'last_value']);
    // A point is what it says: told once more, it is the same point. `value` is 0 where `special` says what it is.
    await createTable(
      db,
      'metric_points',
      ['series integer', 'at integer', 'step integer', 'value number', 'special integer'],
      { primary: ['series', 'at', 'step', 'value', 'special'] },
    );
    // `root`: the id of the run or the logged model a file belongs to.
    await createTable(
      db,
      'artifacts',
      [
        'project text',
        'root text',
        'path text',
        'digest text',
        'size_bytes integer',
        'media_type text',
        'created_at integer',
      ],
      { primary: ['project', 'root', 'path'] },
    );
  },
};
