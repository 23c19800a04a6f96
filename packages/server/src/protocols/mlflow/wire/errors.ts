import type { ErrorCode, MillwrightError } from '#platform/errors';
import { modelIdOnWire, runIdOnWire } from './ids.ts';
import { phraseOf } from './phrases.ts';

type WireError = readonly [status: number, code: string];

/** Ours on the left, what an MLflow client expects on the right. What is missing here keeps its status. */
const table: Partial<Record<ErrorCode, WireError>> = {
  INVALID_INPUT: [400, 'INVALID_PARAMETER_VALUE'],
  BODY_UNREADABLE: [400, 'INVALID_PARAMETER_VALUE'],
  INVALID_FILTER: [400, 'INVALID_PARAMETER_VALUE'],
  INVALID_CURSOR: [400, 'INVALID_PARAMETER_VALUE'],
  INVALID_REFERENCE: [400, 'INVALID_PARAMETER_VALUE'],
  CONFLICT: [400, 'INVALID_PARAMETER_VALUE'],
  TESTS_RED: [400, 'INVALID_PARAMETER_VALUE'],
  MEDIA_TYPE_UNSUPPORTED: [400, 'INVALID_PARAMETER_VALUE'],
  BODY_TOO_LARGE: [413, 'INVALID_PARAMETER_VALUE'],
  NAME_TAKEN: [400, 'RESOURCE_ALREADY_EXISTS'],
  NOT_FOUND: [404, 'RESOURCE_DOES_NOT_EXIST'],
  BLOB_NOT_FOUND: [404, 'RESOURCE_DOES_NOT_EXIST'],
  TOO_MANY_REQUESTS: [429, 'REQUEST_LIMIT_EXCEEDED'],
  DATABASE_UNAVAILABLE: [503, 'TEMPORARILY_UNAVAILABLE'],
  STORAGE_UNAVAILABLE: [503, 'TEMPORARILY_UNAVAILABLE'],
  OVERLOADED: [503, 'TEMPORARILY_UNAVAILABLE'],
  SHUTTING_DOWN: [503, 'TEMPORARILY_UNAVAILABLE'],
};

/** What newer clients are told beside the code. */
const classes: Readonly<Record<string, readonly [sqlState: string, errorClass: string]>> = {
  INVALID_PARAMETER_VALUE: ['KAM00', 'INVALID_PARAMETER_VALUE'],
  BAD_REQUEST: ['KAM00', 'INVALID_PARAMETER_VALUE'],
  RESOURCE_ALREADY_EXISTS: ['KAM00', 'RESOURCE_ALREADY_EXISTS'],
  RESOURCE_DOES_NOT_EXIST: ['KAM00', 'RESOURCE_NOT_FOUND'],
  PERMISSION_DENIED: ['KAM00', 'PERMISSION_DENIED'],
  INTERNAL_ERROR: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
  TEMPORARILY_UNAVAILABLE: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
};

export interface WireErrorBody {
  error_code: string;
  message: string;
  sqlstate?: string;
  error_class?: string;
}

/** Where MLflow has one text for all of a kind. */
const phrases: Partial<Record<ErrorCode, string>> = {
  INVALID_CURSOR: 'Invalid page token, could not base64-decode',
  MEDIA_TYPE_UNSUPPORTED: "Bad Request. Content-Type must be one of ['application/json'].",
};

/** Messages name runs and logged models as their clients do. */
const nativeIds = /\b(?:run|lm)_[0-9A-HJKMNP-TV-Z]{26}\b/g;

const byStatus = (status: number): string => {
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403) return 'PERMISSION_DENIED';
  if (status === 404) return 'RESOURCE_DOES_NOT_EXIST';
  if (status === 409) return 'RESOURCE_CONFLICT';
  return status < 500 ? 'INVALID_PARAMETER_VALUE' : 'INTERNAL_ERROR';
};

/** `errorCode` in the extra of an error says what only this protocol can say, e.g. RESOURCE_DOES_NOT_EXIST with 400. */
export const toWireError = (error: MillwrightError): { status: number; body: WireErrorBody } => {
  const [status, code] = table[error.code] ?? [error.status, byStatus(error.status)];
  const named = error.extra['errorCode'];
  const message = (phraseOf(error.extra['about']) ?? phrases[error.code] ?? error.message).replaceAll(
    nativeIds,
    (id) => (id.startsWith('run_') ? runIdOnWire(id) : modelIdOnWire(id)),
  );
  const errorCode = typeof named === 'string' ? named : code;
  const [sqlState, errorClass] = classes[errorCode] ?? [];
  return {
    status,
    body: {
      error_code: errorCode,
      message,
      ...(sqlState === undefined ? {} : { sqlstate: sqlState }),
      ...(errorClass === undefined ? {} : { error_class: errorClass }),
    },
  };
};
