import type { Grant, Principal, Role } from '@millwright/contract';
import { lockHead } from '#platform/audit';
import type { Change } from '#platform/change';
import type { Clock } from '#platform/clock';
import type { Db } from '#platform/db';
import { fail } from '#platform/errors';
import type { Ids } from '#platform/ids';
import type { Actor } from './actor.ts';
import { type Resources, storedResource } from './resources.ts';
import * as store from './store.ts';

type Page = { limit?: number | undefined; cursor?: string | undefined };

export interface Grants {
  listGrants(filter: Page): ReturnType<typeof store.listGrants>;
  createGrant(
    actor: Actor,
    input: { principal: string; role: Role; project?: string; resource?: string },
    requestId: string,
  ): Promise<Grant>;
  deleteGrant(actor: Actor, id: string, requestId: string): Promise<void>;
  /** Everything an account was granted. Errors: INVALID_REFERENCE. */
  grantsHeld(principal: string): Promise<Grant[]>;
  /** With what it has by the teams it is in. Errors: INVALID_REFERENCE. */
  grantsInForce(principal: string): Promise<Grant[]>;
  /** Gives an account this role alone on one resource, or none. Errors: INVALID_REFERENCE, CONFLICT. */
  setRoleOn(
    actor: Actor,
    input: { principal: string; project: string; resource: string; role: Role | null },
    requestId: string,
  ): Promise<void>;
  isAdmin(principalId: string): Promise<boolean>;
  /** Makes an account admin of the instance, or no longer. Errors: INVALID_REFERENCE, CONFLICT. */
  setAdmin(actor: Actor, principal: string, isAdmin: boolean, requestId: string): Promise<void>;
}

/** Runs a change that may take an admin away; refused when none would be left, unless the machine's owner does it. */
export const keepAnAdmin = async (tx: Change, actor: Actor, run: () => Promise<void>): Promise<void> => {
  // Who may do everything without an account cannot lock themselves out.
  if (actor.kind === 'local-owner') return run();
  // Changes take this lock anyway; taken first, two admins cannot remove each other at the same moment.
  await lockHead(tx.db);
  const before = await store.countAdmins(tx.db);
  await run();
  if (before > 0 && (await store.countAdmins(tx.db)) === 0)
    fail('CONFLICT', 'This would leave the instance without an admin who can sign in. Make somebody else admin first.');
};

const isOfAdmin = (grant: Grant): boolean => grant.role === 'admin' && grant.project === null;

export const createGrants = (parts: {
  db: Db;
  clock: Clock;
  ids: Ids;
  resources: Resources;
  named(ref: string): Promise<Principal>;
  change<T>(actor: Actor, requestId: string, run: (change: Change) => Promise<T>): Promise<T>;
}): Grants => {
  const { db, clock, ids, resources, named, change } = parts;

  const insert = async (tx: Change, grant: store.GrantRow, principalName: string): Promise<void> => {
    await store.insertGrant(tx.db, grant);
    tx.audit({
      verb: 'grant.create',
      resourceType: 'grant',
      resourceId: grant.id,
      detail: { principal: principalName, role: grant.role, project: grant.project, resource: grant.resource },
    });
  };
  const remove = async (tx: Change, grant: Grant): Promise<void> => {
    await store.removeGrant(tx.db, grant.id);
    tx.audit({
      verb: 'grant.delete',
      resourceType: 'grant',
      resourceId: grant.id,
      detail: { principal: grant.principalName, role: grant.role, project: grant.project, resource: grant.resource },
    });
  };
  /** Nobody raises their own rights; the machine's owner is not an account. */
  const refuseOwn = (actor: Actor, principal: Principal): void => {
    if (principal.id === actor.id) fail('CONFLICT', 'Nobody can grant roles to themselves. Ask another admin.');
  };
  const newGrant = (principalId: string, role: Role, project: string | null, resource: string | null) => ({
    id: ids.next('grt'),
    principalId,
    role,
    project,
    resource,
    createdAt: clock.now(),
  });

  return {
    listGrants: (filter) => store.listGrants(db, filter),
    async createGrant(actor, input, requestId) {
      const principal = await named(input.principal);
      if (input.project !== undefined && !(await store.findProject(db, input.project)))
        fail('INVALID_REFERENCE', `There is no project '${input.project}'.`);
      if (input.resource !== undefined && input.project === undefined)
        fail('INVALID_INPUT', 'A role on one resource needs its project.');
      refuseOwn(actor, principal);
      const resource =
        input.resource === undefined || input.project === undefined
          ? null
          : await storedResource(resources, input.project, input.resource);
      const grant = newGrant(principal.id, input.role, input.project ?? null, resource);
      await change(actor, requestId, (tx) => insert(tx, grant, principal.name));
      return { ...grant, principalName: principal.name };
    },
    async deleteGrant(actor, id, requestId) {
      const grant = await store.findGrant(db, id);
      if (!grant) return fail('NOT_FOUND', `There is no grant '${id}'.`);
      await change(actor, requestId, (tx) => keepAnAdmin(tx, actor, () => remove(tx, grant)));
    },
    grantsHeld: async (principal) => store.grantsOf(db, (await named(principal)).id),
    grantsInForce: async (principal) => store.grantsInForce(db, (await named(principal)).id),
    async setRoleOn(actor, { principal: ref, project, resource, role }, requestId) {
      const principal = await named(ref);
      if (role !== null) refuseOwn(actor, principal);
      const stored = await storedResource(resources, project, resource);
      await change(actor, requestId, async (tx) => {
        for (const grant of await store.grantsOf(tx.db, principal.id))
          if (grant.project === project && grant.resource === stored) await remove(tx, grant);
        if (role !== null) await insert(tx, newGrant(principal.id, role, project, stored), principal.name);
      });
    },
    isAdmin: async (principalId) => (await store.grantsOf(db, principalId)).some(isOfAdmin),
    async setAdmin(actor, ref, isAdmin, requestId) {
      const principal = await named(ref);
      if (isAdmin) refuseOwn(actor, principal);
      await change(actor, requestId, (tx) =>
        keepAnAdmin(tx, actor, async () => {
          const own = (await store.grantsOf(tx.db, principal.id)).filter(isOfAdmin);
          if (!isAdmin) for (const grant of own) await remove(tx, grant);
          else if (own.length === 0) await insert(tx, newGrant(principal.id, 'admin', null, null), principal.name);
        }),
      );
    },
  };
};
