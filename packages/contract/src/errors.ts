/**
 * Every error that may cross a wire: its HTTP status and its title. The detail says what is wrong with this very
 * request and what to do about it. `docs/reference/errors.md` is generated from this table and a test keeps them equal.
 */
export const errorTable = {
  INVALID_INPUT: [400, 'The request does not have the expected form'],
  BODY_UNREADABLE: [400, 'The body is not valid JSON'],
  INVALID_FILTER: [400, 'The filter cannot be read'],
  INVALID_CURSOR: [400, 'The page cursor is not one of ours'],
  INVALID_REFERENCE: [400, 'Something this request refers to does not exist'],
  SIGN_IN_REQUIRED: [401, 'Sign in or send a token'],
  SIGN_IN_FAILED: [401, 'Name or password is wrong'],
  TOKEN_INVALID: [401, 'The token is unknown, expired or revoked'],
  PERMISSION_DENIED: [403, 'You do not have the permission for this'],
  ORIGIN_REFUSED: [403, 'Requests from other web pages are refused'],
  HOST_REFUSED: [421, 'This host name is not one this server answers to'],
  SELF_APPROVAL: [403, 'Requester and approver must differ'],
  NOT_FOUND: [404, 'There is no such thing here'],
  ROUTE_NOT_FOUND: [404, 'There is no such route'],
  METHOD_NOT_ALLOWED: [405, 'This route does not answer to that verb'],
  NAME_TAKEN: [409, 'The name is taken'],
  CONFLICT: [409, 'The state of the resource does not allow this'],
  STALE: [409, 'Somebody changed it in the meantime'],
  BODY_TOO_LARGE: [413, 'The body is too large'],
  MEDIA_TYPE_UNSUPPORTED: [415, 'The media type is not supported'],
  DATA_REFUSED: [422, 'The data was refused'],
  CHECKS_FAILED: [422, 'The data breaks a check of its data set'],
  TRAINING_FAILED: [422, 'The model cannot be trained on this data'],
  NOT_REPRODUCIBLE: [422, 'The run cannot be run again'],
  GATE_RED: [422, 'The evaluation gate is not green'],
  TESTS_RED: [422, 'The version does not pass the tests of its model'],
  MODEL_REFUSED: [422, 'The model cannot be used'],
  TABLE_UNREADABLE: [422, 'The table cannot be read'],
  QUERY_REFUSED: [422, 'The query cannot be answered'],
  RANGE_UNSATISFIABLE: [416, 'The range lies outside the content'],
  TOO_MANY_REQUESTS: [429, 'Too many requests'],
  INTERNAL: [500, 'Something went wrong on our side'],
  BLOB_CORRUPT: [500, 'Stored content does not match its digest'],
  BLOB_NOT_FOUND: [404, 'There is no such content'],
  DATABASE_UNAVAILABLE: [503, 'The database does not answer'],
  DATABASE_NEWER: [503, 'The database was written by a newer Millwright'],
  STORAGE_UNAVAILABLE: [503, 'The object storage does not answer'],
  STORAGE_FULL: [507, 'The storage is full'],
  MODEL_NOT_READY: [503, 'The model is still loading'],
  OVERLOADED: [503, 'Too much is queued'],
  SHUTTING_DOWN: [503, 'The server is shutting down'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ErrorCode = keyof typeof errorTable;

/** RFC 9457 problem details, with the stable code and the request id. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  requestId?: string;
  problems?: { path: string; message: string }[];
  [extension: string]: unknown;
}

/** The one error class. Anything else thrown is a bug and answers INTERNAL without inner text. */
export class MillwrightError extends Error {
  readonly code: ErrorCode;
  readonly extra: Record<string, unknown>;
  constructor(code: ErrorCode, detail: string, extra: Record<string, unknown> = {}, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'MillwrightError';
    this.code = code;
    this.extra = extra;
  }
  get status(): number {
    return errorTable[this.code][0];
  }
  toProblem(requestId?: string): Problem {
    const [status, title] = errorTable[this.code];
    const type = `/reference/errors#${this.code.toLowerCase().replaceAll('_', '-')}`;
    return {
      type,
      title,
      status,
      code: this.code,
      detail: this.message,
      ...(requestId ? { requestId } : {}),
      ...this.extra,
    };
  }
}
