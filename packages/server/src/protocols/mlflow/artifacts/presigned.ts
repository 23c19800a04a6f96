import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ExperimentsService, FilePlace } from '#experiments';
import type { Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import { modelIdFromWire } from '../wire/ids.ts';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import type { Fields } from '../wire/fields.ts';
import { sendJson } from '../wire/send-json.ts';
import { runIdOf } from '../runs/runs.ts';
import { type Addresses, lifetimeOf } from './addresses.ts';
import { admission, enterFile, type Files } from './admission.ts';
import { checkArtifactPath } from './artifact-paths.ts';

interface Parts {
  experiments: ExperimentsService;
  addresses: Addresses;
}

/** Where a client may read a file for some minutes, from the storage itself where it reaches it. Errors: NOT_FOUND. */
export const presignDownload = async (
  { experiments, addresses }: Parts,
  request: FastifyRequest,
  ctx: Ctx,
  place: FilePlace,
  seconds = 300,
) => {
  const lifetimeMs = lifetimeOf(seconds);
  const file =
    (await experiments.findFile(ctx, place)) ?? fail('NOT_FOUND', `There is no file '${place.path}' to download.`);
  const { digest, sizeBytes } = file;
  const address =
    (await experiments.directAddress(file, lifetimeMs / 1000)) ??
    addresses.ofDownload(request, { project: ctx.project, place, digest, sizeBytes }, lifetimeMs);
  return { address, sizeBytes };
};

const fileIn = (input: Fields): string => {
  const path = checkArtifactPath(input.requiredText('path'));
  return path === '' ? fail('INVALID_INPUT', 'Invalid path: name the file.') : path;
};

/** Run or logged model, whichever is named. Errors: INVALID_INPUT unless it is one of them; NOT_FOUND. */
const ownerOf = async (experiments: ExperimentsService, input: Fields, ctx: Ctx): Promise<string> => {
  const [run, model] = [input.text('run_id') || null, input.text('model_id') || null];
  if ((run === null) === (model === null))
    return fail('INVALID_INPUT', 'Exactly one of run_id and model_id must be provided.');
  if (model !== null) return (await experiments.getLoggedModel(ctx, modelIdFromWire(model))).id;
  return (await experiments.getRun(ctx, runIdOf(input))).id;
};

export const presignedEndpoints = ({ experiments, addresses }: Parts): MlflowEndpoint[] => [
  {
    method: 'POST',
    path: '/artifacts/presigned-upload-url',
    permission: 'run:write',
    async handle(input, ctx, { request }) {
      const path = fileIn(input);
      const place = { root: await ownerOf(experiments, input, ctx), path };
      return { presigned_url: addresses.ofUpload(request, ctx, place, input.integer('expiration')), headers: {} };
    },
  },
  {
    method: 'POST',
    path: '/artifacts/presigned-download-url',
    permission: 'run:read',
    async handle(input, ctx, { request }) {
      const { id: root } = await experiments.getRun(ctx, runIdOf(input));
      const place = { root, path: fileIn(input) };
      const seconds = input.integer('expiration');
      const { address, sizeBytes } = await presignDownload({ experiments, addresses }, request, ctx, place, seconds);
      return { presigned_url: address, headers: {}, file_size: sizeBytes };
    },
  },
];

/** The same by the place in the tree that clients see. Within `/api/2.0/mlflow-artifacts`. */
export const presignedDownloads = (scope: FastifyInstance, files: Files): void => {
  const reading = admission(files, 'run:read');
  scope.get('/presigned/*', { exposeHeadRoute: false, onRequest: reading.onRequest }, async (request, reply) => {
    const { ctx, place } = await enterFile(reading, files.experiments, request);
    const { address, sizeBytes } = await presignDownload(files, request, ctx, place);
    return sendJson(reply, { url: address, headers: {}, file_size: sizeBytes });
  });
};
