import { MillwrightError } from '@millwright/contract';

interface S3Failure {
  name?: string;
  message?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const missingNames = new Set(['NoSuchKey', 'NotFound']);
const fullNames = new Set([
  'QuotaExceeded',
  'XMinioStorageFull',
  'InsufficientStorage',
  'ServiceQuotaExceededException',
]);
const refusedNames = new Set([
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'CredentialsProviderError',
]);

/** Whether the object is not there. A missing bucket is something else: the configuration is wrong. */
export function isMissingObject(error: unknown): boolean {
  return missingNames.has((error as S3Failure).name ?? '');
}

/** Whether there is no such multipart upload: it was completed, aborted, or never was. */
export function isMissingUpload(error: unknown): boolean {
  return (error as S3Failure).name === 'NoSuchUpload';
}

/** What is wrong with the parts is the sender's to mend, not the storage's. Errors: INVALID_INPUT, CONFLICT. */
export function refusePart(error: unknown): void {
  const { name } = error as S3Failure;
  if (name === 'EntityTooSmall')
    throw new MillwrightError('INVALID_INPUT', 'On S3 all parts but the last have at least 5 MiB. Send larger ones.');
  if (name === 'InvalidPart')
    throw new MillwrightError('CONFLICT', 'A part was sent again while they were put together. Begin another upload.');
}

/** Every failure of the object storage as STORAGE_UNAVAILABLE or STORAGE_FULL with what to do about it. */
export function s3Error(place: { bucket: string; endpoint?: string | undefined }, error: unknown): MillwrightError {
  if (error instanceof MillwrightError) return error;
  const failure = error as S3Failure;
  const at = `bucket ${place.bucket} at ${place.endpoint ?? 'AWS'}`;
  const cause = failure.name ?? failure.code ?? 'unknown';
  const status = failure.$metadata?.httpStatusCode;
  if (fullNames.has(cause) || status === 507) {
    return new MillwrightError(
      'STORAGE_FULL',
      `The ${at} is full (${cause}). Free space or raise its quota.`,
      {},
      error,
    );
  }
  const unavailable = (advice: string) => new MillwrightError('STORAGE_UNAVAILABLE', `The ${at} ${advice}`, {}, error);
  if (cause === 'NoSuchBucket') return unavailable('does not exist. Create it, or correct the configured bucket.');
  if (refusedNames.has(cause) || status === 401 || status === 403) {
    return unavailable(`refused access (${cause}). Check the access key, the secret key and the policy of the bucket.`);
  }
  if (status === 301 || cause === 'PermanentRedirect')
    return unavailable('lies in another region. Correct the region.');
  if (status === undefined)
    return unavailable(`does not answer (${failure.code ?? cause}). Check endpoint and network.`);
  return unavailable(`failed (${cause}, status ${status}). Try again; if it stays, look at the storage's own log.`);
}
