import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import type { Ctx } from '#platform/auth';
import { openBlobStore } from '#platform/blobs';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import type { StreamReply } from '#platform/http';

const format = 1;
const endMark = 'complete';

/**
 * A consistent copy while the server goes on: first the database (SQLite copies itself under its own locks), then the
 * contents. Contents never change, and none is deleted meanwhile, so all that the copied rows refer to is there.
 */
export const streamBackup = async (platform: Platform, ctx: Ctx, now: number): Promise<StreamReply> => {
  const { database, config, blobs } = platform;
  const { backupTo } = database;
  if (backupTo === null || config.blobStore !== 'files')
    return fail(
      'CONFLICT',
      'This instance keeps its data in PostgreSQL or S3. Back those up with their own means (pg_dump, bucket versioning), the database first.',
    );
  const copy = join(config.dataDir, 'tmp', `${platform.ids.next('bak')}.db`);
  await mkdir(dirname(copy), { recursive: true });
  await platform.changes.change({ ...ctx, project: null }, async (change) =>
    change.audit({ verb: 'backup.create', resourceType: 'instance', resourceId: 'instance' }),
  );
  // From here on nothing may go that the copied rows refer to.
  const release = await platform.contents.hold();
  try {
    await backupTo(copy);
  } catch (error) {
    release();
    throw error;
  }
  const pack = tar.pack();
  const add = (name: string, sizeBytes: number, content: Readable): Promise<void> =>
    pipeline(content, pack.entry({ name, size: sizeBytes }));
  const write = async (): Promise<void> => {
    try {
      const meta = Buffer.from(JSON.stringify({ format, createdAt: now }));
      await add('millwright-backup.json', meta.length, Readable.from([meta]));
      await add('millwright.db', (await stat(copy)).size, createReadStream(copy));
      const key = await readFile(join(config.dataDir, 'instance.key')).catch(() => null);
      if (key) await add('instance.key', key.length, Readable.from([key]));
      for (let after: string | undefined, more = true; more; more = after !== undefined) {
        const page = await blobs.list(after === undefined ? {} : { after });
        for (const blob of page.blobs) {
          const content = await blobs.get(blob.digest);
          await add(`blobs/${blob.digest.replace('sha256:', '')}`, content.sizeBytes, content.stream);
        }
        after = page.next;
      }
      await add(endMark, 0, Readable.from([]));
      pack.finalize();
    } catch (error) {
      pack.destroy(error as Error);
    } finally {
      release();
      await rm(copy, { force: true });
    }
  };
  void write();
  return {
    stream: Readable.from(pack),
    headers: {
      'content-type': 'application/x-tar',
      'content-disposition': `attachment; filename="millwright-${new Date(now).toISOString().slice(0, 10)}.tar"`,
    },
  };
};

/** Unpacks a backup into a data folder that is empty or does not exist. Every content is checked against its digest; a cut-off backup leaves nothing. */
export const restoreBackup = async (archive: string, dataDir: string): Promise<{ blobs: number }> => {
  if (existsSync(dataDir) && (await readdir(dataDir)).length > 0)
    throw new Error(`${dataDir} is not empty. Restore into a new folder and start with --data-dir.`);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const blobs = await openBlobStore({ kind: 'files', root: join(dataDir, 'blobs') });
  let count = 0;
  let complete = false;
  try {
    const extract = tar.extract();
    const reading = pipeline(createReadStream(archive), extract);
    // Told by the loop below too; unheard here it would end the process.
    reading.catch(() => undefined);
    for await (const entry of extract) {
      const { name } = entry.header;
      if (name === 'millwright-backup.json') {
        const meta = (await json(entry)) as { format: number };
        if (meta.format !== format)
          throw new Error(`this backup has format ${meta.format}; this version of Millwright reads format ${format}`);
      } else if (name === 'millwright.db' || name === 'instance.key') {
        await pipeline(entry, createWriteStream(join(dataDir, name), { mode: 0o600 }));
      } else if (/^blobs\/[0-9a-f]{64}$/.test(name)) {
        await blobs.put(entry as AsyncIterable<Uint8Array>, {
          expectedDigest: `sha256:${name.slice('blobs/'.length)}`,
        });
        count++;
      } else if (name === endMark) {
        complete = true;
        entry.resume();
      } else throw new Error(`this is no backup of Millwright: it holds '${name.slice(0, 80)}'`);
    }
    await reading;
    if (!complete) throw new Error('the backup is cut off: its end is missing');
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw new Error(`nothing was restored: ${(error as Error).message}`, { cause: error });
  }
  return { blobs: count };
};
