import { createIndex, createTable, type Migration } from '../columns.ts';

/** The lineage graph, and data sets with their versions, checks and refused uploads. */
export const data: Migration = {
  name: '0002-data',
  async up(db) {
    const edge = ['project', 'from_type', 'from_id', 'to_type', 'to_id', 'kind'];
    await createTable(db, 'lineage_edges', [...edge.map((name) => `${name} text`), 'at integer'], { unique: [edge] });
    await createIndex(db, 'lineage_edges', ['project', 'to_type', 'to_id']);

    await createTable(
      db,
      'datasets',
      [
        'id text key',
        'project text',
        'name text',
        'description text',
        'time_column text?',
        'target_column text?',
        'owner text',
        'created_at integer',
        'updated_at integer',
        'version_count integer',
        'health text',
      ],
      { unique: [['project', 'name']] },
    );
    await createIndex(db, 'datasets', ['project', 'id']);
    await createTable(
      db,
      'dataset_versions',
      [
        'id text key',
        'project text',
        'dataset_id text',
        'number integer',
        'digest text',
        'size_bytes integer',
        'row_count integer',
        'columns text',
        'profile text',
        'check_results text',
        'origin text',
        'note text',
        'created_by text',
        'created_at integer',
        'origin_key text?',
      ],
      {
        unique: [
          ['dataset_id', 'number'],
          ['dataset_id', 'digest'],
          ['project', 'origin_key'],
        ],
      },
    );
    await createTable(db, 'dataset_checks', [
      'id text key',
      'project text',
      'dataset_id text',
      'kind text',
      'column_name text?',
      'parameters text',
      'severity text',
      'origin text',
      'enabled integer',
    ]);
    await createIndex(db, 'dataset_checks', ['dataset_id', 'id']);
    await createTable(db, 'dataset_refusals', [
      'id text key',
      'project text',
      'dataset_id text',
      'at integer',
      'by_name text',
      'reason text',
      'size_bytes integer',
      'problem_count integer',
      'problems text',
    ]);
    await createIndex(db, 'dataset_refusals', ['dataset_id', 'id']);
  },
};
