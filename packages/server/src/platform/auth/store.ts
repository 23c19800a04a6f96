import type { Grant, Permission, Principal, Project, Role, Token } from '@millwright/contract';
import { sql } from 'kysely';
import { type Db, decodeCursor, decodeJson, encodeJson, pageFrom } from '#platform/db';

type AuthTables = {
  projects: { id: string; name: string; title: string; description: string; created_at: number };
  principals: {
    id: string;
    kind: 'user' | 'service';
    name: string;
    state: 'active' | 'disabled';
    password: string | null;
    created_at: number;
  };
  grants: {
    id: string;
    principal_id: string;
    role: Role;
    project: string | null;
    resource: string | null;
    created_at: number;
  };
  tokens: {
    id: string;
    principal_id: string;
    name: string;
    hint: string;
    hash: string;
    permissions: string | null;
    project: string | null;
    created_at: number;
    expires_at: number;
    last_used_at: number | null;
    revoked_at: number | null;
  };
  /** Written by teams; read here with the grants of an account. */
  teams: { number: number; project: string };
  team_grants: { number: number; team: number; resource: string; role: Role };
  team_members: { team: number; principal_id: string };
  sessions: { hash: string; principal_id: string; created_at: number; expires_at: number; last_used_at: number };
};
const tables = (db: Db) => db.withTables<AuthTables>();
type PageFilter = { limit?: number | undefined; cursor?: string | undefined };

const toPrincipal = (row: AuthTables['principals']): Principal => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  state: row.state,
  createdAt: row.created_at,
});
const toProject = (row: AuthTables['projects']): Project => ({
  id: row.id,
  name: row.name,
  title: row.title,
  description: row.description,
  createdAt: row.created_at,
});
const toToken = (row: AuthTables['tokens']): Token => ({
  id: row.id,
  principalId: row.principal_id,
  name: row.name,
  hint: row.hint,
  permissions: row.permissions === null ? null : decodeJson<Permission[]>(row.permissions),
  project: row.project,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  revokedAt: row.revoked_at,
});

export const insertProject = async (db: Db, project: Project): Promise<void> => {
  await tables(db)
    .insertInto('projects')
    .values({
      id: project.id,
      name: project.name,
      title: project.title,
      description: project.description,
      created_at: project.createdAt,
    })
    .execute();
};
export const findProject = async (db: Db, name: string): Promise<Project | null> => {
  const row = await tables(db).selectFrom('projects').selectAll().where('name', '=', name).executeTakeFirst();
  return row ? toProject(row) : null;
};
export const updateProject = async (db: Db, id: string, set: { title: string; description: string }): Promise<void> => {
  await tables(db).updateTable('projects').set(set).where('id', '=', id).execute();
};
export const listProjects = async (db: Db, filter: PageFilter & { names: string[] | null }) => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  if (filter.names?.length === 0) return { items: [], nextCursor: null };
  let query = tables(db)
    .selectFrom('projects')
    .selectAll()
    .orderBy('name')
    .limit(limit + 1);
  if (filter.names) query = query.where('name', 'in', filter.names);
  if (after) query = query.where('name', '>', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.name], toProject);
};

export const insertPrincipal = async (
  db: Db,
  principal: Principal & { kind: 'user' | 'service' },
  password: string | null,
): Promise<void> => {
  await tables(db)
    .insertInto('principals')
    .values({
      id: principal.id,
      kind: principal.kind,
      name: principal.name,
      state: principal.state,
      password,
      created_at: principal.createdAt,
    })
    .execute();
};
export const findPrincipal = async (db: Db, ref: string): Promise<(Principal & { password: string | null }) | null> => {
  const row = await tables(db)
    .selectFrom('principals')
    .selectAll()
    .where((e) => e.or([e('id', '=', ref), e('name', '=', ref)]))
    .executeTakeFirst();
  return row ? { ...toPrincipal(row), password: row.password } : null;
};
export const listPrincipals = async (db: Db, filter: PageFilter) => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = tables(db)
    .selectFrom('principals')
    .selectAll()
    .orderBy('name')
    .limit(limit + 1);
  if (after) query = query.where('name', '>', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.name], toPrincipal);
};
export const updatePrincipal = async (
  db: Db,
  id: string,
  set: { state?: 'active' | 'disabled'; password?: string },
): Promise<void> => {
  await tables(db).updateTable('principals').set(set).where('id', '=', id).execute();
};

export interface GrantRow {
  id: string;
  principalId: string;
  role: Role;
  project: string | null;
  resource: string | null;
  createdAt: number;
}
export const insertGrant = async (db: Db, grant: GrantRow): Promise<void> => {
  await tables(db)
    .insertInto('grants')
    .values({
      id: grant.id,
      principal_id: grant.principalId,
      role: grant.role,
      project: grant.project,
      resource: grant.resource,
      created_at: grant.createdAt,
    })
    .execute();
};
const grantsWithNames = (db: Db) =>
  tables(db)
    .selectFrom('grants')
    .innerJoin('principals', 'principals.id', 'grants.principal_id')
    .select([
      'grants.id as id',
      'grants.principal_id as principal_id',
      'principals.name as principal_name',
      'grants.role as role',
      'grants.project as project',
      'grants.resource as resource',
      'grants.created_at as created_at',
    ]);
const toGrant = (row: {
  id: string;
  principal_id: string;
  principal_name: string;
  role: Role;
  project: string | null;
  resource: string | null;
  created_at: number;
}): Grant => ({
  id: row.id,
  principalId: row.principal_id,
  principalName: row.principal_name,
  role: row.role,
  project: row.project,
  resource: row.resource,
  createdAt: row.created_at,
});
export const grantsOf = async (db: Db, principalId: string): Promise<Grant[]> =>
  (await grantsWithNames(db).where('grants.principal_id', '=', principalId).orderBy('grants.id').execute()).map(
    toGrant,
  );
/** What an account may do: its own grants and those of the teams it is in, whose ids say so and name no grant. */
export const grantsInForce = async (db: Db, principalId: string): Promise<Grant[]> => {
  const ofTeams = tables(db)
    .selectFrom('team_members')
    .innerJoin('team_grants', 'team_grants.team', 'team_members.team')
    .innerJoin('teams', 'teams.number', 'team_members.team')
    .innerJoin('principals', 'principals.id', 'team_members.principal_id')
    .where('team_members.principal_id', '=', principalId)
    .select((e) => [
      sql<string>`'grt_team' || cast(${e.ref('team_grants.number')} as text)`.as('id'),
      'team_members.principal_id as principal_id',
      'principals.name as principal_name',
      'team_grants.role as role',
      sql<string | null>`${e.ref('teams.project')}`.as('project'),
      sql<string | null>`nullif(${e.ref('team_grants.resource')}, '*')`.as('resource'),
      sql<number>`0`.as('created_at'),
    ]);
  const own = grantsWithNames(db).where('grants.principal_id', '=', principalId);
  return (await own.unionAll(ofTeams).execute()).map(toGrant);
};
export const listGrants = async (db: Db, filter: PageFilter) => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = grantsWithNames(db)
    .orderBy('grants.id')
    .limit(limit + 1);
  if (after) query = query.where('grants.id', '>', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toGrant);
};
export const findGrant = async (db: Db, id: string): Promise<Grant | null> => {
  const row = await grantsWithNames(db).where('grants.id', '=', id).executeTakeFirst();
  return row ? toGrant(row) : null;
};
export const removeGrant = async (db: Db, id: string): Promise<void> => {
  await tables(db).deleteFrom('grants').where('id', '=', id).execute();
};
/** People who can sign in and may do everything on the instance. */
export const countAdmins = async (db: Db): Promise<number> => {
  const row = await tables(db)
    .selectFrom('grants')
    .innerJoin('principals', 'principals.id', 'grants.principal_id')
    .select((e) => e.fn.count('principals.id').distinct().as('count'))
    .where('grants.role', '=', 'admin')
    .where('grants.project', 'is', null)
    .where('principals.state', '=', 'active')
    .where('principals.kind', '=', 'user')
    .executeTakeFirst();
  return Number(row?.count ?? 0);
};

export const insertToken = async (db: Db, token: Token, hash: string): Promise<void> => {
  await tables(db)
    .insertInto('tokens')
    .values({
      id: token.id,
      principal_id: token.principalId,
      name: token.name,
      hint: token.hint,
      hash,
      permissions: token.permissions === null ? null : encodeJson(token.permissions),
      project: token.project,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
      last_used_at: null,
      revoked_at: null,
    })
    .execute();
};
export const findTokenByHash = async (db: Db, hash: string): Promise<Token | null> => {
  const row = await tables(db).selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
  return row ? toToken(row) : null;
};
export const findToken = async (db: Db, id: string): Promise<Token | null> => {
  const row = await tables(db).selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toToken(row) : null;
};
export const listTokens = async (db: Db, filter: PageFilter & { principalId: string | null }) => {
  const limit = filter.limit ?? 100;
  const after = decodeCursor(filter.cursor);
  let query = tables(db)
    .selectFrom('tokens')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (filter.principalId !== null) query = query.where('principal_id', '=', filter.principalId);
  if (after) query = query.where('id', '<', String(after[0]));
  return pageFrom(await query.execute(), limit, (row) => [row.id], toToken);
};
export const markTokenUsed = async (db: Db, id: string, at: number): Promise<void> => {
  await tables(db).updateTable('tokens').set({ last_used_at: at }).where('id', '=', id).execute();
};
export const markTokenRevoked = async (db: Db, id: string, at: number): Promise<void> => {
  await tables(db).updateTable('tokens').set({ revoked_at: at }).where('id', '=', id).execute();
};

export const insertSession = async (
  db: Db,
  hash: string,
  principalId: string,
  now: number,
  expiresAt: number,
): Promise<void> => {
  await tables(db)
    .insertInto('sessions')
    .values({ hash, principal_id: principalId, created_at: now, expires_at: expiresAt, last_used_at: now })
    .execute();
};
export const findSession = async (db: Db, hash: string): Promise<{ principalId: string; expiresAt: number } | null> => {
  const row = await tables(db)
    .selectFrom('sessions')
    .select(['principal_id', 'expires_at'])
    .where('hash', '=', hash)
    .executeTakeFirst();
  return row ? { principalId: row.principal_id, expiresAt: row.expires_at } : null;
};
export const removeSession = async (db: Db, hash: string): Promise<void> => {
  await tables(db).deleteFrom('sessions').where('hash', '=', hash).execute();
};
export const removeSessionsOf = async (db: Db, principalId: string): Promise<void> => {
  await tables(db).deleteFrom('sessions').where('principal_id', '=', principalId).execute();
};
