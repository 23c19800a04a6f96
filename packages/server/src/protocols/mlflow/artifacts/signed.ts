import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mediaTypeOf } from '#experiments';
import type { Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import type { Api } from '#platform/http';
import type { Files } from './admission.ts';
import { rangeOf, sendFile } from './artifacts.ts';

/** Who signed the address was asked for his permission then. */
const bearer = (
  request: FastifyRequest,
  project: string,
  actor = { id: 'signed-address', name: 'signed-address' },
): Ctx => ({
  actor: { ...actor, kind: 'user', via: 'token', grants: [], limits: null },
  project,
  requestId: request.id,
});

const lengthOf = (request: FastifyRequest): number => {
  const length = request.headers['content-length'];
  return length !== undefined && /^\d{1,15}$/.test(length)
    ? Number(length)
    : fail('INVALID_INPUT', 'Say how long the part is: Content-Length is missing.');
};

/** What clients are sent to with an address that was signed for them; they send nothing else that says who they are. */
export const signedRoutes = (scope: FastifyInstance, api: Api, { experiments, addresses }: Files): void => {
  scope.route({
    method: 'PUT',
    url: '/signed/part',
    bodyLimit: Number.MAX_SAFE_INTEGER,
    // Before the body is read.
    onRequest: async (request) => void addresses.openPart(request),
    handler: async (request, reply) => {
      const { project, upload, number } = addresses.openPart(request);
      const part = { number, sizeBytes: lengthOf(request) };
      const { etag } = await experiments.putPart({ project, upload }, part, api.upload(request));
      return reply.header('etag', etag).send();
    },
  });
  scope.route({
    method: 'PUT',
    url: '/signed/file',
    bodyLimit: Number.MAX_SAFE_INTEGER,
    onRequest: async (request) => void addresses.openUpload(request),
    handler: async (request, reply) => {
      const { project, place, actor } = addresses.openUpload(request);
      const ctx = bearer(request, project, actor);
      await experiments.putFile(ctx, place, api.upload(request), mediaTypeOf(place.path));
      return reply.send();
    },
  });
  scope.get('/signed/file', { exposeHeadRoute: false }, async (request, reply) => {
    const { project, place, ...bytes } = addresses.openDownload(request);
    return sendFile(
      request,
      reply,
      place.path,
      await experiments.readBytes(bearer(request, project), place, bytes, rangeOf(request)),
    );
  });
};
