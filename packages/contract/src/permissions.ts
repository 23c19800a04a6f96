/** Every permission, `<resource>:<verb>`. Nothing is allowed unless a role granted to the caller names it. */
export const permissions = [
  'project:read',
  'project:write',
  'data:read',
  'data:write',
  'run:read',
  'run:write',
  'run:purge',
  'pipeline:read',
  'pipeline:write',
  'pipeline:run',
  'evaluation:read',
  'evaluation:write',
  'model:read',
  'model:write',
  'model:comment',
  'model:approve',
  'model:protect',
  'endpoint:read',
  'endpoint:write',
  'endpoint:predict',
  'endpoint:label',
  'rollout:decide',
  'monitor:read',
  'monitor:write',
  'lineage:read',
  'report:share',
  'notification:read',
  'notification:write',
  'access:read',
  'access:write',
  'audit:read',
  'system:read',
  'system:write',
] as const;
export type Permission = (typeof permissions)[number];

const reading = [
  'project:read',
  'data:read',
  'run:read',
  'pipeline:read',
  'evaluation:read',
  'model:read',
  'endpoint:read',
  'monitor:read',
  'lineage:read',
] as const satisfies readonly Permission[];
const editing = [
  'data:write',
  'run:write',
  'pipeline:write',
  'pipeline:run',
  'evaluation:write',
  'model:write',
  'model:comment',
  'endpoint:write',
  'endpoint:predict',
  'endpoint:label',
  'monitor:write',
] as const satisfies readonly Permission[];

/** What each role may do. Roles are granted per project, or on one resource of a project; admin may be granted on the instance. */
export const roles = {
  viewer: reading,
  editor: [...reading, ...editing],
  approver: [...reading, 'model:comment', 'model:approve', 'rollout:decide', 'report:share'],
  admin: permissions,
} as const satisfies Record<string, readonly Permission[]>;
export type Role = keyof typeof roles;
export const roleNames = Object.keys(roles) as Role[];

export const roleAllows = (role: Role, permission: Permission): boolean =>
  (roles[role] as readonly Permission[]).includes(permission);
