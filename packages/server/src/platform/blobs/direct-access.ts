import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** What comes before goes through the page cache: whoever stored it reads it soon, and it takes no room that counts. */
export const cachedBytes = 64 << 20;
/** Positions and lengths that every disk takes. */
const sectorBytes = 4096;

export const aligned = (bytes: number): number => bytes - (bytes % sectorBytes);

/**
 * Opens a file a second time, for reading or writing past the page cache: large content would push everything else out
 * of it, and to copy into it costs as much as to hash. null where file system or platform has no such thing.
 */
export const openDirectly = async (path: string, access: 'read' | 'write'): Promise<FileHandle | null> => {
  const direct = constants.O_DIRECT as number | undefined;
  if (direct === undefined) return null;
  return open(path, direct | (access === 'read' ? constants.O_RDONLY : constants.O_WRONLY)).catch(() => null);
};

/** Of a transfer past the cache: the disk or the memory is not as it must be, and the usual way goes. */
export const isRefusal = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EINVAL' || code === 'EOPNOTSUPP' || code === 'ENOTSUP';
};
