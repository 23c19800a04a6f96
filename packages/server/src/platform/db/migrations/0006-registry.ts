import { createIndex, createTable, type Migration } from '../columns.ts';

/** Models, their numbered versions with approvals, and the aliases that point at versions. */
export const registry: Migration = {
  name: '0006-registry',
  async up(db) {
    await createTable(
      db,
      'models',
      [
        'id text key',
        'project text',
        'name text',
        'description text',
        'approval text',
        'owner text',
        'version_count integer',
        'created_at integer',
        'updated_at integer',
      ],
      { unique: [['project', 'name']] },
    );
    await createTable(
      db,
      'model_versions',
      [
        'id text key',
        'project text',
        'model_id text',
        'number integer',
        'digest text',
        'size_bytes integer',
        'signature text',
        'run_id text',
        'evaluation_id text?',
        'dataset_version_id text',
        'note text',
        'created_by text',
        'created_by_id text',
        'created_at integer',
        'approval_state text',
        'approval_by text?',
        'approval_at integer?',
        'approval_reason text',
        'approval_digest text?',
        'origin_key text?',
      ],
      {
        unique: [
          ['model_id', 'number'],
          ['project', 'origin_key'],
        ],
      },
    );
    await createTable(
      db,
      'model_aliases',
      ['model_id text', 'project text', 'alias text', 'version_id text', 'moved_at integer'],
      { unique: [['model_id', 'alias']] },
    );
    await createIndex(db, 'model_aliases', ['version_id']);
  },
};
