import { createIndex, createTable, type Migration } from '../columns.ts';

/** Requests for approval with their votes and comments, policies, and the tests that versions of a model are put to. */
export const registryRequests: Migration = {
  name: '0015-registry-requests',
  async up(db) {
    // `model_id` is empty for the policy of the project.
    await createTable(
      db,
      'registry_policies',
      ['project text', 'model_id text', 'policy text', 'updated_by text', 'updated_at integer'],
      { primary: ['project', 'model_id'] },
    );
    await createTable(db, 'approval_requests', [
      'id text key',
      'project text',
      'model_id text',
      'version_id text',
      'alias text?',
      'stage text?',
      'digest text?',
      'bound_to text',
      'reason text',
      'requested_by text',
      'requested_by_id text',
      'requested_at integer',
      'expires_at integer',
      'state text',
      'closed_by text?',
      'closed_at integer?',
      'closed_reason text',
    ]);
    await createIndex(db, 'approval_requests', ['project', 'state', 'id']);
    await createIndex(db, 'approval_requests', ['version_id', 'state']);
    await createIndex(db, 'approval_requests', ['model_id']);
    await createIndex(db, 'approval_requests', ['state', 'expires_at']);
    await createTable(
      db,
      'approval_votes',
      [
        'request_id text',
        'voter_id text',
        'voter text',
        'decision text',
        'reason text',
        'roles text',
        'voted_at integer',
      ],
      { primary: ['request_id', 'voter_id'] },
    );
    await createTable(db, 'approval_comments', [
      'id text key',
      'request_id text',
      'author text',
      'author_id text',
      'body text',
      'written_at integer',
    ]);
    await createIndex(db, 'approval_comments', ['request_id', 'id']);
    await createTable(
      db,
      'contract_suites',
      ['model_id text', 'revision integer', 'project text', 'tests text', 'created_by text', 'created_at integer'],
      { primary: ['model_id', 'revision'] },
    );
    await createTable(db, 'contract_runs', [
      'id text key',
      'project text',
      'model_id text',
      'version_id text',
      'revision integer',
      'digest text?',
      'cause text',
      'started_by text',
      'state text',
      'results text',
      'created_at integer',
      'finished_at integer?',
    ]);
    await createIndex(db, 'contract_runs', ['version_id', 'id']);
    await createIndex(db, 'contract_runs', ['model_id', 'id']);
  },
};
