import type {
  ModelInterface,
  ModelVersion,
  VersionComparison,
  VersionContents,
  VersionFile,
} from '@millwright/contract';
import { buffer } from 'node:stream/consumers';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { blobReply, type RangeHeaders, type StreamReply } from '#platform/http';
import { filesOf } from '../versions/files.ts';
import type { Sources } from '../versions/registering.ts';
import * as store from '../versions/store.ts';
import { type ComparisonSources, compareVersions } from './comparison.ts';
import { maxMlmodelBytes, type MlmodelFacts, MlmodelUnreadable, readMlmodel, readRequirements } from './mlmodel.ts';

export interface Contents {
  /** Errors: NOT_FOUND. */
  versionContents(ctx: Ctx, versionId: string): Promise<VersionContents>;
  /** Whole, or in part of what was verified before. Errors: NOT_FOUND, RANGE_UNSATISFIABLE, BLOB_CORRUPT. */
  downloadFile(ctx: Ctx, versionId: string, path: string, headers: RangeHeaders): Promise<StreamReply>;
  /** Errors: NOT_FOUND. */
  compareVersions(ctx: Ctx, beforeId: string, afterId: string): Promise<VersionComparison>;
}

/** The name under which the file of a version trained here is listed. */
export const onnxPath = 'model.onnx';

const ownInterface = ({ signature }: Pick<ModelVersion, 'signature'>): ModelInterface | null =>
  signature && {
    inputs: signature.inputs.map(({ name, feature, datatype }) => ({
      name: feature ?? name,
      type: datatype,
      required: true,
    })),
    outputs: signature.outputs.map(({ name, datatype }) => ({ name, type: datatype, required: true })),
    params: [],
  };

/** Reads small stored texts by their digests. */
export const textReader =
  ({ blobs }: Pick<Platform, 'blobs'>, maxBytes: number) =>
  async ({ digest, sizeBytes }: VersionFile): Promise<string | null> => {
    if (sizeBytes > maxBytes) return null;
    const content = await buffer((await blobs.get(digest)).stream);
    return content.includes(0) ? null : content.toString('utf8');
  };

export const createContents = (
  platform: Platform,
  sources: Pick<Sources, 'experiments'> & ComparisonSources,
  rechecked: (ctx: Ctx, versionId: string) => Promise<store.SavedVersion>,
): Contents => {
  const read = textReader(platform, maxMlmodelBytes);

  const listed = async (ctx: Ctx, version: store.SavedVersion): Promise<VersionFile[]> => {
    if (version.format === 'onnx' && version.digest !== null)
      return [{ path: onnxPath, digest: version.digest, sizeBytes: version.sizeBytes ?? 0 }];
    return version.files === null ? [] : filesOf(sources.experiments, ctx, version.files);
  };

  const mlmodelOf = async (
    files: readonly VersionFile[],
  ): Promise<{ facts: MlmodelFacts | null; problem: string | null }> => {
    const file = files.find(({ path }) => path === 'MLmodel');
    if (!file) return { facts: null, problem: 'There is no file MLmodel below its source.' };
    try {
      const text = await read(file);
      if (text === null) throw new MlmodelUnreadable(`is no text of at most ${maxMlmodelBytes} bytes`);
      return { facts: readMlmodel(text), problem: null };
    } catch (error) {
      if (error instanceof MlmodelUnreadable) return { facts: null, problem: `MLmodel ${error.message}.` };
      throw error;
    }
  };

  const contentsOf = async (ctx: Ctx, version: store.SavedVersion): Promise<VersionContents> => {
    const files = await listed(ctx, version);
    const known = { modelVersionId: version.id, digest: version.digest, files };
    if (version.format === 'onnx')
      return {
        ...known,
        interface: ownInterface(version),
        flavours: ['onnx'],
        requirements: {},
        python: null,
        problem: null,
      };
    if (files.length === 0)
      return {
        ...known,
        interface: null,
        flavours: [],
        requirements: {},
        python: null,
        problem: 'No files of this version are kept here: only its client knows them.',
      };
    const { facts, problem } = await mlmodelOf(files);
    const list = files.find(({ path }) => path === 'requirements.txt');
    const requirements = list ? readRequirements((await read(list)) ?? '') : {};
    return {
      ...known,
      interface: facts?.interface ?? null,
      flavours: facts?.flavours ?? [],
      python: facts?.python ?? null,
      requirements,
      problem,
    };
  };

  return {
    versionContents: async (ctx, versionId) => contentsOf(ctx, await rechecked(ctx, versionId)),
    async downloadFile(ctx, versionId, path, headers) {
      const version = await rechecked(ctx, versionId);
      const file =
        (await listed(ctx, version)).find((one) => one.path === path) ??
        fail(
          'NOT_FOUND',
          `Version ${version.number} of '${version.modelName}' has no file '${path.slice(0, 300)}' here.`,
        );
      // A part alone cannot be checked against the digest: the whole is, before the part is sent.
      if (headers.range !== undefined) await platform.blobs.localPath(file.digest);
      const fileName = path.split('/').at(-1) || 'model';
      return blobReply(platform.blobs, { ...file, fileName, mediaType: 'application/octet-stream' }, headers);
    },
    async compareVersions(ctx, beforeId, afterId) {
      const side = async (id: string) => {
        const version = await rechecked(ctx, id);
        return { version, contents: await contentsOf(ctx, version) };
      };
      const [before, after] = [await side(beforeId), await side(afterId)];
      return compareVersions(sources, ctx, before, after, textReader(platform, 64_000));
    },
  };
};
