import { createIndex, createTable, type Migration } from '../columns.ts';

/** What runs read and made: data sets and logged models with their parameters, tags and metrics. */
export const loggedModels: Migration = {
  name: '0011-logged-models',
  async up(db) {
    await createTable(
      db,
      'input_datasets',
      [
        'number serial',
        'id text',
        'project text',
        'experiment integer',
        'name text',
        'digest text',
        'source_type text',
        'source text',
        'schema text?',
        'profile text?',
        'created_at integer',
      ],
      { unique: [['experiment', 'name', 'digest'], ['id']] },
    );
    await createTable(db, 'run_inputs', ['number serial', 'run integer', 'dataset integer', 'context text?'], {
      unique: [['run', 'dataset']],
    });
    await createIndex(db, 'run_inputs', ['dataset']);
    await createTable(db, 'run_input_tags', ['input integer', 'key text', 'value text'], { primary: ['input', 'key'] });
    // `model`: as the client named it; it may be a model of another server.
    await createTable(
      db,
      'run_models',
      ['number serial', 'run integer', 'direction text', 'model text', 'step integer'],
      {
        unique: [['run', 'direction', 'model']],
      },
    );
    await createIndex(db, 'run_models', ['model']);
    await createTable(
      db,
      'logged_models',
      [
        'number serial',
        'id text',
        'project text',
        'experiment integer',
        'name text',
        'status text',
        'model_type text',
        'source_run_id text',
        'owner text',
        'created_at integer',
        'updated_at integer',
        'deleted_at integer?',
      ],
      { unique: [['id']] },
    );
    await createIndex(db, 'logged_models', ['experiment', 'created_at', 'id']);
    await createIndex(db, 'logged_models', ['source_run_id']);
    for (const table of ['logged_model_parameters', 'logged_model_tags'])
      await createTable(db, table, ['model integer', 'key text', 'value text'], { primary: ['model', 'key'] });
    // One row per metric of a model in a run on a data set; without a data set its name and digest are empty.
    await createTable(
      db,
      'logged_model_metrics',
      [
        'series serial',
        'model integer',
        'run integer',
        'key text',
        'dataset_name text',
        'dataset_digest text',
        'points integer',
        'last_value number?',
        'last_special text?',
        'last_step integer',
        'last_at integer',
        'min_value number?',
        'max_value number?',
      ],
      { unique: [['model', 'key', 'run', 'dataset_name', 'dataset_digest']] },
    );
    await createTable(
      db,
      'logged_model_points',
      ['series integer', 'at integer', 'step integer', 'value number', 'special integer'],
      { primary: ['series', 'at', 'step', 'value', 'special'] },
    );
  },
};
