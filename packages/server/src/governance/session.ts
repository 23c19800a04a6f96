import { sessionCookie } from '#platform/http';

/** Never readable by scripts, never sent by other sites. Not `Secure`: the server itself speaks plain HTTP behind a proxy or on loopback. */
export const sessionCookieText = (secret: string, maxAgeSeconds: number): string =>
  `${sessionCookie}=${secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
