import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  appendUpload,
  type Artifact,
  completeUpload,
  createUpload,
  getUpload,
  putArtifact,
} from '@millwright/contract';
import { UsageError } from '../arguments.ts';
import { render } from '../table.ts';
import { type FileOfRun, readFileOfRun } from './connection.ts';
import { untilDone } from './patience.ts';
import { createProgress } from './progress.ts';

const usage =
  'millwright artifacts put RUN --path PATH --file FILE [--project NAME] [--server URL] [--token TOKEN] [--json]';
/** Below it, sending it again costs less than asking how far it got. */
const resumableFromBytes = 64 << 20;
const readBytes = 1 << 20;

const asStream = (source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> =>
  Readable.toWeb(Readable.from(source, { objectMode: false, highWaterMark: readBytes })) as ReadableStream<Uint8Array>;

const putResumably = async (
  { client, params, path }: FileOfRun,
  local: string,
  sizeBytes: number,
): Promise<Artifact> => {
  const progress = createProgress(path, () => sizeBytes);
  let upload = await client.call(createUpload, { params, body: { path, sizeBytes } });
  if (upload.receivedBytes > 0) progress.note(`going on at ${upload.receivedBytes} of ${sizeBytes} bytes`);
  const address = { ...params, upload: upload.id };
  let isFirst = true;
  try {
    return await untilDone(
      async () => {
        if (!isFirst) upload = await client.call(getUpload, { params: address });
        isFirst = false;
        const offset = upload.receivedBytes;
        const hash = createHash('sha256');
        let at = 0;
        // What was sent before is read again, for the digest of the whole.
        const read = async function* (from: number, to: number): AsyncGenerator<Uint8Array> {
          if (from >= to) return;
          for await (const chunk of createReadStream(local, { start: from, end: to - 1, highWaterMark: readBytes })) {
            hash.update(chunk as Uint8Array);
            at += (chunk as Uint8Array).byteLength;
            progress.at(at);
            yield chunk as Uint8Array;
          }
        };
        for (const before = read(0, offset); !(await before.next()).done; );
        if (offset < sizeBytes)
          upload = await client.call(
            appendUpload,
            { params: address, query: { offset } },
            { content: asStream(read(offset, sizeBytes)) },
          );
        if (at !== sizeBytes) throw new Error(`${local} became shorter while it was sent`);
        return client.call(completeUpload, { params: address, body: { digest: `sha256:${hash.digest('hex')}` } });
      },
      { reached: () => upload.receivedBytes, progress },
    );
  } finally {
    progress.end();
  }
};

/** Stores a file with a run; a large one goes on where it stopped, in this call or in the next one. */
export const putFile = async (argv: string[]): Promise<number> => {
  const file = readFileOfRun(argv, '--file', usage);
  if (file === null) return 0;
  const { client, params, path, local, asJson } = file;
  if (local === undefined) throw new UsageError(usage);
  const { size } = await stat(local);
  const artifact =
    size >= resumableFromBytes
      ? await putResumably(file, local, size)
      : await client.call(
          putArtifact,
          { params, query: { path } },
          { content: asStream(createReadStream(local, { highWaterMark: readBytes })) },
        );
  process.stdout.write(asJson ? `${JSON.stringify(artifact, null, 2)}\n` : render(artifact));
  return 0;
};
