import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { operations } from '@millwright/contract';
import Fastify from 'fastify';
import type { Auth } from '#platform/auth';
import { fail } from '#platform/errors';
import type { Log } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import { createGuard } from './guard.ts';
import { addJsonParser } from './json-body.ts';
import { openApi } from './openapi.ts';
import { answerProblem } from './problems.ts';
import { withoutProject } from './project-address.ts';
import { type Api, createApi } from './serve.ts';

export { readCookie, sessionCookie } from './authenticate.ts';
export { isLoopbackAddress } from './guard.ts';
export { asMillwrightError } from './problems.ts';
export { projectOfAddress } from './project-address.ts';
export { blobReply } from './blob-reply.ts';
export type { RangeHeaders } from './blob-reply.ts';
export type { EventsReply, StreamReply } from './replies.ts';
export type { Api } from './serve.ts';

const pageHeaders = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
};

export interface HttpOptions {
  host: string;
  publicHosts: string;
  maxBodyBytes: number;
  maxUploadBytes: number;
  version: string;
  auth: Auth;
  metrics: Metrics;
  log: Log;
  /** Folder of the built console, null where there is none. */
  staticDir: string | null;
  /** Tests check every answer against the contract. */
  checkReplies?: boolean;
}

const noCompiler = (): never => {
  throw new Error('routes have no schemas of Fastify');
};

export const createHttp = async (options: HttpOptions): Promise<Api> => {
  const app = Fastify({
    logger: false,
    bodyLimit: options.maxBodyBytes,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    rewriteUrl: ({ url }) => withoutProject(url ?? '/'),
    routerOptions: { maxParamLength: 600, ignoreDuplicateSlashes: false, caseSensitive: true },
    return503OnClosing: true,
    // Requests are checked by validation.ts: Fastify's own checks are not used, and need not be loaded.
    schemaController: { compilersFactory: { buildValidator: () => noCompiler, buildSerializer: () => noCompiler } },
    // An address that cannot be decoded never reaches a route.
    frameworkErrors: (error, request, reply) => answerProblem(options.log, error, request, reply),
  });
  app.removeContentTypeParser('text/plain');
  addJsonParser(app);
  const streamed = new Set(operations.flatMap((op) => op.consumes ?? []));
  for (const type of streamed) app.addContentTypeParser(type, (_request, payload, done) => done(null, payload));

  app.addHook('onRequest', async (request, reply) => {
    reply
      .header('x-request-id', request.id)
      .header('x-content-type-options', 'nosniff')
      .header('x-frame-options', 'SAMEORIGIN')
      .header('referrer-policy', 'no-referrer')
      .header('cross-origin-resource-policy', 'same-origin');
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const labels = { method: request.method, route, status: String(reply.statusCode) };
    options.metrics.count('millwright_http_requests_total', 'Requests answered', labels);
    options.metrics.observe('millwright_http_request_seconds', 'Time to answer', reply.elapsedTime / 1000, {
      method: request.method,
      route,
    });
    options.log.debug('answered', {
      requestId: request.id,
      ...labels,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
    });
  });
  app.setErrorHandler((error, request, reply) => {
    // A body that was not read to its end would be taken for the next request.
    if (request.body instanceof Readable && !request.body.readableEnded) reply.header('connection', 'close');
    answerProblem(options.log, error, request, reply);
  });

  const guard = createGuard(options);
  const api = createApi({
    app,
    auth: options.auth,
    guard,
    metrics: options.metrics,
    log: options.log,
    maxUploadBytes: options.maxUploadBytes,
    checkReplies: options.checkReplies ?? false,
  });

  let description: string | undefined;
  app.get('/openapi.json', async (request, reply) => {
    guard.checkHost(request.headers);
    description ??= JSON.stringify(openApi(operations, options.version));
    return reply.header('content-type', 'application/json; charset=utf-8').send(description);
  });

  if (options.staticDir !== null && existsSync(options.staticDir)) {
    const { default: fastifyStatic } = await import('@fastify/static');
    await app.register(fastifyStatic, {
      root: options.staticDir,
      wildcard: false,
      index: false,
      cacheControl: false,
      setHeaders: (response, path) => {
        for (const [name, value] of Object.entries(pageHeaders)) response.header(name, value);
        response.header(
          'cache-control',
          path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
    });
  }
  const routes = operations.map((op) => ({
    method: op.method,
    pattern: new RegExp(`^/api/v1${op.path.replace(/:[A-Za-z]+/g, '[^/]+')}$`),
  }));
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const verbs = routes.filter((route) => route.pattern.test(path)).map((route) => route.method);
    if (verbs.length > 0) {
      reply.header('allow', [...new Set(verbs)].join(', '));
      return fail('METHOD_NOT_ALLOWED', `This route answers to ${[...new Set(verbs)].join(', ')}.`);
    }
    const wantsPage =
      request.method === 'GET' &&
      !/^\/(api|v2|metrics)(\/|$)/.test(path) &&
      (request.headers.accept ?? '').includes('text/html');
    if (!wantsPage) return fail('ROUTE_NOT_FOUND', 'There is no such route. /openapi.json lists them all.');
    guard.checkHost(request.headers);
    if (options.staticDir !== null && existsSync(`${options.staticDir}/index.html`))
      return reply.headers(pageHeaders).header('cache-control', 'no-cache').type('text/html').sendFile('index.html');
    return reply.code(503).type('text/plain').send('The console is not built. Run `npm start`, which builds it.\n');
  });
  return api;
};
