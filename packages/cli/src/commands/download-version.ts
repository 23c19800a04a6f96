import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { downloadVersionFile, getModelVersion, getVersionContents, type VersionFile } from '@millwright/contract';
import { createClient } from '@millwright/sdk';
import { UsageError, parseArguments, takeText } from '../arguments.ts';
import { defaultServer, fromEnvironment } from '../environment.ts';

/** Names come from whoever registered the version: none of them leaves the folder. */
export const checkPath = (path: string): void => {
  const parts = path.split('/');
  // eslint-disable-next-line no-control-regex
  if (parts.some((part) => part === '' || part === '.' || part === '..') || /[\\:\u0000-\u001f]/.test(path))
    throw new Error(`the version has a file that cannot be written here: ${JSON.stringify(path)}`);
};

/** The digest of a version with several files, as the server makes it. */
export const digestOfFiles = (files: readonly VersionFile[]): string => {
  const lines = files.map(({ path, digest, sizeBytes }) => `${JSON.stringify([path, digest, sizeBytes])}\n`);
  lines.sort((a, b) => (a < b ? -1 : 1));
  return `sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`;
};

const hashing = () => {
  const hash = createHash('sha256');
  const through = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { through, digest: () => `sha256:${hash.digest('hex')}` };
};

/** Files appear under their names only once their bytes match their digests. */
export const downloadVersion = async (argv: string[]): Promise<number> => {
  const { words, flags } = parseArguments(argv, []);
  const output = takeText(flags, '--output');
  const baseUrl = takeText(flags, '--server') ?? fromEnvironment('MILLWRIGHT_URL') ?? defaultServer;
  const token = takeText(flags, '--token') ?? fromEnvironment('MILLWRIGHT_TOKEN');
  const project = takeText(flags, '--project') ?? fromEnvironment('MILLWRIGHT_PROJECT') ?? 'default';
  const [modelVersion] = words;
  if (modelVersion === undefined || words.length > 1 || Object.keys(flags).length > 0)
    throw new UsageError(
      'millwright model-versions download MODELVERSION [--output FOLDER|FILE.onnx] [--server URL] [--token TOKEN] [--project NAME]',
    );
  const client = createClient({ baseUrl, ...(token === undefined ? {} : { token }) });
  const params = { project, modelVersion };
  const version = await client.call(getModelVersion, { params });
  const { files, digest, problem } = await client.call(getVersionContents, { params });
  if (files.length === 0) throw new Error(problem ?? 'the version has no files here');
  if (version.format === 'mlflow' && digestOfFiles(files) !== digest)
    throw new Error(`the list of files does not match the digest of the version, ${digest}`);

  const fetchInto = async (file: VersionFile, path: string): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    const { through, digest: found } = hashing();
    const response = await client.open(downloadVersionFile, { params, query: { path: file.path } });
    const part = `${path}.part`;
    await pipeline(Readable.fromWeb(response.body as never), through, createWriteStream(part));
    const now = found();
    if (now !== file.digest) {
      await rm(part);
      throw new Error(`${file.path} arrived with the digest ${now}, not ${file.digest}`);
    }
    await rename(part, path);
    process.stdout.write(`${file.digest.slice('sha256:'.length)}  ${path}\n`);
  };
  const isFolder =
    output !== undefined &&
    (await stat(output).then(
      (found) => found.isDirectory(),
      () => false,
    ));
  const named = `${version.modelName.replaceAll(/[^\p{L}\p{N}._-]/gu, '_')}-v${version.number}`;
  if (version.format === 'onnx' && files[0])
    await fetchInto(
      files[0],
      output === undefined ? `${named}.onnx` : isFolder ? join(output, `${named}.onnx`) : output,
    );
  else {
    for (const file of files) if (file.path !== '') checkPath(file.path);
    for (const file of files) await fetchInto(file, join(output ?? named, file.path === '' ? 'model' : file.path));
  }
  process.stdout.write(`verified: ${digest}\n`);
  return 0;
};
