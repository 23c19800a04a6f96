import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ExperimentsService, mediaTypeOf } from '#experiments';
import type { Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import type { RegistryService } from '#registry';
import type { Api, RangeHeaders, StreamReply } from '#platform/http';
import type { Admit } from '../access/admit.ts';
import { checkArtifactPath, placeOf } from './artifact-paths.ts';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import { Fields } from '../wire/fields.ts';
import { refuseMissing } from '../wire/refusals.ts';
import { versionOf } from '../registry/model-names.ts';
import type { Namings } from '../access/resources.ts';
import { runIdOf } from '../runs/runs.ts';
import type { Locations } from '../runs/runs.ts';
import { runIdFromWire, runIdOnWire } from '../wire/ids.ts';

interface FileInfo {
  path: string;
  is_dir: boolean;
  file_size?: number;
}

export const listed = async (
  experiments: ExperimentsService,
  ctx: Ctx,
  place: { root: string; path: string },
  shownBelow: string,
): Promise<FileInfo[]> =>
  (await experiments.listFolder(ctx, place)).map(({ name, sizeBytes }) => ({
    path: shownBelow === '' ? name : `${shownBelow}/${name}`,
    is_dir: sizeBytes === null,
    // An empty file has no size on this wire, as a field that is 0 is not sent.
    ...(sizeBytes ? { file_size: sizeBytes } : {}),
  }));

/** The list of a run's files, by the run. */
export const artifactEndpoints = (experiments: ExperimentsService, locations: Locations): MlflowEndpoint[] => [
  {
    method: 'GET',
    path: '/artifacts/list',
    permission: 'run:read',
    async handle(input, ctx) {
      const run = await experiments.getRun(ctx, runIdOf(input));
      const path = checkArtifactPath(input.text('path') ?? '');
      const files = await listed(experiments, ctx, { root: run.id, path }, path);
      const location = await locations(ctx, run.experimentNumber);
      return {
        root_uri: `${location.replace(/\/$/, '')}/${runIdOnWire(run.id)}/artifacts`,
        ...(files.length > 0 ? { files } : {}),
      };
    },
  },
  {
    method: 'POST',
    path: '/artifacts/presigned-upload-url',
    permission: 'run:write',
    handle: async () => noPresigning('upload'),
  },
  {
    method: 'POST',
    path: '/artifacts/presigned-download-url',
    permission: 'run:read',
    handle: async () => noPresigning('download'),
  },
];

/** Only where clients reach the storage by themselves. */
const noPresigning = (what: string): never =>
  fail('INVALID_INPUT', `Presigned ${what} is not supported: files go through this server.`);

export const rangeOf = ({ headers }: FastifyRequest): RangeHeaders => ({
  ...(headers.range === undefined ? {} : { range: headers.range }),
  ...(headers['if-range'] === undefined ? {} : { 'if-range': headers['if-range'] }),
});

export const sendFile = (reply: FastifyReply, file: StreamReply): FastifyReply =>
  reply
    .code(file.status ?? 200)
    .headers(file.headers)
    .send(file.stream);

interface Files {
  experiments: ExperimentsService;
  admit: Admit;
  namings: Namings;
}

/** Whoever has a role on one experiment only may reach the files of its runs and models. */
const admission = ({ admit, namings }: Files, permission: 'run:read' | 'run:write') => {
  const begun = new WeakMap<FastifyRequest, { ctx: Ctx; isDecided: boolean }>();
  return {
    /** Decided before the body is read, as far as it does not depend on what the address names. */
    onRequest: async (request: FastifyRequest): Promise<void> => {
      begun.set(request, await admit.begin(request, permission, ['experiment']));
    },
    /** `rootOf`: what the files asked for are below, a run, a model, or nothing. */
    async enter<Place>(
      request: FastifyRequest,
      placeOf: (ctx: Ctx) => Promise<Place> | Place,
      rootOf: (place: Place) => string,
    ): Promise<{ ctx: Ctx; place: Place }> {
      const { ctx, isDecided } = begun.get(request) as { ctx: Ctx; isDecided: boolean };
      const place = await placeOf(ctx);
      if (!isDecided) await admit.decide(ctx, permission, [await namings.ofRoot(ctx, rootOf(place))]);
      return { ctx, place };
    },
  };
};

/** Files by their place in the tree that clients see; bodies are streams of bytes. Within `/api/2.0/mlflow-artifacts`. */
export const artifactProxy = (scope: FastifyInstance, api: Api, files: Files): void => {
  const { experiments, admit } = files;
  const [reading, writing] = [admission(files, 'run:read'), admission(files, 'run:write')];
  const enter = (by: typeof reading, request: FastifyRequest, path: string) =>
    by.enter(
      request,
      (ctx) => placeOf(experiments, ctx, path),
      ({ root }) => root,
    );
  const wildcard = (request: FastifyRequest): string => (request.params as { '*': string })['*'];
  scope.get('/artifacts', { onRequest: reading.onRequest }, async (request, reply) => {
    const path = String((request.query as Record<string, unknown>)['path'] ?? '');
    const { ctx, place } = await enter(reading, request, path);
    const found = await listed(experiments, ctx, place, '');
    return reply.send(found.length > 0 ? { files: found } : {});
  });
  scope.get('/artifacts/*', { exposeHeadRoute: false, onRequest: reading.onRequest }, async (request, reply) => {
    const { ctx, place } = await enter(reading, request, wildcard(request));
    return sendFile(reply, await experiments.readFile(ctx, place, rangeOf(request)));
  });
  scope.route({
    method: 'PUT',
    url: '/artifacts/*',
    bodyLimit: Number.MAX_SAFE_INTEGER,
    onRequest: writing.onRequest,
    handler: async (request, reply) => {
      const { ctx, place } = await enter(writing, request, wildcard(request));
      if (place.path === '') fail('INVALID_INPUT', 'Invalid path: name the file.');
      await experiments.putFile(ctx, place, api.upload(request), mediaTypeOf(place.path));
      return reply.send();
    },
  });
  // A client that hears this sends the file in one piece.
  for (const step of ['create', 'complete', 'abort'])
    scope.post(`/mpu/${step}/*`, async (request, reply) => {
      await admit.begin(request, 'run:write', ['experiment']);
      return reply
        .code(501)
        .send({ error_code: 'NOT_IMPLEMENTED', message: 'Send the file in one piece: it is stored as it comes.' });
    });
  scope.delete('/artifacts/*', { onRequest: writing.onRequest }, async (request, reply) => {
    const { ctx, place } = await enter(writing, request, wildcard(request));
    if (place.path === '') fail('INVALID_INPUT', 'Invalid path: name the file or the folder.');
    await experiments.deleteFiles(ctx, place);
    return reply.send({});
  });
};

/** What MLflow's console uploads: small files, by their run. Within `/ajax-api/2.0/mlflow`. */
export const artifactUpload = (scope: FastifyInstance, api: Api, files: Files): void => {
  const writing = admission(files, 'run:write');
  scope.post('/upload-artifact', {
    bodyLimit: 10_000_000,
    onRequest: writing.onRequest,
    handler: async (request, reply) => {
      const { run_uuid: runUuid, path } = request.query as Record<string, unknown>;
      if (typeof runUuid !== 'string' || runUuid === '') return refuseMissing('run_uuid');
      if (typeof path !== 'string' || path === '') return refuseMissing('path');
      const file = checkArtifactPath(path);
      const { ctx, place: run } = await writing.enter(request, () => runIdFromWire(runUuid), String);
      await files.experiments.putArtifact(ctx, run, file, api.upload(request), mediaTypeOf(file));
      return reply.send();
    },
  });
};

/** Files by their run or model version, for browsers and MLflow's own console. At the root of the server. */
export const artifactDownloads = (scope: FastifyInstance, files: Files, registry: RegistryService): void => {
  const { experiments, admit, namings } = files;
  const reading = admission(files, 'run:read');
  scope.get('/get-artifact', { exposeHeadRoute: false, onRequest: reading.onRequest }, async (request, reply) => {
    const query = new Fields(request.query as Record<string, unknown>, true);
    const { ctx, place: run } = await reading.enter(request, () => runIdOf(query), String);
    const path = checkArtifactPath(query.requiredText('path'));
    return sendFile(reply, await experiments.readArtifact(ctx, run, path, rangeOf(request)));
  });
  scope.get('/model-versions/get-artifact', { exposeHeadRoute: false }, async (request, reply) => {
    const { ctx, isDecided } = await admit.begin(request, 'model:read', ['model']);
    const query = new Fields(request.query as Record<string, unknown>, true);
    if (!isDecided) await admit.decide(ctx, 'model:read', [await namings.ofModel(ctx, query.requiredText('name'))]);
    const path = checkArtifactPath(query.requiredText('path'));
    const { id } = await versionOf(registry, ctx, query);
    const { files: own } = await registry.versionPlace(ctx, id);
    if (own === null) return fail('NOT_FOUND', 'The files of this version do not lie here.');
    const place = { root: own.root, path: own.path === '' ? path : `${own.path}/${path}` };
    return sendFile(reply, await experiments.readFile(ctx, place, rangeOf(request)));
  });
};
