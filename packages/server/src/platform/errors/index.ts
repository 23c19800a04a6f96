import { type ErrorCode, MillwrightError } from '@millwright/contract';

export { MillwrightError } from '@millwright/contract';
export type { ErrorCode } from '@millwright/contract';

/** Throws an error that answers the caller. The detail says what is wrong and what to do. */
export const fail = (code: ErrorCode, detail: string, extra: Record<string, unknown> = {}, cause?: unknown): never => {
  throw new MillwrightError(code, detail, extra, cause);
};

export const isMillwrightError = (error: unknown): error is MillwrightError => error instanceof MillwrightError;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What a body refers to must exist: that it does not is a mistake of the request, and not a missing page. */
export const referred = async <T>(reading: Promise<T>): Promise<T> => {
  try {
    return await reading;
  } catch (error) {
    if (isMillwrightError(error) && error.code === 'NOT_FOUND') return fail('INVALID_REFERENCE', error.message);
    throw error;
  }
};
