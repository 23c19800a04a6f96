import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { getArtifact, MillwrightError } from '@millwright/contract';
import { type FileOfRun, readFileOfRun } from './connection.ts';
import { untilDone } from './patience.ts';
import { createProgress, type Progress } from './progress.ts';

const usage =
  'millwright artifacts get RUN --path PATH [--output FILE] [--project NAME] [--server URL] [--token TOKEN]; without --output to standard output';

/** What is there of a file lies beside it under a name that says which bytes they are: `FILE.<digest>.partial`. */
interface Partial {
  path: string;
  hex: string;
  sizeBytes: number;
}

const partialPath = (output: string, hex: string): string => `${output}.${hex}.partial`;

const findPartial = async (output: string): Promise<Partial | null> => {
  for (const name of await readdir(dirname(output))) {
    const hex = /^(.*)\.([0-9a-f]{64})\.partial$/.exec(name);
    if (hex?.[1] !== basename(output)) continue;
    const path = join(dirname(output), name);
    return { path, hex: hex[2] ?? '', sizeBytes: (await stat(path)).size };
  }
  return null;
};

const hashOf = async (path: string): Promise<Hash> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
  return hash;
};

const ask = async ({ client, params, path }: FileOfRun, partial: Partial | null): Promise<Response | 'all there'> => {
  const headers: Record<string, string> =
    partial === null ? {} : { range: `bytes=${partial.sizeBytes}-`, 'if-range': `"sha256:${partial.hex}"` };
  try {
    return await client.open(getArtifact, { params, query: { path } }, { headers });
  } catch (error) {
    if (partial !== null && error instanceof MillwrightError && error.code === 'RANGE_UNSATISFIABLE')
      return 'all there';
    throw error;
  }
};

const receive = async (file: FileOfRun, output: string, progress: Progress, of: (total: number) => void) => {
  let partial = await findPartial(output);
  if (partial?.sizeBytes === 0) partial = null;
  const response = await ask(file, partial);
  let hash: Hash;
  let hex = partial?.hex ?? '';
  if (response === 'all there') hash = await hashOf(partialPath(output, hex));
  else {
    const goesOn = response.status === 206 && partial !== null;
    hex = /sha256:([0-9a-f]{64})/.exec(response.headers.get('etag') ?? '')?.[1] ?? '';
    // Other bytes than those of last time.
    if (partial !== null && !goesOn) await rm(partial.path, { force: true });
    let at = goesOn ? (partial?.sizeBytes ?? 0) : 0;
    if (goesOn) progress.note(`going on at ${at} bytes`);
    of(at + Number(response.headers.get('content-length')));
    hash = goesOn ? await hashOf(partialPath(output, hex)) : createHash('sha256');
    const target = await open(partialPath(output, hex), goesOn ? 'a' : 'w');
    const seen = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of source) {
        hash.update(chunk);
        at += chunk.byteLength;
        progress.at(at);
        yield chunk;
      }
    };
    await pipeline(
      seen(response.body as unknown as AsyncIterable<Uint8Array>),
      target.createWriteStream({ flush: true, highWaterMark: 4 << 20 }),
    );
  }
  const got = hash.digest('hex');
  if (got !== hex) {
    await rm(partialPath(output, hex), { force: true });
    throw new Error(`The bytes received have the digest sha256:${got}, expected was sha256:${hex}. Try again.`);
  }
  await rename(partialPath(output, hex), output);
};

/** Downloads a file of a run. With --output it goes on where it stopped, and is there only once its digest is right. */
export const getFile = async (argv: string[]): Promise<number> => {
  const file = readFileOfRun(argv, '--output', usage);
  if (file === null) return 0;
  const { local } = file;
  if (local === undefined) {
    const { client, params, path } = file;
    const response = await client.open(getArtifact, { params, query: { path } });
    await pipeline(response.body as unknown as AsyncIterable<Uint8Array>, process.stdout, { end: false });
    return 0;
  }
  let total: number | null = null;
  const progress = createProgress(file.path, () => total);
  let reached = 0;
  try {
    await untilDone(
      () =>
        receive(file, local, progress, (bytes) => {
          total = bytes;
        }).catch(async (error: unknown) => {
          reached = (await findPartial(local))?.sizeBytes ?? 0;
          throw error;
        }),
      { reached: () => reached, progress },
    );
    return 0;
  } finally {
    progress.end();
  }
};
