import { createIndex, createTable, type Migration } from '../columns.ts';

/** What a run was tried with: one row per data set it read, and the digest of its parameters without seeds. */
export const reproduction: Migration = {
  name: '0020-reproduction',
  async up(db) {
    // `data`: the digest of a data set, the id of a data set version, or empty where the run names no data.
    await createTable(
      db,
      'run_fingerprints',
      ['run integer', 'project text', 'experiment integer', 'data text', 'parameters text'],
      { primary: ['run', 'data'] },
    );
    await createIndex(db, 'run_fingerprints', ['project', 'data', 'parameters', 'run']);
    await createIndex(db, 'run_fingerprints', ['project', 'data', 'run']);
    await createIndex(db, 'input_datasets', ['project', 'digest']);
  },
};
