import type { IncomingHttpHeaders } from 'node:http';
import { fail } from '#platform/errors';

const loopbackIpv4 = /^127(\.\d{1,3}){3}$/;
const isLoopbackName = (host: string): boolean => host === 'localhost' || host === '[::1]' || loopbackIpv4.test(host);

export const isLoopbackAddress = (host: string): boolean =>
  host === 'localhost' || host === '::1' || loopbackIpv4.test(host);
const isLoopbackPeer = (address: string | undefined): boolean =>
  address === '::1' || /^(::ffff:)?127\./.test(address ?? '');

const hostName = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

// What stands in between says so in one of these; one that says nothing at all cannot be told from the owner.
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

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
      if (loopback ? isLoopbackName(host) : named.length === 0) return;
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
      loopback &&
      isLoopbackPeer(peer) &&
      isLoopbackName(hostName(headers.host ?? '')) &&
      proxyHeaders.every((name) => headers[name] === undefined),
  };
};
