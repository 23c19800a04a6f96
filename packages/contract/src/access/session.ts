import { type Static, Type } from 'typebox';
import { OneOf, Strict } from '../fields.ts';
import { operation } from '../operation.ts';
import { Grant } from './grants.ts';
import { Principal } from './principals.ts';
import { tag } from './scope.ts';

export const Me = Type.Object({
  principal: Principal,
  grants: Type.Array(Grant),
  /** How this request was recognised. */
  via: OneOf('session', 'token', 'password', 'loopback'),
});
export type Me = Static<typeof Me>;

export const signIn = operation({
  id: 'signIn',
  method: 'POST',
  path: '/session',
  summary: 'Sign in',
  tag,
  permission: 'public',
  cli: 'session start',
  body: Strict({ name: Type.String({ maxLength: 120 }), password: Type.String({ maxLength: 500 }) }),
  reply: Me,
  errors: ['SIGN_IN_FAILED', 'TOO_MANY_REQUESTS'],
  audit: 'session.start',
});

export const signOut = operation({
  id: 'signOut',
  method: 'DELETE',
  path: '/session',
  summary: 'Sign out',
  tag,
  permission: 'signed-in',
  status: 204,
  audit: 'session.end',
});

export const getMe = operation({
  id: 'getMe',
  method: 'GET',
  path: '/me',
  summary: 'Who am I and what may I do',
  tag,
  permission: 'signed-in',
  reply: Me,
  audit: false,
  cli: 'me',
});
