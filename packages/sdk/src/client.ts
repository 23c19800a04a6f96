import { type Input, type Operation, type Reply, addressOf } from '@millwright/contract';
import { type FollowOptions, followEvents } from './follow.ts';
import { type FollowMetricsOptions, followRunMetrics } from './follow-metrics.ts';
import { ConnectionError, problemOf } from './problems.ts';
import type { Following } from './reconnecting.ts';

export interface ClientOptions {
  /** Where the server is, e.g. `http://127.0.0.1:7117`; empty in the browser for the page's own origin. */
  baseUrl: string;
  token?: string;
  fetch?: typeof fetch;
}

export interface CallOptions {
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** The bytes of an operation with a stream body, and their media type. */
  content?: Blob | ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>;
  contentType?: string;
}

type Arguments<O> =
  Record<never, never> extends Input<O>
    ? [input?: Input<O>, options?: CallOptions]
    : [input: Input<O>, options?: CallOptions];

export interface Client {
  /**
   * Calls an operation and answers its reply, or `undefined` for 204. Throws MillwrightError when the server
   * refuses and ConnectionError when nobody answers.
   */
  call<O extends Operation>(operation: O, ...rest: Arguments<O>): Promise<Reply<O>>;
  /** Calls an operation whose reply is a stream; the body of the response is still to be read. */
  open<O extends Operation>(operation: O, ...rest: Arguments<O>): Promise<Response>;
  /** The address of an operation with parameters and query, for links and curl. */
  address<O extends Operation>(operation: O, ...rest: Arguments<O>): string;
  /** Follows the events of a project until closed, across lost connections. */
  follow(project: string, options: FollowOptions): Following;
  /** Follows metrics of runs until they end or it is closed, across lost connections. */
  followMetrics(project: string, options: FollowMetricsOptions): Following;
}

interface Parts {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

const queryOf = (query: Record<string, unknown> = {}): string => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
};

export const createClient = ({ baseUrl, token, fetch: send = fetch }: ClientOptions): Client => {
  const base = baseUrl.replace(/\/+$/, '');
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const addressFor = (operation: Operation, { params, query }: Parts = {}) =>
    base + addressOf(operation, params) + queryOf(query);

  const request = async (operation: Operation, input: Parts = {}, options: CallOptions = {}): Promise<Response> => {
    const headers: Record<string, string> = { accept: 'application/json', ...authorization, ...options.headers };
    const init: RequestInit & { duplex?: 'half' } = { method: operation.method, headers, credentials: 'same-origin' };
    if (operation.bodyKind === 'stream') {
      if (options.content === undefined) throw new Error(`${operation.id} needs content`);
      headers['content-type'] = options.contentType ?? operation.consumes?.[0] ?? 'application/octet-stream';
      init.body = options.content;
      if (options.content instanceof ReadableStream) init.duplex = 'half';
    } else if (input.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(input.body);
    }
    if (options.signal) init.signal = options.signal;
    const address = addressFor(operation, input);
    const response = await send(address, init).catch((error: unknown) => {
      if (options.signal?.aborted) throw error;
      throw new ConnectionError(base, error);
    });
    if (!response.ok) throw await problemOf(response);
    return response;
  };

  return {
    call: async (operation, ...[input, options]) => {
      if (operation.replyKind === 'stream' || operation.replyKind === 'events') {
        throw new Error(`${operation.id} answers a stream: use open() or follow()`);
      }
      const response = await request(operation, input as Parts, options);
      return (response.status === 204 ? undefined : await response.json()) as never;
    },
    open: (operation, ...[input, options]) => request(operation, input as Parts, options),
    address: (operation, ...[input]) => addressFor(operation, input as Parts),
    follow: (project, options) => followEvents({ base, headers: authorization, send, project }, options),
    followMetrics: (project, options) => followRunMetrics({ base, headers: authorization, send, project }, options),
  };
};
