import type { Page, Role, Team as Shown } from '@millwright/contract';
import { type Db, decodeCursor, pageFrom } from '#platform/db';

type TeamsTables = {
  teams: { number: number; project: string; name: string; description: string | null; created_at: number };
  team_grants: { number: number; team: number; resource: string; role: Role; level: string };
  team_members: { number: number; team: number; principal_id: string };
  principals: { id: string; name: string };
};
const tables = (db: Db) => db.withTables<TeamsTables>();

export interface Team {
  number: number;
  project: string;
  name: string;
  description: string | null;
}

export interface TeamGrant {
  number: number;
  team: number;
  /** `type/id`, `type/*` for all of the type, `*` for the whole project. */
  resource: string;
  role: Role;
  /** The word it was granted by: several may mean the same role. */
  level: string;
}

export interface TeamMember {
  number: number;
  team: number;
  principalId: string;
}

const teamFields = ['number', 'project', 'name', 'description'] as const;
const toMember = (row: TeamsTables['team_members']): TeamMember => ({
  number: row.number,
  team: row.team,
  principalId: row.principal_id,
});

export const insertTeam = async (db: Db, team: Omit<Team, 'number'>, now: number): Promise<Team> => {
  // The database gives the number.
  const values = { ...team, created_at: now } as TeamsTables['teams'];
  return tables(db).insertInto('teams').values(values).returning(teamFields).executeTakeFirstOrThrow();
};

export const findTeam = async (db: Db, number: number): Promise<Team | null> =>
  (await tables(db).selectFrom('teams').select(teamFields).where('number', '=', number).executeTakeFirst()) ?? null;

export interface TeamsQuery {
  projects?: readonly string[];
  numbers?: readonly number[];
}
/** By number; all of them where nothing is asked for. */
export const listTeams = async (db: Db, { projects, numbers }: TeamsQuery): Promise<Team[]> => {
  if (projects?.length === 0 || numbers?.length === 0) return [];
  let query = tables(db).selectFrom('teams').select(teamFields).orderBy('number');
  if (projects !== undefined) query = query.where('project', 'in', projects);
  if (numbers !== undefined) query = query.where('number', 'in', numbers);
  return query.execute();
};

/** With what they give and to whom. */
export const shownTeams = async (db: Db, teams: readonly Team[]): Promise<Shown[]> => {
  const numbers = teams.map(({ number }) => number);
  const grants = await listTeamGrants(db, numbers);
  const members =
    numbers.length === 0
      ? []
      : await tables(db)
          .selectFrom('team_members')
          .innerJoin('principals', 'principals.id', 'team_members.principal_id')
          .select(['team', 'principals.id as principalId', 'principals.name as principalName'])
          .where('team', 'in', numbers)
          .orderBy('principals.name')
          .execute();
  return teams.map(({ number, ...team }) => ({
    id: String(number),
    ...team,
    grants: grants
      .filter((grant) => grant.team === number)
      .map(({ number: id, role, resource }) => ({
        id: String(id),
        role,
        resource: resource === '*' ? null : resource,
      })),
    members: members.filter((member) => member.team === number).map(({ team: _team, ...member }) => member),
  }));
};

/** By number. */
export const pageTeams = async (
  db: Db,
  page: { limit?: number | undefined; cursor?: string | undefined },
): Promise<Page<Shown>> => {
  const limit = page.limit ?? 100;
  const after = decodeCursor(page.cursor);
  let query = tables(db)
    .selectFrom('teams')
    .select(teamFields)
    .orderBy('number')
    .limit(limit + 1);
  if (after) query = query.where('number', '>', Number(after[0]));
  const { items, nextCursor } = pageFrom(
    await query.execute(),
    limit,
    (row) => [row.number],
    (row) => row,
  );
  return { items: await shownTeams(db, items), nextCursor };
};

export const updateTeam = async (
  db: Db,
  number: number,
  set: Partial<Pick<Team, 'name' | 'description'>>,
): Promise<void> => {
  await tables(db).updateTable('teams').set(set).where('number', '=', number).execute();
};

export const deleteTeam = async (db: Db, number: number): Promise<void> => {
  await tables(db).deleteFrom('team_members').where('team', '=', number).execute();
  await tables(db).deleteFrom('team_grants').where('team', '=', number).execute();
  await tables(db).deleteFrom('teams').where('number', '=', number).execute();
};

export const insertTeamGrant = async (db: Db, grant: Omit<TeamGrant, 'number'>): Promise<TeamGrant> =>
  tables(db)
    .insertInto('team_grants')
    .values(grant as TeamGrant)
    .returningAll()
    .executeTakeFirstOrThrow();

export const findTeamGrant = async (db: Db, number: number): Promise<TeamGrant | null> =>
  (await tables(db).selectFrom('team_grants').selectAll().where('number', '=', number).executeTakeFirst()) ?? null;

/** By number. */
export const listTeamGrants = async (db: Db, teams: readonly number[]): Promise<TeamGrant[]> =>
  teams.length === 0
    ? []
    : tables(db).selectFrom('team_grants').selectAll().where('team', 'in', teams).orderBy('number').execute();

export const updateTeamGrant = async (
  db: Db,
  number: number,
  set: Pick<TeamGrant, 'role' | 'level'>,
): Promise<void> => {
  await tables(db).updateTable('team_grants').set(set).where('number', '=', number).execute();
};

export const deleteTeamGrant = async (db: Db, number: number): Promise<void> => {
  await tables(db).deleteFrom('team_grants').where('number', '=', number).execute();
};

export const insertMember = async (db: Db, member: Omit<TeamMember, 'number'>): Promise<TeamMember> =>
  toMember(
    await tables(db)
      .insertInto('team_members')
      .values({ team: member.team, principal_id: member.principalId } as TeamsTables['team_members'])
      .returningAll()
      .executeTakeFirstOrThrow(),
  );

/** Answers whether it was one. */
export const deleteMember = async (db: Db, { team, principalId }: Omit<TeamMember, 'number'>): Promise<boolean> => {
  const { numDeletedRows } = await tables(db)
    .deleteFrom('team_members')
    .where('team', '=', team)
    .where('principal_id', '=', principalId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
};

export const listMembers = async (db: Db, team: number): Promise<TeamMember[]> =>
  (await tables(db).selectFrom('team_members').selectAll().where('team', '=', team).orderBy('number').execute()).map(
    toMember,
  );

/** Memberships of everybody, or of one account. */
export const listMemberships = async (db: Db, principalId: string | null): Promise<TeamMember[]> => {
  const query = tables(db).selectFrom('team_members').selectAll().orderBy('number');
  return (await (principalId === null ? query : query.where('principal_id', '=', principalId)).execute()).map(toMember);
};
