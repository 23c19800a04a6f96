import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Auth, type Ctx, demand, systemActor } from '#platform/auth';
import { fail } from '#platform/errors';
import { type Api, asMillwrightError } from '#platform/http';
import type { Log } from '#platform/log';
import type { ExperimentsService } from '#experiments';
import { type Admit, artifactDownloads, artifactEndpoints, artifactProxy } from './artifacts.ts';
import type { MlflowEndpoint } from './endpoint.ts';
import { toWireError } from './errors.ts';
import { createDefaultExperiment, experimentEndpoints } from './experiments.ts';
import { Fields } from './fields.ts';
import { metricEndpoints } from './metrics.ts';
import { createLocations, runEndpoints } from './runs.ts';

export interface MlflowOptions {
  log: Log;
  auth: Auth;
  services: { experiments: ExperimentsService };
}

/** The version of MLflow whose clients find here what they look for. */
export const mlflowVersion = '3.6.0';

const workspaceOf = (request: FastifyRequest): string => {
  const header = request.headers['x-mlflow-workspace'];
  return (Array.isArray(header) ? header[0] : header)?.trim() || 'default';
};

/**
 * MLflow's REST interface: experiments, runs, metrics, artifacts and registered models, so that its clients work
 * unchanged. A workspace of MLflow is a project here.
 */
export const mlflow = (api: Api, options: MlflowOptions): void => {
  const { experiments } = options.services;
  const locations = createLocations(experiments);
  const admit = createAdmit(api, options);
  const endpoints: readonly MlflowEndpoint[] = [
    ...experimentEndpoints(experiments),
    ...runEndpoints(experiments, locations),
    ...metricEndpoints(experiments),
    ...artifactEndpoints(experiments, locations),
  ];
  for (const root of ['/api', '/ajax-api'])
    for (const version of ['2.0', '3.0'] as const) {
      const own = endpoints.filter(
        (one) => (one.version ?? '2.0') === version && !(one.isAjaxOnly === true && root === '/api'),
      );
      api.app.register(async (scope) => serveAll(scope, { api, admit, log: options.log }, own), {
        prefix: `${root}/${version}/mlflow`,
      });
    }
  for (const prefix of ['/api/2.0/mlflow-artifacts', '/ajax-api/2.0/mlflow-artifacts'])
    api.app.register(
      async (scope) => {
        prepare(scope, { api, log: options.log }, 'stream');
        artifactProxy(scope, api, experiments, admit);
      },
      { prefix },
    );
  api.app.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => answerError(options.log, error, request, reply));
    artifactDownloads(scope, experiments, admit);
  });
  api.app.get('/version', async (request, reply) => {
    await api.admit(request);
    return reply.type('text/plain').send(mlflowVersion);
  });
  api.app.get('/health', async (_request, reply) => reply.type('text/plain').send('OK'));
};

/** Recognises the caller, checks the permission in the project, and that the project is there. */
const createAdmit = (api: Api, { auth, services }: MlflowOptions): Admit => {
  // Projects are never removed.
  const projects = new Set<string>();
  const ensureDefault = createDefaultExperiment(services.experiments);
  return async (request, permission) => {
    const actor = await api.admit(request);
    const project = workspaceOf(request);
    demand(actor, permission, { project });
    if (!projects.has(project)) {
      if ((await auth.findProject(project)) === null) fail('NOT_FOUND', `There is no workspace '${project}'.`);
      projects.add(project);
    }
    const ctx = { actor, project, requestId: request.id };
    await ensureDefault({ ...ctx, actor: systemActor('mlflow') });
    return ctx;
  };
};

/** What the routes of this protocol have in common: bodies as text or as they come, errors and unknown routes. */
const prepare = (scope: FastifyInstance, { api, log }: { api: Api; log: Log }, body: 'text' | 'stream'): void => {
  scope.removeAllContentTypeParsers();
  if (body === 'text')
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => done(null, text));
  else scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  scope.setErrorHandler((error, request, reply) => {
    // A body that was not read to its end would be taken for the next request.
    if (body === 'stream') reply.header('connection', 'close');
    return answerError(log, error, request, reply);
  });
  scope.setNotFoundHandler(async (request, reply) => {
    await api.admit(request);
    return sendPage(reply, 404, 'Not Found');
  });
};

const serveAll = (
  scope: FastifyInstance,
  { api, admit, log }: { api: Api; admit: Admit; log: Log },
  endpoints: readonly MlflowEndpoint[],
): void => {
  prepare(scope, { api, log }, 'text');
  const contexts = new WeakMap<FastifyRequest, Ctx>();
  for (const endpoint of endpoints)
    scope.route({
      method: endpoint.method,
      url: endpoint.path,
      exposeHeadRoute: false,
      onRequest: async (request) => {
        contexts.set(request, await admit(request, endpoint.permission));
      },
      handler: async (request, reply) => {
        const input = inputOf(request, endpoint);
        const answer = await endpoint.handle(input, contexts.get(request) as Ctx, { request, reply });
        if (answer === reply) return reply;
        return reply
          .code(endpoint.status ?? 200)
          .header('content-type', 'application/json; charset=utf-8')
          .send(JSON.stringify(answer));
      },
    });
  const verbs = Map.groupBy(endpoints, (endpoint) => endpoint.path);
  for (const [path, known] of verbs) {
    const others = (['GET', 'POST', 'PATCH', 'DELETE', 'PUT'] as const).filter(
      (verb) => !known.some((endpoint) => endpoint.method === verb),
    );
    scope.route({
      method: others,
      url: path,
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        await api.admit(request);
        reply.header('allow', known.map((endpoint) => endpoint.method).join(', '));
        return sendPage(reply, 405, 'Method Not Allowed');
      },
    });
  }
};

/** An unknown route is answered with a page: JSON would keep clients from falling back to older routes. */
const sendPage = (reply: FastifyReply, status: number, title: string): FastifyReply =>
  reply
    .code(status)
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n`);

const inputOf = (request: FastifyRequest, endpoint: MlflowEndpoint): Fields => {
  const params = request.params as Record<string, string>;
  if (endpoint.method === 'GET') return new Fields({ ...(request.query as Record<string, unknown>), ...params }, true);
  const mediaType = request.headers['content-type'] ?? '';
  if (!mediaType.startsWith('application/json'))
    fail('MEDIA_TYPE_UNSUPPORTED', 'Bad Request. Content-Type must be application/json.', { errorCode: 'BAD_REQUEST' });
  return new Fields({ ...readBody(request.body), ...params });
};

const readBody = (body: unknown): Record<string, unknown> => {
  let value: unknown = {};
  try {
    value = JSON.parse(String(body ?? ''));
    // Old clients encode twice.
    if (typeof value === 'string') value = JSON.parse(value);
  } catch {
    fail('BODY_UNREADABLE', 'The body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('BODY_UNREADABLE', 'The body must be a JSON object.');
  return value as Record<string, unknown>;
};

const answerError = (log: Log, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const known = asMillwrightError(error);
  if (known.status >= 500)
    log.error('a request failed', {
      requestId: request.id,
      route: request.routeOptions.url,
      error: known.cause ?? known,
    });
  // MLflow's clients know these two as plain text.
  if (known.status === 401)
    return reply.code(401).header('www-authenticate', 'Basic realm="mlflow"').type('text/plain').send(known.message);
  if (known.status === 403 || known.status === 421) return reply.code(403).type('text/plain').send(known.message);
  const { status, body } = toWireError(known);
  if (status === 503) reply.header('retry-after', '1');
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
};
