import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { awayText, passThrough } from './pass-through.ts';
import type { Answer, Asked, Core } from './core.ts';
import { isObject, type Json } from './exact-json.ts';
import { answerExperiments } from './experiments.ts';
import { storeFile } from './files.ts';
import type { Forwarder } from './forward.ts';
import { answerModels, answerModelsAlone } from './models.ts';
import { invalid, Refusal, unavailable } from './refusal.ts';
import { answerRuns, answerRunsAlone } from './runs.ts';
import { serverInfo, serverVersion } from './server-facts.ts';
import { isLoopback } from './settings.ts';

/** Most of a request that is no file. */
const maxBodyBytes = 64 * 1024 ** 2;

export interface ServeOptions {
  core: Core;
  forwarder: Forwarder;
  host: string;
  /** Counts bytes that are about to be stored. Throws a Refusal where the disk may hold no more. */
  reserve(bytes: number): void;
  startedUpAt: number;
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Refusal(413, 'INVALID_PARAMETER_VALUE', 'The request is larger than 64 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parseBody = (text: string): { text: string; body: Json } => {
  let value: unknown;
  let plain = text;
  try {
    value = JSON.parse(text);
    // Old clients encode twice.
    if (typeof value === 'string') {
      plain = value;
      value = JSON.parse(value);
    }
  } catch {
    invalid('The body is not valid JSON.');
  }
  return isObject(value) ? { text: plain, body: value } : invalid('The body must be a JSON object.');
};

const send = (response: ServerResponse, status: number, body: unknown): void => {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      ...(status === 503 ? { 'retry-after': '1' } : {}),
    })
    .end(text);
};
const sendText = (response: ServerResponse, text: string): void =>
  void response.writeHead(200, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) }).end(text);

/** Only programs on this machine: a page in a browser that sends requests here is refused. */
const isFromBrowser = ({ headers }: IncomingMessage, host: string): boolean => {
  if (headers.origin !== undefined) return true;
  const asked = (headers.host ?? '').replace(/:\d+$/, '');
  return isLoopback(host) && !isLoopback(asked);
};

const api = /^(\/(?:ajax-)?api\/[23]\.0\/mlflow)\/(.*)$/;
const files = /^\/(?:ajax-)?api\/2\.0\/mlflow-artifacts\/artifacts\/./;
const partsOfFiles = /^\/(?:ajax-)?api\/2\.0\/mlflow-artifacts\/mpu\//;
const presigned = /^artifacts\/presigned-/;

export const createSpoolServer = ({ core, forwarder, host, reserve, startedUpAt }: ServeOptions): Server => {
  const answerHere = async (asked: Asked): Promise<Answer | null> =>
    (await answerRuns(core, asked, startedUpAt)) ??
    (await answerModels(core, asked, startedUpAt)) ??
    (await answerExperiments(core, asked));

  const answerApi = async (request: IncomingMessage, response: ServerResponse, match: RegExpExecArray) => {
    const [, root = '', route = ''] = match;
    const path = request.url ?? '/';
    const query = new URLSearchParams(path.split('?')[1] ?? '');
    const isGet = request.method === 'GET';
    const workspace = String(request.headers['x-mlflow-workspace'] ?? '');
    if (route === 'server-info' && isGet) {
      const info = await serverInfo(core, workspace !== '');
      if (info) return send(response, info.status, info.body);
    }
    // What clients understand as: send the file in one piece.
    if (presigned.test(route)) return send(response, 404, { error_code: 'ENDPOINT_NOT_FOUND', message: 'Not here.' });
    const raw = isGet ? '' : await readBody(request);
    const isWrite = !isGet && (request.headers['content-type'] ?? '').startsWith('application/json');
    const { text, body } = isWrite ? parseBody(raw) : { text: raw, body: Object.fromEntries(query) as Json };
    const asked: Asked = { method: request.method ?? 'GET', path, root, route, query, workspace, body, text };
    if (isWrite) reserve(0);
    const answer = isGet || isWrite ? await answerHere(asked) : null;
    if (answer) return send(response, answer.status, answer.body);
    try {
      await passThrough(core, forwarder, request, isGet ? null : text, response);
    } catch (error) {
      const alone = response.headersSent ? null : (answerRunsAlone(core, asked) ?? answerModelsAlone(core, asked));
      if (alone === null) throw error;
      send(response, alone.status, alone.body);
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (isFromBrowser(request, host))
      throw new Refusal(403, 'PERMISSION_DENIED', 'Only clients on this machine are answered.');
    const path = (request.url ?? '/').split('?')[0] as string;
    if (path === '/health') return sendText(response, 'OK');
    if (path === '/version') return sendText(response, await serverVersion(core));
    if (partsOfFiles.test(path))
      return send(response, 501, { error_code: 'NOT_IMPLEMENTED', message: 'Send the file in one piece.' });
    if (request.method === 'PUT' && files.test(path)) {
      await storeFile(core, {
        workspace: String(request.headers['x-mlflow-workspace'] ?? ''),
        path: request.url ?? '/',
        mediaType: request.headers['content-type'] ?? 'application/octet-stream',
        body: request,
        reserve,
      });
      return send(response, 200, {});
    }
    const match = api.exec(path);
    return match ? answerApi(request, response, match) : passThrough(core, forwarder, request, null, response);
  };

  const explain = (error: unknown): Refusal => {
    if (error instanceof Refusal) return error;
    const { code, errcode, message } = error as NodeJS.ErrnoException & { errcode?: number };
    // SQLITE_FULL is 13.
    if (code === 'ENOSPC' || code === 'EDQUOT' || errcode === 13)
      return new Refusal(507, 'RESOURCE_EXHAUSTED', 'The disk under the spool is full: nothing more can be kept.');
    process.stderr.write(`millwright spool: ${(error as Error).stack ?? message}\n`);
    return new Refusal(500, 'INTERNAL_ERROR', 'The spool failed at this request; its output says more.');
  };

  return createServer({ requestTimeout: 0, keepAliveTimeout: 75_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // Who sent it has gone.
      if (response.destroyed || (request.destroyed && !request.complete)) return response.destroy();
      if (response.headersSent) return response.destroy();
      const { status, code, message } = explain(error);
      if (!request.complete) response.setHeader('connection', 'close');
      send(response, status, { error_code: code, message });
    });
  });
};

/** Refuses to store more than may be kept: for good while the server is away, for now while the queue gets shorter. */
export const createReserve = ({ core, maxBytes }: { core: Core; maxBytes: number }): ((bytes: number) => void) => {
  let onTheWay = 0;
  let used = 0;
  let measuredAt = 0;
  return (bytes) => {
    onTheWay += bytes;
    if (bytes < 0) return;
    const now = Date.now();
    // Measuring reads the index of files; between two measurements the error is what one second brings.
    if (now - measuredAt > 1000) {
      used = core.store.sizeBytes() + core.queue.fileBytes();
      measuredAt = now;
    }
    if (used + onTheWay <= maxBytes) return;
    onTheWay -= bytes;
    const full = `The spool keeps no more than ${maxBytes} bytes (--max-size) and is full.`;
    if (core.target.problem() === null) unavailable(`${full} It is being forwarded; try again.`);
    throw new Refusal(507, 'RESOURCE_EXHAUSTED', `${full} ${awayText(core.target.url)}`);
  };
};
