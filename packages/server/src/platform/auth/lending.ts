import type { Permission, Principal } from '@millwright/contract';
import type { Change } from '#platform/change';
import type { Db } from '#platform/db';
import { fail, isMillwrightError } from '#platform/errors';
import type { Ids } from '#platform/ids';
import { type Actor, systemActor } from './actor.ts';
import { hashSecret, newSecret } from './secrets.ts';
import * as store from './store.ts';

export interface Lending {
  /**
   * A token for a process that this server starts, of a service account of their own: for one project, some permissions,
   * and as long as the process may run. An admin who disables the account ends them all. Errors: CONFLICT.
   */
  lendToken(
    input: { name: string; project: string; permissions: Permission[]; lifeMs: number },
    requestId: string,
  ): Promise<{ id: string; secret: string }>;
  /** The process has ended. */
  endToken(id: string, requestId: string): Promise<void>;
}

/** Whom the processes act as. */
const account = 'millwright-processes';

export const createLending = (parts: {
  db: Db;
  ids: Ids;
  create(
    actor: Actor,
    kind: 'service',
    name: string,
    password: null,
    admin: false,
    requestId: string,
  ): Promise<Principal>;
  change<T>(actor: Actor, requestId: string, run: (change: Change) => Promise<T>): Promise<T>;
}): Lending => {
  const { db, ids, create, change } = parts;
  const lender = systemActor('processes');

  const borrower = async (requestId: string): Promise<Principal> => {
    const known = await store.findPrincipal(db, account);
    if (known?.kind === 'user') fail('CONFLICT', `The name '${account}' belongs to a user. Processes need it.`);
    if (known) return known;
    try {
      return await create(lender, 'service', account, null, false, requestId);
    } catch (error) {
      // Another process of the server was faster.
      const found = isMillwrightError(error) && error.code === 'NAME_TAKEN' && (await store.findPrincipal(db, account));
      if (found) return found;
      throw error;
    }
  };

  return {
    async lendToken({ name, project, permissions, lifeMs }, requestId) {
      const owner = await borrower(requestId);
      const secret = newSecret('mw_svc_');
      const id = ids.next('tok');
      await change(lender, requestId, async (tx) => {
        const grants = await store.grantsOf(tx.db, owner.id);
        if (!grants.some((grant) => grant.project === project && grant.role === 'editor' && grant.resource === null)) {
          const grant = {
            id: ids.next('grt'),
            principalId: owner.id,
            role: 'editor' as const,
            project,
            resource: null,
            createdAt: tx.now,
          };
          await store.insertGrant(tx.db, grant);
          tx.audit({
            verb: 'grant.create',
            resourceType: 'grant',
            resourceId: grant.id,
            detail: { principal: owner.name, role: grant.role, project, resource: null },
          });
        }
        const token = {
          id,
          principalId: owner.id,
          name,
          hint: `${secret.slice(0, 11)}...`,
          permissions,
          project,
          createdAt: tx.now,
          expiresAt: tx.now + lifeMs,
          lastUsedAt: null,
          revokedAt: null,
        };
        await store.insertToken(tx.db, token, hashSecret(secret));
        tx.audit({
          verb: 'token.create',
          resourceType: 'token',
          resourceId: id,
          detail: { owner: owner.name, name, permissions, project, expiresAt: token.expiresAt },
        });
      });
      return { id, secret };
    },
    async endToken(id, requestId) {
      await change(lender, requestId, async (tx) => {
        await store.markTokenRevoked(tx.db, id, tx.now);
        tx.audit({ verb: 'token.revoke', resourceType: 'token', resourceId: id });
      });
    },
  };
};
