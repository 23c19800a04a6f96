import { type Static, Type } from 'typebox';
import { Count, Digest, Instant } from '../fields.ts';
import { operation } from '../operation.ts';
import { run, tag } from './scope.ts';

export const Artifact = Type.Object({
  path: Type.String(),
  digest: Digest,
  sizeBytes: Count,
  mediaType: Type.String(),
  createdAt: Instant,
});
export type Artifact = Static<typeof Artifact>;

/** A relative path of plain segments: no `..`, no empty or dot-only segment, no back slash, no percent sign, no control character. */
export const ArtifactPath = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern:
    '^(?!\\.{1,2}(/|$))[^\\u0000-\\u001f\\u007f/\\\\%#?:*"<>|]+(/(?!\\.{1,2}(/|$))[^\\u0000-\\u001f\\u007f/\\\\%#?:*"<>|]+)*$',
});

export const putArtifact = operation({
  id: 'putArtifact',
  method: 'PUT',
  path: '/projects/:project/runs/:run/artifacts',
  summary: 'Store a file with a run',
  tag,
  permission: 'run:write',
  params: run,
  query: Type.Object({ path: ArtifactPath }),
  bodyKind: 'stream',
  consumes: ['application/octet-stream'],
  reply: Artifact,
  status: 201,
  errors: ['NOT_FOUND', 'STORAGE_FULL'],
  audit: 'artifact.put',
});

export const listArtifacts = operation({
  id: 'listArtifacts',
  method: 'GET',
  path: '/projects/:project/runs/:run/artifacts',
  summary: 'List the files of a run',
  tag,
  permission: 'run:read',
  params: run,
  reply: Type.Object({ items: Type.Array(Artifact) }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'artifacts list',
});

export const getArtifact = operation({
  id: 'getArtifact',
  method: 'GET',
  path: '/projects/:project/runs/:run/artifacts/content',
  summary: 'Download a file of a run; ranges are answered',
  tag,
  description:
    'Always sent as an attachment with a sandboxing policy, so that nothing stored here can run in the console.',
  permission: 'run:read',
  params: run,
  query: Type.Object({ path: ArtifactPath }),
  replyKind: 'stream',
  errors: ['NOT_FOUND', 'RANGE_UNSATISFIABLE'],
  audit: false,
});
