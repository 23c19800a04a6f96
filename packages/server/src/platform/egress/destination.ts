import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { fail } from '#platform/errors';
import { type Allowed, isPublicAddress } from './addresses.ts';

export interface Address {
  address: string;
  family: 4 | 6;
}
export type Resolve = (host: string) => Promise<Address[]>;

export const resolveByDns: Resolve = async (host) =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }));

export interface Policy {
  allowed: Allowed;
  /** Also `http:`. */
  allowInsecure: boolean;
}

const refuse = (why: string, about?: object): never =>
  fail('INVALID_INPUT', why, { egressRefused: true, ...(about && { about }) });

/** As the address was written, for people: it may be long. */
const shown = (url: string): string => (url.length <= 200 ? url : `${url.slice(0, 200)}...`);

/**
 * Reads an address as a browser does, so that 2130706433, 0177.1 and 127.0.0.1 are the same host; without a trailing
 * dot. Errors: INVALID_INPUT for another scheme, for a user or a password in it, and for what is no address.
 */
export const readDestination = (text: string, { allowInsecure }: Pick<Policy, 'allowInsecure'>): URL => {
  const schemes = allowInsecure ? ['https', 'http'] : ['https'];
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? '';
  if (!schemes.includes(scheme))
    return refuse(`The address '${shown(text)}' must begin with ${schemes.map((one) => `${one}://`).join(' or ')}.`, {
      refusedScheme: scheme,
      schemes,
    });
  if (!URL.canParse(text)) return refuse(`'${shown(text)}' is no address: it must hold a host name.`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    return refuse('The address may hold no user and no password: everybody who sees the address would see them.');
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  return url;
};

/**
 * The addresses of a host, all of which may be reached. `host` as a URL spells it (brackets around IPv6).
 * Errors: INVALID_INPUT (extra `egressRefused`) when one of them may not, or when there is none.
 */
export const permittedAddresses = async (host: string, { allowed }: Pick<Policy, 'allowed'>, resolve: Resolve) => {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  const version = isIP(name);
  let addresses: Address[];
  if (version !== 0) addresses = [{ address: name, family: version === 6 ? 6 : 4 }];
  else {
    try {
      addresses = await resolve(name);
    } catch (error) {
      throw new Error(`the host '${name}' cannot be resolved: ${(error as Error).message}`, { cause: error });
    }
    if (addresses.length === 0) throw new Error(`the host '${name}' has no address`);
  }
  if (allowed.hasHost(name)) return addresses;
  for (const { address } of addresses)
    if (!isPublicAddress(address) && !allowed.hasAddress(address))
      refuse(
        `'${name}' is ${address === name ? '' : `at ${address}, `}not an address of the public internet. ` +
          'The operator of this server can allow it: --egress-allow.',
      );
  return addresses;
};
