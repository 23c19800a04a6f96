import { createIndex, createTable, type Migration } from '../columns.ts';

/** Roles that are handed out together, to whoever is a member. */
export const teams: Migration = {
  name: '0024-teams',
  async up(db) {
    await createTable(
      db,
      'teams',
      ['number serial', 'project text', 'name text', 'description text?', 'created_at integer'],
      { unique: [['project', 'name']] },
    );
    // `resource`: `type/id`, `type/*`, or `*` for the whole project. `level`: the word it was granted by.
    await createTable(
      db,
      'team_grants',
      ['number serial', 'team integer', 'resource text', 'role text', 'level text'],
      {
        unique: [['team', 'resource']],
      },
    );
    await createTable(db, 'team_members', ['number serial', 'team integer', 'principal_id text'], {
      unique: [['team', 'principal_id']],
    });
    await createIndex(db, 'team_members', ['principal_id']);
  },
};
