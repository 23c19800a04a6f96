import { type ErrorCode, MillwrightError, errorTable } from '@millwright/contract';

/** Nobody answered: the server is down, the address is wrong, or the network is. */
export class ConnectionError extends Error {
  constructor(baseUrl: string, cause: unknown) {
    super(`No answer from ${baseUrl || 'the server'}. Is it running?`, { cause });
    this.name = 'ConnectionError';
  }
}

const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errorTable, code);

/**
 * The error a reply carries. Anything but problem+json with a known code did not come from the server itself
 * (a proxy, say) and answers as INTERNAL with the status in its text.
 */
export const problemOf = async (response: Response): Promise<MillwrightError> => {
  const text = await response.text();
  if (response.headers.get('content-type')?.includes('json')) {
    const { code, detail, title: _title, type: _type, status: _status, ...extra } = JSON.parse(text);
    if (isCode(code)) return new MillwrightError(code, String(detail ?? errorTable[code][1]), extra);
  }
  return new MillwrightError('INTERNAL', `The server answered ${response.status} without an explanation`, {
    httpStatus: response.status,
  });
};
