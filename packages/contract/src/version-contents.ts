import { type Static, Type } from 'typebox';
import { Count, Digest, Id, Nullable, OneOf, ProjectName } from './fields.ts';
import { operation } from './operation.ts';

const tag = 'registry';

/** A column, or a tensor with its shape, as the signature of a version names it. */
export const SignatureField = Type.Object({
  name: Type.String(),
  type: Type.String(),
  required: Type.Boolean(),
});
export type SignatureField = Static<typeof SignatureField>;
export const ModelInterface = Type.Object({
  inputs: Type.Array(SignatureField),
  outputs: Type.Array(SignatureField),
  params: Type.Array(SignatureField),
});
export type ModelInterface = Static<typeof ModelInterface>;

export const VersionFile = Type.Object({ path: Type.String(), digest: Digest, sizeBytes: Count });
export type VersionFile = Static<typeof VersionFile>;
export const VersionContents = Type.Object({
  modelVersionId: Id,
  /** Of the file where there is one; else SHA-256 over one line of JSON per file: `[path,digest,sizeBytes]`, sorted. */
  digest: Nullable(Digest),
  files: Type.Array(VersionFile),
  /** null: it says none. */
  interface: Nullable(ModelInterface),
  /** In `MLmodel`: what the model can be loaded with. */
  flavours: Type.Array(Type.String()),
  /** Packages with the versions asked for. */
  requirements: Type.Record(Type.String(), Type.String()),
  python: Nullable(Type.String()),
  /** Why signature and flavours are unknown. */
  problem: Nullable(Type.String()),
});
export type VersionContents = Static<typeof VersionContents>;

export const Difference = OneOf('added', 'removed', 'changed', 'same');
export type Difference = Static<typeof Difference>;
const Value = Nullable(Type.Union([Type.String(), Type.Number()]));
export const ComparedValue = Type.Object({ key: Type.String(), difference: Difference, before: Value, after: Value });
export type ComparedValue = Static<typeof ComparedValue>;
export const ComparedFile = Type.Object({
  path: Type.String(),
  difference: Difference,
  before: Nullable(VersionFile),
  after: Nullable(VersionFile),
  /** Of small texts that changed: their lines, with three unchanged ones around each change. */
  lines: Nullable(
    Type.Array(Type.Object({ difference: OneOf('added', 'removed', 'same', 'gap'), text: Type.String() })),
  ),
});
export type ComparedFile = Static<typeof ComparedFile>;
const Side = Type.Object({ id: Id, modelName: Type.String(), number: Count, digest: Nullable(Digest) });
export const VersionComparison = Type.Object({
  before: Side,
  after: Side,
  version: Type.Array(ComparedValue),
  inputs: Type.Array(ComparedValue),
  outputs: Type.Array(ComparedValue),
  tags: Type.Array(ComparedValue),
  parameters: Type.Array(ComparedValue),
  metrics: Type.Array(ComparedValue),
  evaluation: Type.Array(ComparedValue),
  data: Type.Array(ComparedValue),
  environment: Type.Array(ComparedValue),
  files: Type.Array(ComparedFile),
});
export type VersionComparison = Static<typeof VersionComparison>;

const project = { project: ProjectName };
const version = { ...project, modelVersion: Id };

export const getVersionContents = operation({
  id: 'getVersionContents',
  method: 'GET',
  path: '/projects/:project/model-versions/:modelVersion/files',
  summary: 'List the files of a version with their digests, and what they say about it',
  tag,
  permission: 'model:read',
  params: Type.Object(version),
  reply: VersionContents,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'model-versions files',
});
export const downloadVersionFile = operation({
  id: 'downloadVersionFile',
  method: 'GET',
  path: '/projects/:project/model-versions/:modelVersion/files/content',
  summary: 'Download one file of a version, verified',
  tag,
  permission: 'model:read',
  params: Type.Object(version),
  query: Type.Object({ path: Type.String({ maxLength: 2000 }) }),
  replyKind: 'stream',
  errors: ['NOT_FOUND', 'RANGE_UNSATISFIABLE'],
  audit: false,
});
export const compareModelVersions = operation({
  id: 'compareModelVersions',
  method: 'GET',
  path: '/projects/:project/model-versions/:modelVersion/comparison',
  summary: 'Compare a version with another one, of the same model or of another',
  tag,
  permission: 'model:read',
  params: Type.Object(version),
  query: Type.Object({ with: Id }),
  reply: VersionComparison,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'model-versions compare',
});
