import { createReadStream } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

export interface TargetRequest {
  method: string;
  /** From the root of the server, with the query, encoded as it is to be sent. */
  path: string;
  headers?: Record<string, string>;
  body?: string | { file: string; sizeBytes: number } | Readable;
  /** Without a byte in either direction. */
  idleMs: number;
}

export interface TargetReply {
  status: number;
  text: string;
  retryAfterMs: number | null;
}

/** Nobody answered, so it is open whether the request was carried out. */
export class Unreachable extends Error {}

/** The server that is forwarded to, and whether it is there. */
export interface Target {
  readonly url: string;
  ask(request: TargetRequest): Promise<TargetReply>;
  /** The answer with its body still to be read. */
  open(request: TargetRequest): Promise<http.IncomingMessage>;
  /** Not asked in vain: it answered last time, or it is time to try again. */
  isWorthAsking(): boolean;
  /** Waited for before the next attempt; 0 after a success. */
  waitMs(): number;
  problem(): string | null;
  destroy(): void;
}

const firstWaitMs = 250;
const longestWaitMs = 30_000;

/** Doubling up to 30 s, each time between half of it and all of it, so that many do not come back at once. */
export const backOffMs = (failures: number): number =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 20)) * (0.5 + Math.random() / 2);

export const createTarget = (options: {
  url: string;
  authorization: string | undefined;
  onChange(problem: string | null): void;
}): Target => {
  const base = new URL(options.url);
  const secure = base.protocol === 'https:';
  const agent = new (secure ? https : http).Agent({ keepAlive: true, maxSockets: 64 });
  const prefix = base.pathname.replace(/\/$/, '');
  let failures = 0;
  let notBefore = 0;
  let problem: string | null = null;

  const failed = (why: string): void => {
    failures += 1;
    notBefore = Date.now() + backOffMs(failures);
    if (problem !== why) options.onChange(why);
    problem = why;
  };
  const answered = (status: number): void => {
    // What a proxy says when nobody is behind it.
    if (status === 502 || status === 503 || status === 504) return failed(`${options.url} answers ${status}`);
    failures = 0;
    notBefore = 0;
    if (problem !== null) options.onChange(null);
    problem = null;
  };

  const send = ({ method, path, headers = {}, body, idleMs }: TargetRequest): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const length =
        typeof body === 'string' ? Buffer.byteLength(body) : body && 'file' in body ? body.sizeBytes : null;
      const request = (secure ? https : http).request({
        protocol: base.protocol,
        hostname: base.hostname.replace(/^\[(.*)\]$/, '$1'),
        port: base.port,
        method,
        path: prefix + path,
        agent,
        headers: {
          ...(options.authorization === undefined ? {} : { authorization: options.authorization }),
          ...headers,
          ...(length === null ? {} : { 'content-length': String(length) }),
        },
      });
      request.setTimeout(idleMs, () => request.destroy(new Error(`no answer within ${idleMs} ms`)));
      request.once('response', resolve);
      request.once('error', reject);
      if (body === undefined) request.end();
      else if (typeof body === 'string') request.end(body);
      // An answer may come before the body is read to its end; then there is no need to send the rest.
      else pipeline('file' in body ? createReadStream(body.file) : body, request).catch(reject);
    });

  const open = async (request: TargetRequest): Promise<http.IncomingMessage> => {
    try {
      const reply = await send(request).catch((error: NodeJS.ErrnoException) => {
        // A connection kept open may be closed at the moment it is used again; everything sent here may be sent twice.
        if (error.code !== 'ECONNRESET' || typeof (request.body ?? '') !== 'string') throw error;
        return send(request);
      });
      answered(reply.statusCode ?? 0);
      return reply;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      failed(`${options.url}: ${code ?? message}`);
      throw new Unreachable(`${options.url} is not reachable: ${code ?? message}`);
    }
  };

  return {
    url: options.url,
    open,
    async ask(request) {
      const reply = await open(request);
      try {
        const after = Number(reply.headers['retry-after']);
        return {
          status: reply.statusCode ?? 0,
          text: await readText(reply),
          retryAfterMs: Number.isFinite(after) && after > 0 ? after * 1000 : null,
        };
      } catch (error) {
        failed(`${options.url}: ${(error as Error).message}`);
        throw new Unreachable(`${options.url} broke off its answer`);
      }
    },
    isWorthAsking: () => Date.now() >= notBefore,
    waitMs: () => Math.max(0, notBefore - Date.now()),
    problem: () => problem,
    destroy: () => agent.destroy(),
  };
};
