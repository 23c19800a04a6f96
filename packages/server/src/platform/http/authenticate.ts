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

/** The secret of an Authorization header: a bearer token, or a token sent as the password of basic authentication. */
const readToken = (headers: IncomingHttpHeaders): string | null => {
  const header = headers.authorization;
  if (header === undefined) return null;
  const [scheme = '', value = ''] = header.split(' ');
  if (/^bearer$/i.test(scheme)) return value;
  if (/^basic$/i.test(scheme)) {
    const text = Buffer.from(value, 'base64').toString('utf8');
    return text.slice(text.indexOf(':') + 1);
  }
  return fail('TOKEN_INVALID', 'The Authorization header must be a bearer token.');
};

/** Recognises the caller, or answers null: anonymous. */
export const recognise = async (
  auth: Auth,
  guard: Guard,
  headers: IncomingHttpHeaders,
  peer: string | undefined,
): Promise<Actor | null> => {
  guard.checkHost(headers);
  const token = readToken(headers);
  if (token !== null) return auth.byToken(token);
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
