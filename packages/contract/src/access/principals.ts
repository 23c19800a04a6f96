import { type Static, Type } from 'typebox';
import { Instant, Name, OneOf, PageQuery, Strict, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { tag } from './scope.ts';

export const PrincipalKind = OneOf('user', 'service', 'local-owner');

export const Principal = Type.Object({
  id: Type.String(),
  kind: PrincipalKind,
  name: Type.String(),
  state: OneOf('active', 'disabled'),
  createdAt: Instant,
});
export type Principal = Static<typeof Principal>;
const passwordLength = { minLength: 12, maxLength: 500 };
const Password = Type.String(passwordLength);

/** For protocols, which read passwords by themselves. */
export const isPassword = ({ length }: string): boolean =>
  length >= passwordLength.minLength && length <= passwordLength.maxLength;
const principal = Type.Object({ principal: Type.String({ maxLength: 160 }) });

export const listPrincipals = operation({
  id: 'listPrincipals',
  method: 'GET',
  path: '/principals',
  summary: 'List users and service accounts',
  tag,
  permission: 'access:read',
  query: Type.Object(PageQuery),
  reply: pageOf(Principal),
  audit: false,
  cli: 'users list',
});

export const createUser = operation({
  id: 'createUser',
  method: 'POST',
  path: '/users',
  summary: 'Create a user',
  tag,
  permission: 'access:write',
  status: 201,
  body: Strict({ name: Name, password: Password }),
  reply: Principal,
  errors: ['NAME_TAKEN'],
  audit: 'user.create',
  cli: 'users create',
});

export const createServiceAccount = operation({
  id: 'createServiceAccount',
  method: 'POST',
  path: '/service-accounts',
  summary: 'Create a service account',
  tag,
  status: 201,
  permission: 'access:write',
  body: Strict({ name: Name }),
  reply: Principal,
  errors: ['NAME_TAKEN'],
  audit: 'service-account.create',
  cli: 'service-accounts create',
});

export const setPrincipalState = operation({
  id: 'setPrincipalState',
  method: 'PUT',
  path: '/principals/:principal/state',
  summary: 'Disable or enable an account',
  tag,
  permission: 'access:write',
  params: principal,
  body: Strict({ state: OneOf('active', 'disabled') }),
  reply: Principal,
  errors: ['NOT_FOUND', 'CONFLICT'],
  audit: 'principal.set-state',
  cli: 'users set-state',
});

export const setPassword = operation({
  id: 'setPassword',
  method: 'PUT',
  path: '/me/password',
  summary: 'Change my password',
  tag,
  permission: 'signed-in',
  status: 204,
  body: Strict({ current: Type.String({ maxLength: 500 }), next: Password }),
  errors: ['SIGN_IN_FAILED', 'CONFLICT'],
  audit: 'password.change',
});
