import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Permission } from '@millwright/contract';
import { demand, mayDo } from '#platform/auth';
import { fail } from '#platform/errors';
import { type Api, asMillwrightError } from '#platform/http';
import type { Log } from '#platform/log';
import { type EndpointRoute, type ServingService, predictionHeaders } from '#serving';
import { modelMetadata } from './metadata.ts';
import { readInferRequest } from './request-body.ts';
import { statusOf, verbsOf } from './table.ts';

export interface OpenInferenceOptions {
  version: string;
  log: Log;
}

type ModelParams = { name: string; version?: string };

/**
 * The Open Inference Protocol v2 over JSON: a model is an endpoint, a version the number of a model version that is served.
 * Binary tensors are not taken, and `extensions` says so. NaN and infinities in outputs are sent as null.
 */
export const openInference = (api: Api, serving: ServingService, options: OpenInferenceOptions): void => {
  api.app.register(async (scope) => routes(scope, api, serving, options), { prefix: '/v2' });
};

const routes = (
  scope: FastifyInstance,
  api: Api,
  serving: ServingService,
  { version, log }: OpenInferenceOptions,
): void => {
  scope.removeAllContentTypeParsers();
  // Kept as text: how it is to be read depends on the model.
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  scope.setErrorHandler((error, request, reply) => {
    const known = asMillwrightError(error);
    if (known.code === 'INTERNAL')
      log.error('a request failed', { requestId: request.id, error: known.cause ?? error });
    const status = statusOf(known);
    if (status === 503) reply.header('retry-after', '1');
    if (status === 401) reply.header('www-authenticate', 'Bearer realm="millwright"');
    return sendError(reply, status, known.message);
  });
  scope.setNotFoundHandler((request, reply) => {
    const verbs = verbsOf(request.url.split('?')[0] ?? '');
    if (verbs === null || verbs.includes(request.method))
      return sendError(reply, 404, 'There is no such route in the Open Inference Protocol as served here.');
    return sendError(reply.header('allow', verbs.join(', ')), 405, `This route answers to ${verbs.join(', ')}.`);
  });

  const metadata = { name: 'millwright', version, extensions: [] };
  scope.get('/', { prefixTrailingSlash: 'both' }, (_request, reply) => reply.send(metadata));
  scope.get('/health/live', (_request, reply) => reply.send({ live: true }));
  scope.get('/health/ready', (_request, reply) => {
    const ready = serving.isReady();
    return reply.code(ready ? 200 : 503).send({ live: true, ready });
  });

  /** Decided before the body is read. */
  const permit =
    (permission: Permission) =>
    async (request: FastifyRequest): Promise<void> => {
      const actor = await api.admit(request);
      const route = routeOf(request);
      demand(actor, permission, { project: route.project, resource: { type: 'endpoint', ref: route.endpointId } });
    };
  const routeOf = (request: FastifyRequest): EndpointRoute => {
    const { name } = request.params as ModelParams;
    if (!serving.isOpen()) fail('MODEL_NOT_READY', 'The server is starting. Try again in a moment.');
    return (
      serving.route(name) ??
      fail('NOT_FOUND', `There is no model '${name}'. GET /v2/models lists the ones you may see.`)
    );
  };
  const numberOf = (request: FastifyRequest, route: EndpointRoute): number | undefined => {
    const { version: asked } = request.params as ModelParams;
    if (asked === undefined) return undefined;
    const served = route.states.find((state) => String(state.version?.number) === asked);
    return served?.version?.number ?? fail('NOT_FOUND', `Version ${asked} of '${route.name}' is not served.`);
  };

  scope.get('/models', async (request, reply) => {
    const actor = await api.admit(request);
    const seen = serving.routes().filter((route) =>
      mayDo(actor, 'endpoint:read', {
        project: route.project,
        resource: { type: 'endpoint', ref: route.endpointId },
      }),
    );
    return reply.send({ models: seen.map(({ name }) => name).sort() });
  });

  const describe = (request: FastifyRequest, reply: FastifyReply) => {
    const route = routeOf(request);
    return reply.send(modelMetadata(route, numberOf(request, route)));
  };
  const ready = (request: FastifyRequest, reply: FastifyReply) => {
    const route = routeOf(request);
    const number = numberOf(request, route);
    const isReady =
      number === undefined
        ? route.champion !== null
        : route.states.some((state) => state.version?.number === number && state.state === 'ready');
    return reply.code(isReady ? 200 : 503).send({ name: route.name, ready: isReady });
  };
  const infer = async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.headers['inference-header-content-length'] !== undefined)
      return sendError(reply, 501, 'Binary tensors are not supported. Send the tensors as JSON.');
    const route = routeOf(request);
    const body = readInferRequest(request.body, route.champion?.plan.hasInt64 ?? false);
    const answer = await serving.infer(route, body, { requestId: request.id, version: numberOf(request, route) });
    for (const [name, value] of predictionHeaders(answer)) reply.header(name, value);
    return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(answer.reply));
  };
  for (const path of ['/models/:name', '/models/:name/versions/:version']) {
    scope.get(path, { onRequest: permit('endpoint:read') }, describe);
    scope.get(`${path}/ready`, { onRequest: permit('endpoint:read') }, ready);
    scope.post(`${path}/infer`, { onRequest: permit('endpoint:predict') }, infer);
  }
};

const sendError = (reply: FastifyReply, status: number, error: string): FastifyReply =>
  reply.code(status).send({ error });
