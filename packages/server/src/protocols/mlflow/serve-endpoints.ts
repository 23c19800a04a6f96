import { text as textOf } from 'node:stream/consumers';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '#platform/auth';
import { type ErrorCode, fail } from '#platform/errors';
import { type Api, asMillwrightError } from '#platform/http';
import type { Log } from '#platform/log';
import type { Admit } from './access/admit.ts';
import type { MlflowEndpoint } from './wire/endpoint.ts';
import { toWireError } from './wire/errors.ts';
import { Fields } from './wire/fields.ts';
import { parseBody } from './wire/int64.ts';
import { sendJson } from './wire/send-json.ts';
import { asSpelled } from './wire/refusals.ts';
import { type Namings, resourceTypes } from './access/resources.ts';

/** What the routes of this protocol have in common: bodies as text or as they come, errors and unknown routes. */
export const prepare = (scope: FastifyInstance, log: Log, body: 'text' | 'stream'): void => {
  scope.removeAllContentTypeParsers();
  if (body === 'text')
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => done(null, text));
  else scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  scope.setErrorHandler((error, request, reply) => {
    // A body that was not read to its end would be taken for the next request.
    if (body === 'stream') reply.header('connection', 'close');
    return answerError(log, error, request, reply);
  });
};

/**
 * An unknown route is answered with a page: JSON would keep clients from falling back to older routes. `allowed`: the
 * methods that the path has, where it is one.
 */
export const answerUnknown = (
  scope: FastifyInstance,
  api: Api,
  allowed: (path: string) => readonly string[] = () => [],
): void => {
  scope.setNotFoundHandler(async (request, reply) => {
    await api.admit(request);
    const methods = allowed(request.url.slice(scope.prefix.length).replace(/\?.*/s, ''));
    if (methods.length === 0) return sendPage(reply, 404, 'Not Found');
    reply.header('allow', methods.join(', '));
    return sendPage(reply, 405, 'Method Not Allowed');
  });
};

/** Not routes of their own: there would be four times as many, at every start. */
const methodsOf = (endpoints: readonly MlflowEndpoint[]): ((path: string) => string[]) => {
  const pattern = (path: string): RegExp =>
    new RegExp(`^${path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+')}$`);
  let patterns: { pattern: RegExp; method: string }[] | undefined;
  return (path) => {
    patterns ??= endpoints.map((endpoint) => ({ pattern: pattern(endpoint.path), method: endpoint.method }));
    return patterns.filter((one) => one.pattern.test(path)).map(({ method }) => method);
  };
};

export const serveAll = (
  scope: FastifyInstance,
  { api, admit, log, namings }: { api: Api; admit: Admit; log: Log; namings: Namings },
  endpoints: readonly MlflowEndpoint[],
): void => {
  prepare(scope, log, 'text');
  answerUnknown(scope, api, methodsOf(endpoints));
  const admitted = new WeakMap<FastifyRequest, { ctx: Ctx; isDecided: boolean }>();
  for (const endpoint of endpoints) {
    const { permission, scope: where = 'project' } = endpoint;
    const naming = where === 'project' ? namings.byPath.get(endpoint.path) : undefined;
    const types = endpoint.isListing ? resourceTypes : (naming?.types ?? []);
    scope.route({
      method: endpoint.method,
      url: endpoint.path,
      exposeHeadRoute: false,
      ...(endpoint.maxBodyBytes === undefined ? {} : { bodyLimit: endpoint.maxBodyBytes }),
      // Decided before the body is read, unless it depends on what the body names.
      onRequest: async (request) => {
        admitted.set(
          request,
          types.length === 0
            ? { ctx: await admit(request, permission, where), isDecided: true }
            : await admit.begin(request, permission, types),
        );
      },
      handler: async (request, reply) => {
        const { ctx, isDecided } = admitted.get(request) as { ctx: Ctx; isDecided: boolean };
        // `/logged-models/` names no model, and is no route of MLflow's.
        if (Object.values(request.params as object).includes('')) return sendPage(reply, 404, 'Not Found');
        const input = await inputOf(request, endpoint);
        if (naming !== undefined && !isDecided) await admit.decide(ctx, permission, await naming.named(input, ctx));
        const answer = await endpoint.handle(input, ctx, { request, reply }).catch((error: unknown) => {
          throw asSpelled(error, request.body);
        });
        if (answer === reply) return reply;
        return sendJson(reply.code(endpoint.status ?? 200), answer);
      },
    });
  }
};

export const sendPage = (reply: FastifyReply, status: number, title: string): FastifyReply =>
  reply
    .code(status)
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n`);

const maxBodyOfGet = 1_000_000;

/** Where a GET has no query, some clients send JSON in its place. */
const bodyOfGet = async ({ raw, headers }: FastifyRequest): Promise<string> => {
  const isJson = headers['content-type']?.startsWith('application/json') === true;
  const length = Number(headers['content-length'] ?? 0);
  return isJson && length > 0 && length <= maxBodyOfGet ? textOf(raw) : '';
};

const inputOf = async (request: FastifyRequest, endpoint: MlflowEndpoint): Promise<Fields> => {
  const params = request.params as Record<string, string>;
  if (endpoint.method === 'GET') {
    const query = request.query as Record<string, unknown>;
    const sent = Object.keys(query).length === 0 ? await bodyOfGet(request) : '';
    return sent === '' ? new Fields({ ...query, ...params }, true) : new Fields({ ...readBody(sent), ...params });
  }
  if (endpoint.ignoresBody === true) return new Fields({ ...params });
  const mediaType = request.headers['content-type'];
  // Other pages can send only these without being asked for permission first.
  if (endpoint.method === 'POST' && !/^application\/json\s*(;|$)/.test(mediaType ?? ''))
    fail('MEDIA_TYPE_UNSUPPORTED', 'Send application/json.', { about: { noMediaType: mediaType === undefined } });
  return new Fields({ ...readBody(request.body), ...params });
};

export const readBody = (body: unknown): Record<string, unknown> => {
  let value: unknown = {};
  const text = String(body ?? '');
  // Nothing sent asks for nothing.
  if (text === '') return {};
  try {
    value = parseBody(text);
    // Old clients encode twice.
    if (typeof value === 'string') value = parseBody(value);
  } catch {
    fail('BODY_UNREADABLE', 'The body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('BODY_UNREADABLE', 'The body must be a JSON object.');
  return value as Record<string, unknown>;
};

/** How MLflow begins what it says of a request that another page may have sent. */
const leads: Partial<Record<ErrorCode, string>> = {
  HOST_REFUSED: 'Invalid Host header - possible DNS rebinding attack detected',
  ORIGIN_REFUSED: 'Cross-origin request blocked',
  PERMISSION_DENIED: 'Permission denied',
};

export const answerError = (log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const known = asMillwrightError(error);
  if (known.status >= 500)
    log.error('a request failed', {
      requestId: request.id,
      route: request.routeOptions.url,
      error: known.cause ?? known,
    });
  // MLflow's clients know these two as plain text, which begins with these words.
  if (known.status === 401)
    return reply
      .code(401)
      .header('www-authenticate', 'Basic realm="mlflow"')
      .type('text/plain')
      .send(`You are not authenticated. ${known.message}`);
  if (known.status === 403 || known.status === 421) {
    const lead = leads[known.code];
    const said = lead === undefined ? known.message : `${lead}. ${known.message}`;
    return reply.code(403).type('text/plain').send(said);
  }
  const { status, body } = toWireError(known);
  if (status === 503) reply.header('retry-after', '1');
  return sendJson(reply.code(status), body);
};
