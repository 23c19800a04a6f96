import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';
import { fail } from '#platform/errors';
import { readAllowed } from './addresses.ts';
import {
  type Address,
  permittedAddresses,
  type Policy,
  readDestination,
  type Resolve,
  resolveByDns,
} from './destination.ts';

export type { Address, Resolve } from './destination.ts';

export interface OutgoingRequest {
  url: string;
  method: 'GET' | 'POST';
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** Of the whole exchange, name look-up included. */
  timeoutMs: number;
  /** What is beyond is not read. */
  maxReplyBytes: number;
  signal?: AbortSignal;
}

export interface IncomingReply {
  status: number;
  headers: IncomingHttpHeaders;
  /** At most `maxReplyBytes` of it. */
  body: string;
}

/** The only way out: for every request to an address that somebody may choose. */
export interface Egress {
  /** Whether a request there would be let out, as far as can be told now. Errors: INVALID_INPUT. */
  check(url: string): Promise<void>;
  /**
   * Never follows a redirect: the answer is the redirect. Connects to the address that was checked, whatever the name
   * resolves to by then. Errors: INVALID_INPUT (extra `egressRefused`), others when the exchange fails.
   */
  send(request: OutgoingRequest): Promise<IncomingReply>;
  /** For other protocols: the addresses of a host that may be connected to. */
  addressesOf(host: string): Promise<Address[]>;
}

export interface EgressOptions {
  /** Hosts, addresses and CIDR ranges that are reachable though not public, separated by commas. */
  allow: string;
  allowInsecure: boolean;
  resolve?: Resolve;
}

/** Says what the operator misspelt. Errors: INVALID_INPUT. */
export const createEgress = ({ allow, allowInsecure, resolve = resolveByDns }: EgressOptions): Egress => {
  const { allowed, unreadable } = readAllowed(allow);
  if (unreadable.length > 0)
    fail('INVALID_INPUT', `--egress-allow: '${unreadable.join("', '")}' is no host, address or range.`);
  const policy: Policy = { allowed, allowInsecure };
  const addressesOf = (host: string) => permittedAddresses(host, policy, resolve);
  return {
    addressesOf,
    async check(text) {
      const url = readDestination(text, policy);
      try {
        await addressesOf(url.hostname);
      } catch (error) {
        if ((error as { extra?: object }).extra) throw error;
        fail('INVALID_INPUT', `The address cannot be used: ${(error as Error).message}.`, {}, error);
      }
    },
    async send(request) {
      const url = readDestination(request.url, policy);
      const timeout = AbortSignal.timeout(request.timeoutMs);
      const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
      try {
        return await exchange(url, await within(signal, addressesOf(url.hostname)), request, signal);
      } catch (error) {
        if (timeout.aborted) throw new Error(`no answer within ${request.timeoutMs / 1000} s`, { cause: error });
        throw error;
      }
    },
  };
};

const within = <T>(signal: AbortSignal, waitedFor: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    waitedFor.then(resolve, reject);
  });

/** Asked by Node when it connects: answers with what was checked, not with what the name resolves to now. */
const pinned =
  (addresses: readonly Address[]): LookupFunction =>
  (_host, options, answer) => {
    const [first] = addresses as [Address];
    if (options.all) answer(null, [...addresses]);
    else answer(null, first.address, first.family);
  };

// Imported as a module it would load all of `fetch` with it, a tenth of the time a server takes to start.
const clientOf = ({ protocol }: URL) => process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http');

const exchange = (
  url: URL,
  addresses: readonly Address[],
  { method, headers, body, maxReplyBytes }: OutgoingRequest,
  signal: AbortSignal,
): Promise<IncomingReply> =>
  new Promise((resolve, reject) => {
    const request = clientOf(url).request(
      url,
      {
        method,
        // No pool: a connection is never shared with what was checked earlier. No proxy from the environment either.
        agent: false,
        lookup: pinned(addresses),
        signal,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }) },
      },
      (reply) => {
        const chunks: Buffer[] = [];
        let sizeBytes = 0;
        const finish = (): void => {
          resolve({
            status: reply.statusCode ?? 0,
            headers: reply.headers,
            body: Buffer.concat(chunks).subarray(0, maxReplyBytes).toString('utf8'),
          });
        };
        reply.on('data', (chunk: Buffer) => {
          if (sizeBytes < maxReplyBytes) chunks.push(chunk);
          sizeBytes += chunk.length;
          if (sizeBytes <= maxReplyBytes) return;
          finish();
          request.destroy();
        });
        reply.on('end', finish);
        reply.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
