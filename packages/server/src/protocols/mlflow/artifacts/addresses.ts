import type { FastifyRequest } from 'fastify';
import type { FilePlace } from '#experiments';
import type { Ctx } from '#platform/auth';
import type { Clock } from '#platform/clock';
import { fail } from '#platform/errors';
import type { Signatures } from '#platform/signatures';

/** Of addresses that are handed out: minutes, whatever is asked for. */
const longestMs = 15 * 60_000;
/** Those of parts end with their upload, an hour after the last part or when it is completed; this is the most. */
const partsMs = 24 * 3_600_000;

export const signedRoot = '/api/2.0/mlflow-artifacts';

export interface SignedPart {
  project: string;
  upload: string;
  number: number;
}
export interface SignedFile {
  project: string;
  place: FilePlace;
}
/** Its bytes as they were when it was signed: pieces of it that are read one by one belong together. */
export interface SignedDownload extends SignedFile {
  digest: string;
  sizeBytes: number;
}
/** On behalf of whom. */
export interface SignedUpload extends SignedFile {
  actor: { id: string; name: string };
}

/** The server as the caller sees it; whoever stands between them and ends TLS says so. */
const originOf = (request: FastifyRequest): string => {
  const said = String(request.headers['x-forwarded-proto'] ?? '')
    .split(',')[0]
    ?.trim();
  return `${said === 'https' || said === 'http' ? said : request.protocol}://${request.headers.host ?? request.host}`;
};

/** How long an address is good for, of what was asked for. Errors: INVALID_INPUT. */
export const lifetimeOf = (seconds: number): number => {
  // What the storages of MLflow take.
  if (seconds < 1 || seconds > 604_800)
    fail('INVALID_INPUT', `expiration must be between 1 and 604800 seconds (got ${seconds}).`);
  return Math.min(seconds * 1000, longestMs);
};

/** Addresses that need no more than themselves: good for one thing, and not for long. */
export type Addresses = ReturnType<typeof createAddresses>;
export const createAddresses = (signatures: Signatures, clock: Clock) => {
  const address = (
    request: FastifyRequest,
    route: string,
    facts: object,
    about: string,
    lifetimeMs: number,
  ): string => {
    const signed = signatures.sign(facts as Record<string, unknown>, about, clock.now() + lifetimeMs);
    return `${originOf(request)}${signedRoot}/${route}?signed=${signed}`;
  };
  const signedOf = (request: FastifyRequest): string => {
    const { signed } = request.query as Record<string, unknown>;
    return typeof signed === 'string' ? signed : '';
  };
  return {
    ofPart: (request: FastifyRequest, part: SignedPart): string =>
      address(request, 'signed/part', part, 'part', partsMs),
    ofDownload: (request: FastifyRequest, file: SignedDownload, lifetimeMs: number): string =>
      address(request, 'signed/file', file, 'download', lifetimeMs),
    ofUpload: (request: FastifyRequest, { actor, project }: Ctx, place: FilePlace, seconds = 900): string =>
      address(
        request,
        'signed/file',
        { project, place, actor: { id: actor.id, name: actor.name } } satisfies SignedUpload,
        'upload',
        lifetimeOf(seconds),
      ),
    openPart: (request: FastifyRequest) => signatures.open(signedOf(request), 'part') as unknown as SignedPart,
    openDownload: (request: FastifyRequest) =>
      signatures.open(signedOf(request), 'download') as unknown as SignedDownload,
    openUpload: (request: FastifyRequest) => signatures.open(signedOf(request), 'upload') as unknown as SignedUpload,
  };
};
