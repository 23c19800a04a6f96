import { createIndex, createTable, type Migration } from '../columns.ts';

/** Models, their numbered versions with approvals, the tags of both, and the aliases that point at versions. */
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
        'taken_name text?',
        'description text',
        'approval text',
        'owner text',
        'version_count integer',
        'created_at integer',
        'updated_at integer',
      ],
      { unique: [['project', 'taken_name']] },
    );
    await createTable(db, 'model_tags', ['model_id text', 'key text', 'value text'], { primary: ['model_id', 'key'] });
    await createTable(
      db,
      'model_versions',
      [
        'id text key',
        'project text',
        'model_id text',
        'number integer',
        'format text',
        'digest text?',
        'size_bytes integer?',
        'signature text?',
        'source text?',
        'files_root text?',
        'files_path text?',
        'download_uri text?',
        'run_id text?',
        'named_run text?',
        'run_link text',
        'evaluation_id text?',
        'dataset_version_id text?',
        'stage text',
        'status text',
        'note text',
        'created_by text',
        'created_by_id text',
        'created_at integer',
        'updated_at integer',
        'deleted_at integer?',
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
    await createIndex(db, 'model_versions', ['project', 'updated_at']);
    await createIndex(db, 'model_versions', ['named_run']);
    await createTable(db, 'model_version_tags', ['version_id text', 'key text', 'value text'], {
      primary: ['version_id', 'key'],
    });
    await createTable(
      db,
      'model_aliases',
      ['model_id text', 'project text', 'alias text', 'version_id text', 'moved_at integer'],
      { unique: [['model_id', 'alias']] },
    );
    await createIndex(db, 'model_aliases', ['version_id']);
  },
};
