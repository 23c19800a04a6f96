import type { Role } from '@millwright/contract';
import { fail } from '#platform/errors';
import type { Fields } from '../wire/fields.ts';

/** MLflow's levels, the least first, and the role here that allows the same; USE allows what READ does. */
export const levels = { NO_PERMISSIONS: null, READ: 'viewer', USE: 'viewer', EDIT: 'editor', MANAGE: 'admin' } as const;
export type Level = keyof typeof levels;
const levelNames = Object.keys(levels) as Level[];

export const levelOfRole: Record<Role, Level> = { viewer: 'READ', approver: 'READ', editor: 'EDIT', admin: 'MANAGE' };

/** A role that was not given by a client of MLflow has none of its words. */
export const levelOfGrant = ({ level, role }: { level: string; role: Role }): string =>
  levelNames.find((name) => name === level) ?? levelOfRole[role];

export const highest = (roles: readonly Role[]): Level =>
  roles
    .map((role) => levelOfRole[role])
    .reduce((a, b) => (levelNames.indexOf(b) > levelNames.indexOf(a) ? b : a), 'NO_PERMISSIONS' as Level);

export const levelOf = (input: Fields): Level => {
  const given = input.requiredText('permission');
  return (
    levelNames.find((level) => level === given) ??
    fail('INVALID_INPUT', `Invalid permission '${given}'. Valid permissions are: ${levelNames.join(', ')}.`)
  );
};
