import { MillwrightError } from '@millwright/contract';

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const refusedCodes = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ESTALE',
  'ENODEV',
  'ENOTDIR',
  'ENXIO',
]);

/** Runs file work and turns the disk's refusals into STORAGE_FULL and STORAGE_UNAVAILABLE that say what to do. */
export async function onDisk<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(root, error);
  }
}

export function diskError(root: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === undefined || error instanceof MillwrightError) return error;
  if (fullCodes.has(code)) {
    return new MillwrightError(
      'STORAGE_FULL',
      `No space is left for ${root} (${code}). Free space, then try again.`,
      {},
      error,
    );
  }
  if (refusedCodes.has(code)) {
    const detail = `The folder ${root} cannot be used (${code}). Check that it is mounted and that this user may write to it.`;
    return new MillwrightError('STORAGE_UNAVAILABLE', detail, {}, error);
  }
  return error;
}
