import { type Migration, createIndex, createTable } from '../columns.ts';

/** Evaluations with the report of their gate. */
export const evaluation: Migration = {
  name: '0005-evaluation',
  async up(db) {
    await createTable(
      db,
      'evaluations',
      [
        'id text key',
        'project text',
        'run_id text',
        'dataset_version_id text',
        'model_digest text',
        'task text',
        'row_count integer',
        'holdout_from integer',
        'created_at integer',
        'metrics text',
        'classes text?',
        'confusion text?',
        'comparisons text',
        'gate text',
        'origin_key text?',
      ],
      { unique: [['project', 'origin_key']] },
    );
    await createIndex(db, 'evaluations', ['project', 'id']);
    await createIndex(db, 'evaluations', ['project', 'run_id', 'id']);
  },
};
