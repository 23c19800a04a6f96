import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Core } from './core.ts';
import { failurePoint } from './failure-points.ts';
import { invalid } from './refusal.ts';

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** Where it leads must be below the root, however often the path is encoded. */
const checkPath = (path: string): void => {
  let plain = path;
  for (let times = 0; times < 5; times++)
    try {
      plain = decodeURIComponent(plain);
    } catch {
      break;
    }
  if (plain.split(/[/\\]/).some((part) => part === '..' || part === '.'))
    invalid(`Invalid path: ${path.slice(0, 200)}`);
};

export interface IncomingFile {
  workspace: string;
  /** From the root of the server. */
  path: string;
  mediaType: string;
  body: Readable;
  /** Counts bytes as they come. Throws where no more may be stored. */
  reserve(bytes: number): void;
}

const subjectOf = (path: string): string =>
  /\/([0-9a-f]{32})\/artifacts\//.exec(path)?.[1] ?? /\/m-([0-9a-f]{32})\/artifacts\//.exec(path)?.[1] ?? '';

/** Stores the body and queues the upload; on the disk when it resolves. */
export const storeFile = async (core: Core, incoming: IncomingFile): Promise<void> => {
  checkPath(incoming.path);
  const name = randomBytes(16).toString('hex');
  const partial = join(core.filesDir, `${name}.partial`);
  const whole = join(core.filesDir, name);
  let sizeBytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        incoming.reserve(chunk.length);
        sizeBytes += chunk.length;
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
  try {
    await pipeline(incoming.body, count, createWriteStream(partial, { flush: true, mode: 0o600 }));
    failurePoint('spool.file-written');
    await rename(partial, whole);
    await syncFolder(core.filesDir);
    await core.store.commit(() =>
      core.queue.add(
        {
          workspace: incoming.workspace,
          kind: 'file',
          subject: subjectOf(incoming.path),
          method: 'PUT',
          path: incoming.path,
          body: incoming.mediaType,
          file: name,
          sizeBytes,
        },
        Date.now(),
      ),
    );
  } catch (error) {
    await rm(partial, { force: true });
    await rm(whole, { force: true });
    throw error;
  } finally {
    incoming.reserve(-sizeBytes);
  }
  core.wake();
};

/** What a process that was killed left behind and nobody was told of. */
export const removeOrphans = async (core: Pick<Core, 'filesDir' | 'queue'>): Promise<void> => {
  await mkdir(core.filesDir, { recursive: true, mode: 0o700 });
  const needed = new Set(core.queue.files());
  for (const name of await readdir(core.filesDir))
    if (!needed.has(name)) await rm(join(core.filesDir, name), { force: true });
};
