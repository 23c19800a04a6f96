import { type Operation, apiPrefix } from '@millwright/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { type Static, type TObject, type TSchema, Type } from 'typebox';
import type { Actor, Auth, Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import type { Log } from '#platform/log';
import type { Metrics } from '#platform/telemetry';
import { recognise } from './authenticate.ts';
import { limitedStream } from './limited-stream.ts';
import type { Guard } from './guard.ts';
import { createEventStreams } from './event-streams.ts';
import type { EventsReply, StreamReply } from './replies.ts';
import { compile } from './validation.ts';

type Of<S> = S extends TSchema ? Static<S> : Record<never, never>;
export interface HandlerInput<P, Q, B> {
  params: Of<P>;
  query: Of<Q>;
  body: B extends TSchema ? Static<B> : undefined;
  /** The body as it comes, cut off with an error above the limit; only where the operation takes a stream. */
  stream: AsyncIterable<Uint8Array>;
  mediaType: string;
  headers: FastifyRequest['headers'];
  signal: AbortSignal;
  /** For what no operation declares: cookies of the session. */
  setHeader(name: string, value: string): void;
}
/** What a handler answers: the reply of the contract, bytes, or events. */
export type Answer<R> = R extends TSchema ? Static<R> : StreamReply | EventsReply | void;

export interface Api {
  /** The only way a route comes to be: from its operation. */
  serve<
    P extends TObject | undefined,
    Q extends TObject | undefined,
    B extends TSchema | undefined,
    R extends TSchema | undefined,
  >(
    op: Operation<P, Q, B, R>,
    handler: (input: HandlerInput<P, Q, B>, ctx: Ctx) => Promise<Answer<R>> | Answer<R>,
  ): void;
  /** For protocols: recognise and check like `serve`, on routes of foreign wire formats. */
  admit(request: FastifyRequest): Promise<Actor>;
  /** For protocols: a body that was left a stream, cut off with an error above the limit for uploads. */
  upload(request: FastifyRequest): AsyncIterable<Uint8Array>;
  app: FastifyInstance;
  served: ReadonlySet<string>;
  /** Every route there is, those of operations and all others. */
  routes: readonly { method: string; url: string }[];
}

export const createApi = (parts: {
  app: FastifyInstance;
  auth: Auth;
  guard: Guard;
  metrics: Metrics;
  log: Log;
  maxUploadBytes: number;
  checkReplies: boolean;
}): Api => {
  const served = new Set<string>();
  const routes: { method: string; url: string }[] = [];
  parts.app.addHook('onRoute', ({ method, url }) => {
    for (const verb of [method].flat()) routes.push({ method: verb, url });
  });
  const streams = createEventStreams(parts.log);
  // Event streams need not end by themselves: without this a server with an open console could not stop.
  parts.app.addHook('preClose', async () => streams.end());
  const who = (request: FastifyRequest) =>
    recognise(parts.auth, parts.guard, request.headers, request.raw.socket.remoteAddress);
  const known = async (request: FastifyRequest): Promise<Actor> =>
    (await who(request)) ??
    fail('SIGN_IN_REQUIRED', 'Sign in at the console, or send a token: Authorization: Bearer mw_...');
  return {
    app: parts.app,
    served,
    routes,
    admit: known,
    upload: (request) =>
      limitedStream(request.body instanceof Readable ? request.body : Readable.from([]), parts.maxUploadBytes),
    serve(op, handler) {
      if (served.has(op.id)) throw new Error(`${op.id} is served twice`);
      served.add(op.id);
      const checkParams = op.params ? compile(op.params, 'params') : null;
      // A misspelt filter would answer with everything: unknown ones are refused, also where none is known.
      const checkQuery = compile(Type.Object(op.query?.properties ?? {}, { additionalProperties: false }), 'query');
      const checkBody = op.body ? compile(op.body, 'body') : null;
      const checkReply = parts.checkReplies && op.reply ? compile(op.reply, 'reply') : null;
      const { permission, resource } = op;
      const project = op.path.includes('/:project') ? 'project' : null;
      const actors = new WeakMap<FastifyRequest, Actor>();
      const admit = async (request: FastifyRequest, actor: Actor): Promise<void> => {
        if (permission === 'public' || permission === 'signed-in') return;
        const params = request.params as Record<string, string>;
        await parts.auth.admit(actor, permission, {
          project: project === null ? null : (params[project] ?? null),
          resource: resource ? { type: resource.type, ref: params[resource.param] ?? '' } : null,
        });
      };
      parts.app.route({
        method: op.method,
        url: apiPrefix + op.path,
        // A HEAD of a stream would make the whole of it.
        exposeHeadRoute: op.replyKind === undefined || op.replyKind === 'json',
        ...(op.bodyKind === 'stream' ? { bodyLimit: Number.MAX_SAFE_INTEGER } : {}),
        // Decided before the body is read: a stranger cannot make us parse anything.
        onRequest: async (request) => {
          const params = request.params as Record<string, string>;
          if (permission === 'public') {
            parts.guard.checkHost(request.headers);
            if (op.method !== 'GET') parts.guard.checkOrigin(request.headers);
            if (checkParams) request.params = checkParams(params);
            return checkMediaType(op, request);
          }
          const actor = await known(request);
          actors.set(request, actor);
          if (checkParams) request.params = checkParams(params);
          await admit(request, actor);
          const scope = project === null ? null : (params['project'] ?? null);
          if (scope !== null && (await parts.auth.findProject(scope)) === null)
            fail('NOT_FOUND', `There is no project '${scope}'.`);
          checkMediaType(op, request);
        },
        handler: async (request, reply) => {
          const abort = new AbortController();
          reply.raw.on('close', () => {
            if (!reply.raw.writableFinished) abort.abort(new Error('the caller went away'));
          });
          const actor = actors.get(request) ?? {
            id: 'anonymous',
            name: 'anonymous',
            kind: 'user' as const,
            via: 'session' as const,
            grants: [],
            limits: null,
          };
          const input = {
            params: (request.params ?? {}) as never,
            query: checkQuery(request.query) as never,
            body: (checkBody ? checkBody(request.body === undefined ? {} : request.body) : undefined) as never,
            stream:
              op.bodyKind === 'stream'
                ? limitedStream(request.body as Readable, parts.maxUploadBytes)
                : limitedStream(request.raw, 0),
            mediaType: mediaTypeOf(request),
            headers: request.headers,
            signal: abort.signal,
            setHeader: (name: string, value: string) => void reply.header(name, value),
          };
          const result = await handler(input, {
            actor,
            project: (request.params as Record<string, string>)['project'] ?? '',
            requestId: request.id,
          });
          reply.code(op.status ?? 200);
          if (op.replyKind === 'events') {
            reply.hijack();
            const admitAgain = async () => admit(request, await known(request));
            return streams.send(reply.raw, result as EventsReply, { requestId: request.id, admitAgain });
          }
          if (op.replyKind === 'stream') {
            const { stream, headers, status } = result as StreamReply;
            return reply
              .code(status ?? 200)
              .headers(headers)
              .send(stream);
          }
          if (op.status === 204 || result === undefined) return reply.code(op.status ?? 204).send();
          if (checkReply) assertReply(op.id, checkReply, result);
          return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(result));
        },
      });
    },
  };
};

const mediaTypeOf = (request: FastifyRequest): string =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** Also before the body is read: what takes a stream of bytes must not be made to parse them, and the other way round. */
const checkMediaType = (op: Operation, request: FastifyRequest): void => {
  const mediaType = mediaTypeOf(request);
  if (op.bodyKind === 'stream') {
    const consumes = op.consumes ?? [];
    if (!consumes.includes(mediaType)) fail('MEDIA_TYPE_UNSUPPORTED', `This route takes ${consumes.join(' or ')}.`);
  } else if (mediaType !== '' && mediaType !== 'application/json')
    fail('MEDIA_TYPE_UNSUPPORTED', 'This route takes application/json.');
};

/** In tests only: an answer that is not what the contract says is our bug, not the caller's. */
const assertReply = (id: string, check: (value: unknown) => unknown, result: unknown): void => {
  try {
    check(JSON.parse(JSON.stringify(result)));
  } catch (error) {
    throw new Error(`the reply of ${id} breaks the contract: ${(error as Error).message}`, { cause: error });
  }
};
