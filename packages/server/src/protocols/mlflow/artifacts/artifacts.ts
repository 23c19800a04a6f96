import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ExperimentsService, type FilePlace, mediaTypeOf } from '#experiments';
import type { Ctx } from '#platform/auth';
import { fail, isMillwrightError } from '#platform/errors';
import type { RegistryService } from '#registry';
import type { Api, RangeHeaders, StreamReply } from '#platform/http';
import { admission, enterFile, type Files } from './admission.ts';
import { checkArtifactPath } from './artifact-paths.ts';
import { mediaTypeOnWire } from './media-type.ts';
import { presignDownload } from './presigned.ts';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import { Fields } from '../wire/fields.ts';
import { filesOfRun } from '../wire/locations.ts';
import { sendJson } from '../wire/send-json.ts';
import { versionOf } from '../registry/model-names.ts';
import { runIdOf } from '../runs/runs.ts';
import type { Locations } from '../runs/runs.ts';
import { runIdFromWire } from '../wire/ids.ts';

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
      const given = input.text('path') ?? '';
      const path = checkArtifactPath(given);
      // Below the folder as it was asked for, by which its client knows it.
      const files = await listed(experiments, ctx, { root: run.id, path }, given.replace(/\/+$/, ''));
      const location = await locations(ctx, run.experimentNumber);
      return {
        root_uri: filesOfRun(location, run.id),
        ...(files.length > 0 ? { files } : {}),
      };
    },
  },
];

const readingMethods = ['GET', 'HEAD'];

export const rangeOf = ({ headers }: FastifyRequest): RangeHeaders => ({
  ...(headers.range === undefined ? {} : { range: headers.range }),
  ...(headers['if-range'] === undefined ? {} : { 'if-range': headers['if-range'] }),
});

/** Of a HEAD only what would be said of the bytes: none of them is read. */
export const sendFile = (
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  file: StreamReply,
): FastifyReply => {
  const { stream, status = 200, headers } = file;
  const type = mediaTypeOnWire(path, headers['content-type'] ?? '');
  reply.code(status).headers({ ...headers, 'content-type': type });
  if (request.method !== 'HEAD') return reply.send(stream);
  if (stream instanceof Readable) stream.destroy();
  return reply.send();
};

/** Errors: INVALID_INPUT where it is a folder; NOT_FOUND. */
const readFile = async (
  experiments: ExperimentsService,
  ctx: Ctx,
  place: FilePlace,
  request: FastifyRequest,
): Promise<StreamReply> => {
  try {
    return await experiments.readFile(ctx, place, rangeOf(request));
  } catch (error) {
    const isFolder =
      isMillwrightError(error) && error.code === 'NOT_FOUND' && (await experiments.listFolder(ctx, place)).length > 0;
    if (isFolder) fail('INVALID_INPUT', `Artifact path refers to a directory, not a file: '${place.path}'`);
    throw error;
  }
};

/** By the address below its root. */
export const methodsOfProxy = (path: string): string[] => {
  if (path.startsWith('/artifacts/')) return [...readingMethods, 'PUT', 'DELETE'];
  return path === '/artifacts' ? ['GET'] : [];
};

/** Files by their place in the tree that clients see; bodies are streams of bytes. Within `/api/2.0/mlflow-artifacts`. */
export const artifactProxy = (scope: FastifyInstance, api: Api, files: Files): void => {
  const { experiments } = files;
  const [reading, writing] = [admission(files, 'run:read'), admission(files, 'run:write')];
  scope.get('/artifacts', { onRequest: reading.onRequest }, async (request, reply) => {
    const path = String((request.query as Record<string, unknown>)['path'] ?? '');
    const { ctx, place } = await enterFile(reading, experiments, request, path);
    const found = await listed(experiments, ctx, place, '');
    return sendJson(reply, found.length > 0 ? { files: found } : {});
  });
  scope.route({
    method: readingMethods,
    url: '/artifacts/*',
    onRequest: reading.onRequest,
    handler: async (request, reply) => {
      const { ctx, place } = await enterFile(reading, experiments, request);
      return sendFile(request, reply, place.path, await readFile(experiments, ctx, place, request));
    },
  });
  scope.route({
    method: 'PUT',
    url: '/artifacts/*',
    bodyLimit: Number.MAX_SAFE_INTEGER,
    onRequest: writing.onRequest,
    handler: async (request, reply) => {
      const { ctx, place } = await enterFile(writing, experiments, request);
      if (place.path === '') fail('INVALID_INPUT', 'Invalid path: name the file.');
      await experiments.putFile(ctx, place, api.upload(request), mediaTypeOf(place.path));
      return reply.send();
    },
  });
  scope.delete('/artifacts/*', { onRequest: writing.onRequest }, async (request, reply) => {
    const { ctx, place } = await enterFile(writing, experiments, request);
    // All files of a run or of a model, as its clients ask for it; never all of a project.
    if (place.path === '' && place.root === '') fail('INVALID_INPUT', 'Invalid path: name the file or the folder.');
    await experiments.deleteFiles(ctx, place);
    return sendJson(reply, {});
  });
};

const maxSmallBytes = 10 * 1024 * 1024;

/** Errors: INVALID_INPUT for no bytes at all, and for more than 10 MB. */
async function* ofSmallFile(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.byteLength;
    if (total > maxSmallBytes) fail('INVALID_INPUT', 'Artifact size is too large. Max size is 10MB.');
    yield chunk;
  }
  if (total === 0) fail('INVALID_INPUT', 'Request must specify data.');
}

/** What MLflow's console uploads: small files, by their run. Within `/ajax-api/2.0/mlflow`. */
export const artifactUpload = (scope: FastifyInstance, api: Api, files: Files): void => {
  const writing = admission(files, 'run:write');
  scope.post('/upload-artifact', {
    bodyLimit: Number.MAX_SAFE_INTEGER,
    onRequest: writing.onRequest,
    handler: async (request, reply) => {
      const query = new Fields(request.query as Record<string, unknown>, true);
      const named = query.text('run_id') || query.text('run_uuid');
      if (!named) return fail('INVALID_INPUT', 'Request must specify run_id or run_uuid.');
      const file = checkArtifactPath(query.text('path') || fail('INVALID_INPUT', 'Request must specify path.'));
      if (file === '') return fail('INVALID_INPUT', 'Invalid path');
      const { ctx, place: run } = await writing.enter(request, () => runIdFromWire(named), String);
      await files.experiments.putArtifact(ctx, run, file, ofSmallFile(api.upload(request)), mediaTypeOf(file));
      return reply.send();
    },
  });
};

/** Files by their run or model version, for browsers and MLflow's own console. At the root of the server. */
export const artifactDownloads = (scope: FastifyInstance, files: Files, registry: RegistryService): void => {
  const { experiments, admit, namings } = files;
  const reading = admission(files, 'run:read');
  scope.route({
    method: readingMethods,
    url: '/get-artifact',
    onRequest: reading.onRequest,
    handler: async (request, reply) => {
      const query = new Fields(request.query as Record<string, unknown>, true);
      const { ctx, place: run } = await reading.enter(request, () => runIdOf(query), String);
      const path = checkArtifactPath(query.requiredText('path'));
      await experiments.demandRun(ctx, run);
      return sendFile(request, reply, path, await readFile(experiments, ctx, { root: run, path }, request));
    },
  });
  const ofVersion = async (request: FastifyRequest, reply: FastifyReply) => {
    const { ctx, isDecided } = await admit.begin(request, 'model:read', ['model']);
    const query = new Fields(request.query as Record<string, unknown>, true);
    if (!isDecided) await admit.decide(ctx, 'model:read', [await namings.ofModel(ctx, query.requiredText('name'))]);
    const path = checkArtifactPath(query.requiredText('path'));
    const { id } = await versionOf(registry, ctx, query);
    const { files: own } = await registry.versionPlace(ctx, id);
    if (own === null) return fail('NOT_FOUND', 'The files of this version do not lie here.');
    const place = { root: own.root, path: own.path === '' ? path : `${own.path}/${path}` };
    if (query.boolean('presigned') === true) {
      const { address, sizeBytes } = await presignDownload(files, request, ctx, place);
      return sendJson(reply, { url: address, headers: {}, file_size: sizeBytes });
    }
    return sendFile(request, reply, path, await readFile(experiments, ctx, place, request));
  };
  scope.route({ method: readingMethods, url: '/model-versions/get-artifact', handler: ofVersion });
};
