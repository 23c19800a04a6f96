import type { IncomingHttpHeaders } from 'node:http';
import { type Actor, type Auth, localOwner } from '#platform/auth';
import { fail } from '#platform/errors';
import type { Guard } from './guard.ts';

export const sessionCookie = 'millwright_session';

export const readCookie = (headers: IncomingHttpHeaders, name: string): string | null => {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    if (key === name && value) return value;
  }
  return null;
};

type Credentials = { token: string } | { name: string; password: string };

/** What the secret of a token begins with, `mw_ses_` being that of a cookie. */
const isToken = (secret: string): boolean => /^mw_(pat|svc)_/.test(secret);

/** A bearer token; or, of basic authentication, a token in place of the password, or name and password of a user. */
const readCredentials = (headers: IncomingHttpHeaders): Credentials | null => {
  const header = headers.authorization;
  if (header === undefined) return null;
  const [scheme = '', value = ''] = header.split(' ');
  if (/^bearer$/i.test(scheme)) return { token: value };
  if (/^basic$/i.test(scheme)) {
    const text = Buffer.from(value, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    const secret = text.slice(colon + 1);
    return isToken(secret) ? { token: secret } : { name: text.slice(0, Math.max(colon, 0)), password: secret };
  }
  return fail('TOKEN_INVALID', 'The Authorization header must be a bearer token, or name and password.');
};

/** Recognises the caller, or answers null: anonymous. */
export const recognise = async (
  auth: Auth,
  guard: Guard,
  headers: IncomingHttpHeaders,
  peer: string | undefined,
): Promise<Actor | null> => {
  guard.checkHost(headers);
  const credentials = readCredentials(headers);
  if (credentials !== null && 'token' in credentials) return auth.byToken(credentials.token);
  if (credentials !== null) {
    // A browser sends a password it was told once with every request, also with those another page makes.
    guard.checkOrigin(headers);
    return auth.byPassword(credentials.name, credentials.password);
  }
  const session = readCookie(headers, sessionCookie);
  if (session !== null) {
    guard.checkOrigin(headers);
    const actor = await auth.bySession(session);
    if (actor) return actor;
  }
  if (guard.isLocalOwner(headers, peer)) {
    guard.checkOrigin(headers);
    return localOwner;
  }
  return null;
};
