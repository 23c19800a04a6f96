import type { IncomingHttpHeaders } from 'node:http';
import { fail } from '#platform/errors';

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

export const isLoopbackAddress = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\./.test(host);
const isLoopbackPeer = (address: string | undefined): boolean =>
  address === '::1' || /^(::ffff:)?127\./.test(address ?? '');

const hostName = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

export interface Guard {
  /** Refuses requests that name another host: a page may have pointed a name of its own at this machine. */
  checkHost(headers: IncomingHttpHeaders): void;
  /** Refuses requests another web page makes the browser send with our cookie, or to the local owner. */
  checkOrigin(headers: IncomingHttpHeaders): void;
  /** The machine's owner, straight from this machine: no proxy in between that would make everybody local. */
  isLocalOwner(headers: IncomingHttpHeaders, peer: string | undefined): boolean;
}

export const createGuard = (options: { host: string; publicHosts: string }): Guard => {
  const loopback = isLoopbackAddress(options.host);
  const named = options.publicHosts
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);
  return {
    checkHost(headers) {
      const host = hostName(headers.host ?? '');
      if (named.includes(host) || named.includes((headers.host ?? '').toLowerCase())) return;
      if (loopback ? loopbackNames.has(host) : named.length === 0) return;
      fail(
        'HOST_REFUSED',
        `This server does not answer to '${host}'. If it should, start it with --public-hosts ${host}.`,
      );
    },
    checkOrigin(headers) {
      const site = headers['sec-fetch-site'];
      if (site !== undefined && site !== 'same-origin' && site !== 'none')
        fail(
          'ORIGIN_REFUSED',
          'Only the console of this server may use a signed-in browser. Other programs send a token.',
        );
      const origin = headers.origin;
      if (origin === undefined) return;
      let host: string;
      try {
        host = new URL(origin).host;
      } catch {
        return fail('ORIGIN_REFUSED', 'The Origin header cannot be read.');
      }
      if (host !== headers.host)
        fail(
          'ORIGIN_REFUSED',
          'Only the console of this server may use a signed-in browser. Other programs send a token.',
        );
    },
    isLocalOwner: (headers, peer) =>
      loopback && isLoopbackPeer(peer) && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined,
  };
};
