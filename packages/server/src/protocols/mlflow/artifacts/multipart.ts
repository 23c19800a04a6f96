import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { FilePlace } from '#experiments';
import type { Ctx } from '#platform/auth';
import { fail } from '#platform/errors';
import { readBody } from '../serve-endpoints.ts';
import { Fields } from '../wire/fields.ts';
import { sendJson } from '../wire/send-json.ts';
import { admission, type Files } from './admission.ts';
import { checkArtifactPath, placeOf } from './artifact-paths.ts';

/** Ten thousand parts, each with its address. */
const maxBodyBytes = 16 << 20;

/** Old clients send the path on their own machine; its last part is the name of the file. */
const fileName = (given: string): string => {
  const name = checkArtifactPath(given.split(/[/\\]/).at(-1) ?? '');
  return name === '' ? fail('INVALID_INPUT', 'Invalid path: name the file.') : name;
};

type Step = (input: Fields, ctx: Ctx, place: FilePlace, request: FastifyRequest) => Promise<object>;

/**
 * Large files in numbered parts, several at once. The client is handed one address per part, of this server or of
 * its storage, to which it sends the bytes and nothing that says who it is. Within `/api/2.0/mlflow-artifacts`, with bodies as text.
 */
export const multipartUploads = (scope: FastifyInstance, files: Files): void => {
  const { experiments, addresses } = files;
  const writing = admission(files, 'run:write');
  const add = (step: string, run: Step): void => {
    scope.post(`/mpu/${step}/*`, { bodyLimit: maxBodyBytes, onRequest: writing.onRequest }, async (request, reply) => {
      const input = new Fields(readBody(request.body));
      const folder = (request.params as { '*': string })['*'];
      const name = fileName(input.requiredText('path'));
      const { ctx, place } = await writing.enter(
        request,
        (known) => placeOf(experiments, known, folder === '' ? name : `${folder}/${name}`),
        ({ root }) => root,
      );
      return sendJson(reply, await run(input, ctx, place, request));
    });
  };
  add('create', async (input, ctx, place, request) => {
    const count = input.integer('num_parts') ?? 1;
    const { id: upload, addresses: direct } = await experiments.beginParts(ctx, place, count);
    const addressOf = (number: number) => addresses.ofPart(request, { project: ctx.project, upload, number });
    return {
      upload_id: upload,
      credentials: Array.from({ length: count }, (_, index) => ({
        url: direct?.[index] ?? addressOf(index + 1),
        part_number: index + 1,
        headers: {},
      })),
    };
  });
  add('complete', async (input, ctx, place) => {
    const parts = input.requiredMessages('parts').map((part) => ({
      number: part.requiredInteger('part_number'),
      etag: part.text('etag') || null,
    }));
    await experiments.completeParts(ctx, place, input.requiredText('upload_id'), parts);
    return {};
  });
  add('abort', async (input, ctx, place) => {
    await experiments.deleteParts(ctx, place, input.requiredText('upload_id'));
    return {};
  });
};
