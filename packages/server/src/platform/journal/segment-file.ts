import { type FileHandle, open, readdir, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';

const openSuffix = '.open.jsonl';
const sealedSuffix = '.sealed.jsonl';
const lineFeed = 0x0a;
const readBytes = 256 * 1024;

/** Where the segments of one journal lie: `<dir>/<name>.<id>.open.jsonl` while it is written, `.sealed.jsonl` after. */
export class SegmentFolder {
  readonly #dir: string;
  readonly #prefix: string;

  constructor(dir: string, name: string) {
    if (!/^[a-z0-9-]+$/.test(name)) throw new TypeError(`Not a journal name: ${name}`);
    this.#dir = dir;
    this.#prefix = `${name}.`;
  }

  openPath(id: string): string {
    return join(this.#dir, this.#prefix + id + openSuffix);
  }

  sealedPath(id: string): string {
    return join(this.#dir, this.#prefix + id + sealedSuffix);
  }

  openIds(): Promise<string[]> {
    return this.#idsWith(openSuffix);
  }

  sealedIds(): Promise<string[]> {
    return this.#idsWith(sealedSuffix);
  }

  async seal(id: string): Promise<void> {
    await rename(this.openPath(id), this.sealedPath(id));
  }

  async remove(id: string): Promise<void> {
    await rm(this.sealedPath(id));
  }

  /** A new name, a rename or a removal survives a power cut only once the folder is flushed. */
  async flush(): Promise<void> {
    await using folder = await open(this.#dir, 'r');
    await folder.sync();
  }

  async #idsWith(suffix: string): Promise<string[]> {
    const names = (await readdir(this.#dir)).filter((name) => name.startsWith(this.#prefix) && name.endsWith(suffix));
    return names.map((name) => name.slice(this.#prefix.length, -suffix.length)).sort();
  }
}

/** Cuts off a last line without its end: its writer died before it could acknowledge. Answers the whole lines left. */
export async function cutTornLine(path: string): Promise<number> {
  const { lineCount, wholeBytes, sizeBytes } = await countLines(path);
  if (wholeBytes < sizeBytes) await truncate(path, wholeBytes);
  return lineCount;
}

async function countLines(path: string): Promise<{ lineCount: number; wholeBytes: number; sizeBytes: number }> {
  await using file = await open(path, 'r');
  const buffer = Buffer.allocUnsafe(readBytes);
  let lineCount = 0;
  let wholeBytes = 0;
  let sizeBytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, readBytes, sizeBytes);
    if (bytesRead === 0) return { lineCount, wholeBytes, sizeBytes };
    const part = buffer.subarray(0, bytesRead);
    for (let at = part.indexOf(lineFeed); at >= 0; at = part.indexOf(lineFeed, at + 1)) {
      lineCount++;
      wholeBytes = sizeBytes + at + 1;
    }
    sizeBytes += bytesRead;
  }
}

export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    done += (await file.write(bytes, done, bytes.byteLength - done, position + done)).bytesWritten;
  }
}
