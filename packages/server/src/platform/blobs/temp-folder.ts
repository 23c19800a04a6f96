import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const foreignHostAgeMs = 24 * 3600_000;

/**
 * A folder for unfinished files that belongs to one store in one process: `<root>/<host>~<pid>~<uuid>`. The name tells
 * a later process whether the owner can still be alive.
 */
export class TempFolder {
  readonly #root: string;
  readonly path: string;

  constructor(root: string) {
    this.#root = root;
    this.path = join(root, `${hostname()}~${process.pid}~${randomUUID()}`);
  }

  async open(): Promise<void> {
    await mkdir(this.path, { recursive: true });
    await this.removeStale();
  }

  filePath(suffix: string): string {
    return join(this.path, randomUUID() + suffix);
  }

  async removeStale(): Promise<void> {
    for (const name of await readdir(this.#root)) {
      const path = join(this.#root, name);
      if (path !== this.path && (await isStale(path, name))) await rm(path, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

async function isStale(path: string, name: string): Promise<boolean> {
  const [host, pid] = name.split('~');
  const found = await stat(path).catch(() => undefined);
  if (!found) return false;
  const ageMs = Date.now() - found.mtimeMs;
  // Another machine on a shared volume, or this one under an earlier name (a restarted container): only age can tell.
  if (host !== hostname()) return ageMs > foreignHostAgeMs;
  // Our own number: another store or thread of this process, unless it is older than the process, as after a reboot.
  return Number(pid) === process.pid ? ageMs > process.uptime() * 1000 : !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
