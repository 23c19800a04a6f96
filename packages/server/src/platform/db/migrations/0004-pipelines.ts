import { type Migration, createIndex, createTable } from '../columns.ts';

/** Definitions by revision, runs with their steps, and what was made of each trigger. */
export const pipelines: Migration = {
  name: '0004-pipelines',
  async up(db) {
    await createTable(
      db,
      'pipelines',
      [
        'id text key',
        'project text',
        'name text',
        'description text',
        'revision integer',
        'enabled integer',
        'owner text',
        'run_count integer',
        'created_at integer',
        'updated_at integer',
      ],
      { unique: [['project', 'name']] },
    );
    await createTable(
      db,
      'pipeline_revisions',
      ['pipeline_id text', 'project text', 'revision integer', 'spec text', 'saved_by text', 'saved_at integer'],
      { unique: [['pipeline_id', 'revision']] },
    );
    await createTable(db, 'pipeline_event_triggers', [
      'pipeline_id text',
      'project text',
      'event_type text',
      'subject_id text?',
    ]);
    await createIndex(db, 'pipeline_event_triggers', ['event_type', 'project']);
    await createIndex(db, 'pipeline_event_triggers', ['pipeline_id']);

    await createTable(
      db,
      'pipeline_runs',
      [
        'id text key',
        'project text',
        'pipeline_id text',
        'revision integer',
        'number integer',
        'state text',
        'parameters text',
        'trigger_kind text',
        'trigger_by text',
        'actor_id text',
        'event_id text?',
        'reason text',
        'message text',
        'changes integer',
        'started_at integer',
        'ended_at integer?',
      ],
      { unique: [['pipeline_id', 'number']] },
    );
    await createIndex(db, 'pipeline_runs', ['project', 'id']);
    await createIndex(db, 'pipeline_runs', ['pipeline_id', 'state']);
    await createTable(
      db,
      'pipeline_steps',
      [
        'id text key',
        'project text',
        'run_id text',
        'position integer',
        'name text',
        'kind text',
        'state text',
        'attempts integer',
        'failures integer',
        'output text?',
        'message text',
        'started_at integer?',
        'ended_at integer?',
      ],
      { unique: [['run_id', 'name']] },
    );
    await createTable(db, 'pipeline_step_logs', ['step_id text key', 'project text', 'lines text']);

    await createTable(
      db,
      'pipeline_trigger_decisions',
      [
        'id text key',
        'project text',
        'pipeline_id text',
        'trigger_key text',
        'at integer',
        'kind text',
        'event_id text?',
        'decision text',
        'reason text',
        'run_id text?',
      ],
      { unique: [['pipeline_id', 'trigger_key']] },
    );
    await createIndex(db, 'pipeline_trigger_decisions', ['pipeline_id', 'id']);
  },
};
