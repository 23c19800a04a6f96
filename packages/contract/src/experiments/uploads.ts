import { type Static, Type } from 'typebox';
import { Count, Digest, Id, Instant, Nullable, OneOf, ProjectName, Strict } from '../fields.ts';
import { operation } from '../operation.ts';
import { Artifact, ArtifactPath } from './artifacts.ts';
import { run, tag } from './scope.ts';

const mebibyte = 1 << 20;

export const Upload = Type.Object({
  id: Id,
  path: Type.String(),
  sizeBytes: Count,
  /** What is kept of a piece that breaks off is a multiple of this. */
  partBytes: Count,
  /** So many of its bytes are stored: where to go on. */
  receivedBytes: Count,
  state: OneOf('open', 'complete'),
  createdAt: Instant,
  /** Given up then, unless more arrives before. */
  expiresAt: Instant,
  /** The file it became. */
  artifact: Nullable(Artifact),
});
export type Upload = Static<typeof Upload>;

const upload = Type.Object({ project: ProjectName, run: Id, upload: Id });

export const createUpload = operation({
  id: 'createUpload',
  method: 'POST',
  path: '/projects/:project/runs/:run/uploads',
  summary: 'Begin to send a large file of a run, or go on with it',
  tag,
  description:
    'Whoever asks again for the same path and size before it is complete gets the upload that was begun, and goes on at `receivedBytes`. Nothing is seen of the file before it is complete.',
  permission: 'run:write',
  params: run,
  body: Strict({
    path: ArtifactPath,
    sizeBytes: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Of the whole file' }),
    partBytes: Type.Optional(
      Type.Integer({
        minimum: 5 * mebibyte,
        maximum: 1024 * mebibyte,
        description: 'Smaller: less is sent again after a cut. Larger: fewer flushes. 16 MiB when left out',
      }),
    ),
  }),
  reply: Upload,
  status: 201,
  errors: ['NOT_FOUND', 'BODY_TOO_LARGE'],
  audit: false,
  cli: 'uploads create',
});

export const getUpload = operation({
  id: 'getUpload',
  method: 'GET',
  path: '/projects/:project/runs/:run/uploads/:upload',
  summary: 'How much of a large file has arrived',
  tag,
  permission: 'run:write',
  params: upload,
  reply: Upload,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'uploads show',
});

export const appendUpload = operation({
  id: 'appendUpload',
  method: 'PUT',
  path: '/projects/:project/runs/:run/uploads/:upload/content',
  summary: 'Send the next bytes of a large file',
  tag,
  description:
    'As many as you like from `offset` on, which must be the `receivedBytes` of the upload. Whole parts of `partBytes` (and the last one) are stored as they arrive; when the connection breaks, ask the upload where to go on. A second request takes over from a first one that is still going on.',
  permission: 'run:write',
  params: upload,
  query: Type.Object({ offset: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) }),
  bodyKind: 'stream',
  consumes: ['application/octet-stream'],
  reply: Upload,
  errors: ['NOT_FOUND', 'CONFLICT', 'STORAGE_FULL'],
  audit: false,
});

export const completeUpload = operation({
  id: 'completeUpload',
  method: 'POST',
  path: '/projects/:project/runs/:run/uploads/:upload/complete',
  summary: 'Make a large file that has arrived a file of its run',
  tag,
  description: 'Where the bytes have another digest than the one given, nothing of them is kept. May be asked again.',
  permission: 'run:write',
  params: upload,
  body: Strict({ digest: Type.Optional(Digest) }),
  reply: Artifact,
  errors: ['NOT_FOUND', 'CONFLICT', 'DATA_REFUSED'],
  audit: 'artifact.put',
  cli: 'uploads complete',
});

export const deleteUpload = operation({
  id: 'deleteUpload',
  method: 'DELETE',
  path: '/projects/:project/runs/:run/uploads/:upload',
  summary: 'Give up a large file that has not arrived completely',
  tag,
  permission: 'run:write',
  params: upload,
  status: 204,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'uploads cancel',
});
