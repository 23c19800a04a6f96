import type { Grant, Permission, Principal, Token } from '@millwright/contract';
import type { Change, Changes } from '#platform/change';
import type { Clock } from '#platform/clock';
import { type Database, isUniqueViolation } from '#platform/db';
import { fail } from '#platform/errors';
import type { Ids } from '#platform/ids';
import { type Actor, type Scope, demand, localOwner, mayDependOnResource, mayDo } from './actor.ts';
import { type Lending, createLending } from './lending.ts';
import { type Grants, createGrants, keepAnAdmin } from './grants.ts';
import { type Projects, createProjects } from './projects.ts';
import { type ResourceResolver, createResources } from './resources.ts';
import { checkPassword, hashPassword, hashSecret, newSecret } from './secrets.ts';
import * as store from './store.ts';
import { type Teams, createTeams } from './teams/service.ts';
import { createThrottle } from './throttle.ts';
import { createVerifiedPasswords, judgePair } from './verified-passwords.ts';

const sessionLifeMs = 7 * 24 * 3_600_000;
const dayMs = 24 * 3_600_000;

export interface Auth extends Grants, Projects, Teams, Lending {
  /** Whose token or session this is; fails when it is none. */
  byToken(secret: string): Promise<Actor>;
  bySession(secret: string): Promise<Actor | null>;
  /** The active user with this name and password; fails when there is none, and slows down guessing. */
  byPassword(name: string, password: string): Promise<Actor>;
  /** Refuses unless a grant allows it. A resource may be named by id or name; only a grant on one costs a query. */
  admit(actor: Actor, permission: Permission, scope: Scope): Promise<void>;
  /** A module says how its resources are found, so that roles can be granted on them. Declare before start. */
  declareResource(type: string, resolver: ResourceResolver): void;
  grantsOf(actor: Actor): Promise<Grant[]>;
  signIn(
    name: string,
    password: string,
    requestId: string,
  ): Promise<{ actor: Actor; secret: string; expiresAt: number }>;
  signOut(actor: Actor, secret: string, requestId: string): Promise<void>;
  setPassword(actor: Actor, current: string, next: string, requestId: string): Promise<void>;
  /** An admin gives a user another password, whose sessions end. Errors: NOT_FOUND, CONFLICT. */
  resetPassword(actor: Actor, ref: string, next: string, requestId: string): Promise<void>;
  hasAdmin(): Promise<boolean>;
  principal(actor: Actor): Promise<Principal>;
  findPrincipal(ref: string): Promise<Principal | null>;
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
}

export const createAuth = (parts: { database: Database; changes: Changes; clock: Clock; ids: Ids }): Auth => {
  const { database, changes, clock, ids } = parts;
  const { db } = database;
  const throttle = createThrottle();
  const verified = createVerifiedPasswords();
  const resources = createResources();

  const change = <T>(actor: Actor, requestId: string, run: (change: Change) => Promise<T>): Promise<T> =>
    changes.change({ actor, project: null, requestId }, run);
  const actorOf = async (
    principal: Principal,
    via: 'session' | 'token' | 'password',
    limits: Actor['limits'],
  ): Promise<Actor> => ({
    id: principal.id,
    name: principal.name,
    kind: principal.kind === 'service' ? 'service' : 'user',
    via,
    grants: await store.grantsInForce(db, principal.id),
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

  const setNewPassword = async (actor: Actor, id: string, next: string, requestId: string): Promise<void> => {
    const hashed = await hashPassword(next);
    await change(actor, requestId, async (tx) => {
      await store.updatePrincipal(tx.db, id, { password: hashed });
      await store.removeSessionsOf(tx.db, id);
      tx.audit({ verb: 'password.change', resourceType: 'principal', resourceId: id });
    });
  };

  return {
    ...createGrants({ db, clock, ids, resources, named, change }),
    ...createProjects({ db, changes, clock, ids }),
    ...createTeams({
      db,
      resources,
      named,
      hasProject: async (name) => (await store.findProject(db, name)) !== null,
      change,
    }),
    ...createLending({ db, ids, create, change }),
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
      // Nor may a full disk refuse them.
      if (token.lastUsedAt === null || now - token.lastUsedAt > 60_000)
        await store.markTokenUsed(db, token.id, now).catch(() => undefined);
      return actorOf(principal, 'token', { permissions: token.permissions, project: token.project });
    },
    async bySession(secret) {
      const session = await store.findSession(db, hashSecret(secret));
      if (!session || session.expiresAt <= clock.now()) return null;
      const principal = await store.findPrincipal(db, session.principalId);
      return principal && principal.state === 'active' ? actorOf(principal, 'session', null) : null;
    },
    async byPassword(name, password) {
      const now = clock.now();
      const principal = await store.findPrincipal(db, name);
      const attempt = { name, accountId: principal?.id ?? null };
      const judged = async (judge: () => Promise<boolean>): Promise<boolean> => {
        throttle.enter(attempt, now);
        const right = await judge();
        if (right) throttle.succeeded(attempt);
        return right;
      };
      const stored = principal?.state === 'active' ? principal.password : null;
      const right =
        principal === null || stored === null
          ? await judged(() => checkPassword(password, null))
          : await verified.check({ principalId: principal.id, password, stored }, now, (pair) =>
              judged(() => judgePair(pair)),
            );
      if (!principal || !right) return fail('SIGN_IN_FAILED', 'Name or password is wrong, or the account is disabled.');
      return actorOf(principal, 'password', null);
    },
    async admit(actor, permission, scope) {
      if (mayDo(actor, permission, scope)) return;
      const { project, resource } = scope;
      if (project !== null && resource != null && mayDependOnResource(actor, permission, project, resource.type)) {
        const id = await resources.idOf(resource.type, project, resource.ref);
        if (id !== null) return demand(actor, permission, { project, resource: { type: resource.type, ref: id } });
      }
      demand(actor, permission, scope);
    },
    declareResource: (type, resolver) => resources.declare(type, resolver),
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
        : store.grantsInForce(db, actor.id),
    async signIn(name, password, requestId) {
      const now = clock.now();
      const principal = await store.findPrincipal(db, name);
      const attempt = { name, accountId: principal?.id ?? null };
      throttle.enter(attempt, now);
      const right = await checkPassword(password, principal?.password ?? null);
      if (!principal || !right || principal.state !== 'active')
        return fail('SIGN_IN_FAILED', 'Name or password is wrong, or the account is disabled.');
      throttle.succeeded(attempt);
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
      if (actor.kind !== 'user' || (actor.via !== 'session' && actor.via !== 'password'))
        fail('CONFLICT', 'Only a user who signed in has a password to change.');
      const principal = await store.findPrincipal(db, actor.id);
      if (!(await checkPassword(current, principal?.password ?? null)))
        fail('SIGN_IN_FAILED', 'The current password is wrong.');
      await setNewPassword(actor, actor.id, next, requestId);
    },
    async resetPassword(actor, ref, next, requestId) {
      const principal = await store.findPrincipal(db, ref);
      if (!principal) return fail('NOT_FOUND', `There is no account '${ref}'.`);
      if (principal.kind !== 'user') fail('CONFLICT', 'A service account has no password, only tokens.');
      await setNewPassword(actor, principal.id, next, requestId);
    },
    hasAdmin: async () => (await store.countAdmins(db)) > 0,
    async principal(actor) {
      if (actor.kind === 'local-owner')
        return { id: localOwner.id, kind: 'local-owner', name: localOwner.name, state: 'active', createdAt: 0 };
      const { password: _password, ...principal } = await named(actor.id);
      return principal;
    },
    async findPrincipal(ref) {
      const found = await store.findPrincipal(db, ref);
      if (!found) return null;
      const { password: _password, ...principal } = found;
      return principal;
    },
    listPrincipals: (filter) => store.listPrincipals(db, filter),
    createUser: async (actor, input, requestId) =>
      create(actor, 'user', input.name, await hashPassword(input.password), input.admin ?? false, requestId),
    createServiceAccount: (actor, name, requestId) => create(actor, 'service', name, null, false, requestId),
    async setPrincipalState(actor, ref, state, requestId) {
      const found = await store.findPrincipal(db, ref);
      if (!found) return fail('NOT_FOUND', `There is no account '${ref}'.`);
      await change(actor, requestId, async (tx) => {
        await keepAnAdmin(tx, actor, () => store.updatePrincipal(tx.db, found.id, { state }));
        if (state === 'disabled') await store.removeSessionsOf(tx.db, found.id);
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
      if (actor.limits?.permissions || actor.limits?.project)
        return fail('PERMISSION_DENIED', 'A narrowed token cannot revoke tokens. Sign in to revoke one.');
      await change(actor, requestId, async (tx) => {
        await store.markTokenRevoked(tx.db, id, tx.now);
        tx.audit({ verb: 'token.revoke', resourceType: 'token', resourceId: id });
      });
    },
  };
};
