import type { Grant, Permission, Principal, Project, Role, Token } from '@millwright/contract';
import type { Change, Changes } from '#platform/change';
import type { Clock } from '#platform/clock';
import { type Database, isUniqueViolation } from '#platform/db';
import { fail } from '#platform/errors';
import type { Ids } from '#platform/ids';
import { type Actor, demand, localOwner, mayDo } from './actor.ts';
import { checkPassword, hashPassword, hashSecret, newSecret } from './secrets.ts';
import * as store from './store.ts';

const sessionLifeMs = 7 * 24 * 3_600_000;
const dayMs = 24 * 3_600_000;
const failureWindowMs = 15 * 60_000;
const failuresAllowed = 10;

export interface Auth {
  /** Whose token or session this is; fails when it is none. */
  byToken(secret: string): Promise<Actor>;
  bySession(secret: string): Promise<Actor | null>;
  grantsOf(actor: Actor): Promise<Grant[]>;
  signIn(
    name: string,
    password: string,
    requestId: string,
  ): Promise<{ actor: Actor; secret: string; expiresAt: number }>;
  signOut(actor: Actor, secret: string, requestId: string): Promise<void>;
  setPassword(actor: Actor, current: string, next: string, requestId: string): Promise<void>;
  hasAdmin(): Promise<boolean>;
  principal(actor: Actor): Promise<Principal>;
  listPrincipals(filter: {
    limit?: number | undefined;
    cursor?: string | undefined;
  }): ReturnType<typeof store.listPrincipals>;
  createUser(
    actor: Actor,
    input: { name: string; password: string; admin?: boolean },
    requestId: string,
  ): Promise<Principal>;
  createServiceAccount(actor: Actor, name: string, requestId: string): Promise<Principal>;
  setPrincipalState(actor: Actor, ref: string, state: 'active' | 'disabled', requestId: string): Promise<Principal>;
  listTokens(
    actor: Actor,
    filter: { limit?: number | undefined; cursor?: string | undefined },
  ): ReturnType<typeof store.listTokens>;
  createToken(
    actor: Actor,
    input: { name: string; principal?: string; permissions?: Permission[]; project?: string; expiresInDays?: number },
    requestId: string,
  ): Promise<{ token: Token; secret: string }>;
  revokeToken(actor: Actor, id: string, requestId: string): Promise<void>;
  listGrants(filter: { limit?: number | undefined; cursor?: string | undefined }): ReturnType<typeof store.listGrants>;
  createGrant(
    actor: Actor,
    input: { principal: string; role: Role; project?: string; resource?: string },
    requestId: string,
  ): Promise<Grant>;
  deleteGrant(actor: Actor, id: string, requestId: string): Promise<void>;
  listProjects(
    actor: Actor,
    filter: { limit?: number | undefined; cursor?: string | undefined },
  ): ReturnType<typeof store.listProjects>;
  findProject(name: string): Promise<Project | null>;
  createProject(
    actor: Actor,
    input: { name: string; title?: string; description?: string },
    requestId: string,
  ): Promise<Project>;
}

export const createAuth = (parts: { database: Database; changes: Changes; clock: Clock; ids: Ids }): Auth => {
  const { database, changes, clock, ids } = parts;
  const { db } = database;
  const failures = new Map<string, { count: number; since: number }>();

  const change = <T>(actor: Actor, requestId: string, run: (change: Change) => Promise<T>): Promise<T> =>
    changes.change({ actor, project: null, requestId }, run);
  const actorOf = async (principal: Principal, via: 'session' | 'token', limits: Actor['limits']): Promise<Actor> => ({
    id: principal.id,
    name: principal.name,
    kind: principal.kind === 'service' ? 'service' : 'user',
    via,
    grants: await store.grantsOf(db, principal.id),
    limits,
  });
  const named = async (ref: string): Promise<Principal & { password: string | null }> =>
    (await store.findPrincipal(db, ref)) ?? fail('INVALID_REFERENCE', `There is no account '${ref}'.`);

  const create = async (
    actor: Actor,
    kind: 'user' | 'service',
    name: string,
    password: string | null,
    admin: boolean,
    requestId: string,
  ): Promise<Principal> => {
    const principal = {
      id: ids.next(kind === 'user' ? 'usr' : 'svc'),
      kind,
      name,
      state: 'active' as const,
      createdAt: clock.now(),
    };
    try {
      await change(actor, requestId, async (tx) => {
        await store.insertPrincipal(tx.db, principal, password);
        tx.audit({
          verb: kind === 'user' ? 'user.create' : 'service-account.create',
          resourceType: 'principal',
          resourceId: principal.id,
          detail: { name, admin },
        });
        if (admin)
          await store.insertGrant(tx.db, {
            id: ids.next('grt'),
            principalId: principal.id,
            role: 'admin',
            project: null,
            resource: null,
            createdAt: tx.now,
          });
      });
    } catch (error) {
      if (isUniqueViolation(error)) fail('NAME_TAKEN', `There is an account '${name}' already.`);
      throw error;
    }
    return principal;
  };

  const refuseLastAdmin = async (run: Change, before: number): Promise<void> => {
    if (before > 0 && (await store.countAdmins(run.db)) === 0)
      fail(
        'CONFLICT',
        'This would leave the instance without an admin who can sign in. Make somebody else admin first.',
      );
  };

  return {
    async byToken(secret) {
      const token = await store.findTokenByHash(db, hashSecret(secret));
      const now = clock.now();
      if (!token || token.revokedAt !== null || token.expiresAt <= now)
        return fail(
          'TOKEN_INVALID',
          'The token is unknown, expired or revoked. Create a new one with `millwright tokens create`.',
        );
      const principal = await store.findPrincipal(db, token.principalId);
      if (!principal || principal.state !== 'active')
        return fail('TOKEN_INVALID', 'The account of this token is disabled.');
      // Once a minute is enough to see which tokens are in use, and keeps reads free of writes.
      if (token.lastUsedAt === null || now - token.lastUsedAt > 60_000) await store.markTokenUsed(db, token.id, now);
      return actorOf(principal, 'token', { permissions: token.permissions, project: token.project });
    },
    async bySession(secret) {
      const session = await store.findSession(db, hashSecret(secret));
      if (!session || session.expiresAt <= clock.now()) return null;
      const principal = await store.findPrincipal(db, session.principalId);
      return principal && principal.state === 'active' ? actorOf(principal, 'session', null) : null;
    },
    grantsOf: async (actor) =>
      actor.kind === 'local-owner'
        ? [
            {
              id: 'grt_00000000000000000000000000',
              principalId: actor.id,
              principalName: actor.name,
              role: 'admin',
              project: null,
              resource: null,
              createdAt: 0,
            },
          ]
        : store.grantsOf(db, actor.id),
    async signIn(name, password, requestId) {
      const now = clock.now();
      const recent = failures.get(name);
      if (recent && now - recent.since < failureWindowMs && recent.count >= failuresAllowed)
        return fail(
          'TOO_MANY_REQUESTS',
          `Too many failed attempts for '${name}'. Try again in ${Math.ceil((failureWindowMs - (now - recent.since)) / 60_000)} minutes.`,
        );
      const principal = await store.findPrincipal(db, name);
      const right = await checkPassword(password, principal?.password ?? null);
      if (!principal || !right || principal.state !== 'active') {
        if (failures.size > 10_000) failures.clear();
        failures.set(
          name,
          recent && now - recent.since < failureWindowMs
            ? { count: recent.count + 1, since: recent.since }
            : { count: 1, since: now },
        );
        return fail('SIGN_IN_FAILED', 'Name or password is wrong, or the account is disabled.');
      }
      failures.delete(name);
      const secret = newSecret('mw_ses_');
      const actor = await actorOf(principal, 'session', null);
      await change(actor, requestId, async (tx) => {
        await store.insertSession(tx.db, hashSecret(secret), principal.id, tx.now, tx.now + sessionLifeMs);
        tx.audit({ verb: 'session.start', resourceType: 'principal', resourceId: principal.id });
      });
      return { actor, secret, expiresAt: now + sessionLifeMs };
    },
    async signOut(actor, secret, requestId) {
      await change(actor, requestId, async (tx) => {
        await store.removeSession(tx.db, hashSecret(secret));
        tx.audit({ verb: 'session.end', resourceType: 'principal', resourceId: actor.id });
      });
    },
    async setPassword(actor, current, next, requestId) {
      if (actor.kind !== 'user' || actor.via !== 'session')
        fail('CONFLICT', 'Only a user who signed in has a password to change.');
      const principal = await store.findPrincipal(db, actor.id);
      if (!(await checkPassword(current, principal?.password ?? null)))
        fail('SIGN_IN_FAILED', 'The current password is wrong.');
      const hashed = await hashPassword(next);
      await change(actor, requestId, async (tx) => {
        await store.updatePrincipal(tx.db, actor.id, { password: hashed });
        await store.removeSessionsOf(tx.db, actor.id);
        tx.audit({ verb: 'password.change', resourceType: 'principal', resourceId: actor.id });
      });
    },
    hasAdmin: async () => (await store.countAdmins(db)) > 0,
    async principal(actor) {
      if (actor.kind === 'local-owner')
        return { id: localOwner.id, kind: 'local-owner', name: localOwner.name, state: 'active', createdAt: 0 };
      const { password: _password, ...principal } = await named(actor.id);
      return principal;
    },
    listPrincipals: (filter) => store.listPrincipals(db, filter),
    createUser: async (actor, input, requestId) =>
      create(actor, 'user', input.name, await hashPassword(input.password), input.admin ?? false, requestId),
    createServiceAccount: (actor, name, requestId) => create(actor, 'service', name, null, false, requestId),
    async setPrincipalState(actor, ref, state, requestId) {
      const found = await store.findPrincipal(db, ref);
      if (!found) return fail('NOT_FOUND', `There is no account '${ref}'.`);
      const before = await store.countAdmins(db);
      await change(actor, requestId, async (tx) => {
        await store.updatePrincipal(tx.db, found.id, { state });
        if (state === 'disabled') await store.removeSessionsOf(tx.db, found.id);
        await refuseLastAdmin(tx, before);
        tx.audit({
          verb: 'principal.set-state',
          resourceType: 'principal',
          resourceId: found.id,
          detail: { name: found.name, state },
        });
      });
      const { password: _password, ...principal } = found;
      return { ...principal, state };
    },
    listTokens: (actor, filter) =>
      store.listTokens(db, {
        ...filter,
        principalId: mayDo(actor, 'access:read', { project: null }) ? null : actor.id,
      }),
    async createToken(actor, input, requestId) {
      const owner = input.principal === undefined ? await this.principal(actor) : await named(input.principal);
      if (owner.kind === 'local-owner')
        fail('CONFLICT', 'The local owner needs no token. Create a service account and a token for it.');
      if (owner.id !== actor.id) {
        demand(actor, 'access:write', { project: null });
        if (owner.kind !== 'service')
          fail('PERMISSION_DENIED', 'A token acts as its owner: only that person may create it.');
      }
      if (input.project !== undefined && !(await store.findProject(db, input.project)))
        fail('INVALID_REFERENCE', `There is no project '${input.project}'.`);
      // A token must not make another one that outlives or outreaches it.
      if (actor.limits !== null) fail('PERMISSION_DENIED', 'A token cannot create tokens. Sign in to create one.');
      const secret = newSecret(owner.kind === 'service' ? 'mw_svc_' : 'mw_pat_');
      const now = clock.now();
      const token: Token = {
        id: ids.next('tok'),
        principalId: owner.id,
        name: input.name,
        hint: `${secret.slice(0, 11)}...`,
        permissions: input.permissions ?? null,
        project: input.project ?? null,
        createdAt: now,
        expiresAt: now + (input.expiresInDays ?? 90) * dayMs,
        lastUsedAt: null,
        revokedAt: null,
      };
      await change(actor, requestId, async (tx) => {
        await store.insertToken(tx.db, token, hashSecret(secret));
        tx.audit({
          verb: 'token.create',
          resourceType: 'token',
          resourceId: token.id,
          detail: {
            owner: owner.name,
            name: token.name,
            permissions: token.permissions,
            project: token.project,
            expiresAt: token.expiresAt,
          },
        });
      });
      return { token, secret };
    },
    async revokeToken(actor, id, requestId) {
      const token = await store.findToken(db, id);
      const visible =
        token !== null && (token.principalId === actor.id || mayDo(actor, 'access:write', { project: null }));
      if (!token || !visible) return fail('NOT_FOUND', `There is no token '${id}' of yours.`);
      await change(actor, requestId, async (tx) => {
        await store.markTokenRevoked(tx.db, id, tx.now);
        tx.audit({ verb: 'token.revoke', resourceType: 'token', resourceId: id });
      });
    },
    listGrants: (filter) => store.listGrants(db, filter),
    async createGrant(actor, input, requestId) {
      const principal = await named(input.principal);
      if (input.project !== undefined && !(await store.findProject(db, input.project)))
        fail('INVALID_REFERENCE', `There is no project '${input.project}'.`);
      if (input.resource !== undefined && input.project === undefined)
        fail('INVALID_INPUT', 'A role on one resource needs its project.');
      // Nobody raises their own rights; the machine's owner is not an account.
      if (principal.id === actor.id) fail('CONFLICT', 'Nobody can grant roles to themselves. Ask another admin.');
      const grant = {
        id: ids.next('grt'),
        principalId: principal.id,
        role: input.role,
        project: input.project ?? null,
        resource: input.resource ?? null,
        createdAt: clock.now(),
      };
      await change(actor, requestId, async (tx) => {
        await store.insertGrant(tx.db, grant);
        tx.audit({
          verb: 'grant.create',
          resourceType: 'grant',
          resourceId: grant.id,
          detail: { principal: principal.name, role: grant.role, project: grant.project, resource: grant.resource },
        });
      });
      return { ...grant, principalName: principal.name };
    },
    async deleteGrant(actor, id, requestId) {
      const grant = await store.findGrant(db, id);
      if (!grant) return fail('NOT_FOUND', `There is no grant '${id}'.`);
      const before = await store.countAdmins(db);
      await change(actor, requestId, async (tx) => {
        await store.removeGrant(tx.db, id);
        await refuseLastAdmin(tx, before);
        tx.audit({
          verb: 'grant.delete',
          resourceType: 'grant',
          resourceId: id,
          detail: {
            principal: grant.principalName,
            role: grant.role,
            project: grant.project,
            resource: grant.resource,
          },
        });
      });
    },
    listProjects: (actor, filter) => {
      const readable =
        actor.grants.some((grant) => grant.project === null) && actor.limits?.project == null
          ? null
          : actor.grants
              .filter(
                (grant) =>
                  grant.project !== null &&
                  mayDo(actor, 'project:read', { project: grant.project, resource: resourceOf(grant.resource) }),
              )
              .map((grant) => grant.project as string);
      return store.listProjects(db, {
        ...filter,
        names: readable ?? (actor.limits?.project ? [actor.limits.project] : null),
      });
    },
    findProject: (name) => store.findProject(db, name),
    async createProject(actor, input, requestId) {
      const project = {
        id: ids.next('prj'),
        name: input.name,
        title: input.title ?? input.name,
        description: input.description ?? '',
        createdAt: clock.now(),
      };
      try {
        await changes.change({ actor, project: project.name, requestId }, async (tx) => {
          await store.insertProject(tx.db, project);
          tx.audit({
            verb: 'project.create',
            resourceType: 'project',
            resourceId: project.id,
            detail: { name: project.name },
          });
        });
      } catch (error) {
        if (isUniqueViolation(error)) fail('NAME_TAKEN', `There is a project '${input.name}' already.`);
        throw error;
      }
      return project;
    },
  };
};

const resourceOf = (resource: string | null): { type: string; ref: string } | null => {
  if (resource === null) return null;
  const [type = '', ref = ''] = resource.split('/');
  return { type, ref };
};
