import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, describeBlobStore, failingWith } from './conformance.ts';
import { shardedKey } from './digest.ts';
import { type BlobStore, openBlobStore } from './index.ts';
import { onDisk } from './storage-errors.ts';

const fileOf = (root: string, digest: string) => join(root, shardedKey(digest.slice(7)));

describeBlobStore('blobs on files', async () => {
  const root = await mkdtemp(join(tmpdir(), 'blobs-'));
  return {
    store: await openBlobStore({ kind: 'files', root }),
    damage: (digest, bytes) => writeFile(fileOf(root, digest), bytes),
    cleanUp: () => rm(root, { recursive: true }),
  };
});

describe('file blob store', () => {
  let root: string;
  let store: BlobStore;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'blobs-'));
    store = await openBlobStore({ kind: 'files', root });
  });
  afterEach(async () => {
    await store.close();
    await rm(root, { recursive: true });
  });

  it('heals a damaged file when the same bytes are stored again', async () => {
    const bytes = Buffer.from('gears');
    const { digest } = await store.put(bytes);
    await writeFile(fileOf(root, digest), 'geari');
    await expect(store.localPath(digest)).rejects.toEqual(failingWith('BLOB_CORRUPT'));
    await store.put(bytes);
    expect(await collect((await store.get(digest)).stream)).toEqual(bytes);
    expect(await store.localPath(digest)).toBe(fileOf(root, digest));
  });

  it('removes temporary files of dead processes at the start and keeps those of live ones', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const folders = {
      dead: `${hostname()}~${child.pid}~a`,
      earlierLife: `${hostname()}~${process.pid}~b`,
      alive: `${hostname()}~${process.ppid}~c`,
      otherHost: 'elsewhere~1~d',
      otherHostOld: 'elsewhere~1~e',
    };
    for (const name of Object.values(folders)) await mkdir(join(root, 'temp', name));
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    for (const name of [folders.otherHostOld, folders.earlierLife]) {
      await utimes(join(root, 'temp', name), twoDaysAgo, twoDaysAgo);
    }
    const temp = await store.openTemp();
    const second = await openBlobStore({ kind: 'files', root });
    const left = await readdir(join(root, 'temp'));
    expect(left).toEqual(expect.arrayContaining([folders.alive, folders.otherHost]));
    for (const name of [folders.dead, folders.earlierLife, folders.otherHostOld]) expect(left).not.toContain(name);
    expect(left).toHaveLength(4);
    await writeFile(temp.path, 'the first store still works');
    await second.close();
  });

  it('shows nothing of a blob whose writer was killed half way, and cleans up after it', async () => {
    const script = `
      import { armFailurePoint } from '#platform/failure-points';
      import { openBlobStore } from '#platform/blobs';
      armFailurePoint('blob.half-written:2');
      const store = await openBlobStore({ kind: 'files', root: ${JSON.stringify(root)} });
      await store.put((async function* () { yield Buffer.alloc(5 << 20); yield Buffer.from('gears and levers'); })());
      process.exit(0);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      cwd: import.meta.dirname,
      stdio: 'ignore',
    });
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    expect((await store.list()).blobs).toEqual([]);
    expect(await readdir(join(root, 'temp'))).toHaveLength(2);
    await store.removeStale();
    expect(await readdir(join(root, 'temp'))).toHaveLength(1);
  });

  it('says that the disk is full when it is', async () => {
    const write = async () => {
      await using device = await open('/dev/full', 'w');
      await device.write('x');
    };
    await expect(onDisk(root, write)).rejects.toEqual(failingWith('STORAGE_FULL'));
  });

  it('says that the folder cannot be used when it lies on something else', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    const opening = openBlobStore({ kind: 'files', root: join(file, 'store') });
    await expect(opening).rejects.toEqual(failingWith('STORAGE_UNAVAILABLE'));
  });
});
