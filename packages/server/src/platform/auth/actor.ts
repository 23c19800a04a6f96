import { type Permission, type Role, roleAllows } from '@millwright/contract';
import { fail } from '#platform/errors';

export interface ActorGrant {
  role: Role;
  /** null: the whole instance. */
  project: string | null;
  /** `type/id`, or all of one type by `type/*`; null: everything in the project. */
  resource: string | null;
}

/** Whoever makes a request, recognised; what it may do follows from its grants, never from its name. */
export interface Actor {
  id: string;
  name: string;
  kind: 'user' | 'service' | 'local-owner' | 'system';
  via: 'session' | 'token' | 'password' | 'loopback' | 'system';
  grants: readonly ActorGrant[];
  /** A token may be narrower than its owner. */
  limits: { permissions: readonly Permission[] | null; project: string | null } | null;
}

export interface Scope {
  project: string | null;
  /** `ref` is the id: names are resolved before (`auth.admit` does). */
  resource?: { type: string; ref: string } | null;
}

/** Nothing is allowed unless a grant says so; the limits of a token only ever take away. */
export const mayDo = (actor: Actor, permission: Permission, scope: Scope): boolean => {
  if (actor.limits?.permissions && !actor.limits.permissions.includes(permission)) return false;
  if (actor.limits?.project && actor.limits.project !== scope.project) return false;
  return actor.grants.some((grant) => {
    if (!roleAllows(grant.role, permission)) return false;
    if (grant.project !== null && grant.project !== scope.project) return false;
    if (grant.resource === null) return true;
    if (scope.resource == null) return false;
    const { type, ref } = scope.resource;
    return grant.resource === `${type}/${ref}` || grant.resource === `${type}/*`;
  });
};

/** Ids of one type that grants in a project name, `*` for all of them. */
const idsGranted = (actor: Actor, project: string, type: string): string[] =>
  actor.grants.flatMap((grant) =>
    grant.project === project && grant.resource?.startsWith(`${type}/`) ? [grant.resource.slice(type.length + 1)] : [],
  );

/** Whether a grant on a single resource of that type could decide: only then is it worth asking for its id. */
export const mayDependOnResource = (actor: Actor, permission: Permission, project: string, type: string): boolean =>
  idsGranted(actor, project, type).some((ref) => mayDo(actor, permission, { project, resource: { type, ref } }));

/** The ids of a project's resources of one type on which a permission holds; null: all there are. */
export const allowedOn = (
  actor: Actor,
  permission: Permission,
  project: string,
  type: string,
): readonly string[] | null => {
  const isAllowed = (ref: string): boolean => mayDo(actor, permission, { project, resource: { type, ref } });
  return isAllowed('*') ? null : idsGranted(actor, project, type).filter(isAllowed);
};

export const demand = (actor: Actor, permission: Permission, scope: Scope): void => {
  if (mayDo(actor, permission, scope)) return;
  const where = scope.project === null ? 'on this instance' : `in project '${scope.project}'`;
  fail(
    'PERMISSION_DENIED',
    `'${actor.name}' does not have the permission ${permission} ${where}. Ask an admin for a role that has it.`,
    { permission },
  );
};

/** What runs inside the server on behalf of nobody. */
export const systemActor = (name: string): Actor => ({
  id: `system:${name}`,
  name: `system:${name}`,
  kind: 'system',
  via: 'system',
  grants: [{ role: 'admin', project: null, resource: null }],
  limits: null,
});

export const localOwner: Actor = {
  id: 'local-owner',
  name: 'local-owner',
  kind: 'local-owner',
  via: 'loopback',
  grants: [{ role: 'admin', project: null, resource: null }],
  limits: null,
};
