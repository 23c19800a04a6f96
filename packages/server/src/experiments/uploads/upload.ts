import type { PartsUpload, StoredPart } from '#platform/blobs';
import { fail } from '#platform/errors';
import type { FilePlace } from '../artifacts/service.ts';

export interface UploadState {
  id: string;
  project: string;
  place: FilePlace;
  mediaType: string;
  kind: 'pieces' | 'parts';
  state: 'open' | 'sealing' | 'sealed' | 'complete';
  owner: string;
  partCount: number;
  partBytes: number | null;
  sizeBytes: number | null;
  digest: string | null;
  storage: PartsUpload;
  createdAt: number;
  expiresAt: number;
  completedAt: number | null;
}

const hourMs = 3_600_000;
/** From the last part on; addresses that were signed for parts are worth nothing afterwards. */
const restMs = { pieces: 72 * hourMs, parts: hourMs };
/** From the beginning on, whatever arrives. The storage removes what is older than nine days by itself. */
const lifeMs = { pieces: 8 * 24 * hourMs, parts: 24 * hourMs };

/** Of parts that go straight to the storage: nobody hears when the last one came. */
export const directSeconds = lifeMs.parts / 1000;

export const expiryOf = (kind: UploadState['kind'], createdAt: number, now: number): number =>
  Math.min(now + restMs[kind], createdAt + lifeMs[kind]);

const mebibyte = 1 << 20;
/** What S3 takes at most. */
export const partCountLimit = 10_000;

/** How a file of known size is cut: parts of the size that was asked for, larger where there would be too many. */
export const cutting = (sizeBytes: number, askedBytes = 16 * mebibyte): { partBytes: number; partCount: number } => {
  const partBytes = Math.max(askedBytes, Math.ceil(sizeBytes / partCountLimit / mebibyte) * mebibyte);
  return { partBytes, partCount: Math.max(1, Math.ceil(sizeBytes / partBytes)) };
};

/** Bytes from the beginning on that are stored without a gap, of parts in the order of their numbers. */
export const receivedBytes = (parts: readonly StoredPart[]): number => {
  let received = 0;
  for (const [index, part] of parts.entries()) {
    if (part.number !== index + 1) break;
    received += part.sizeBytes;
  }
  return received;
};

/** Errors: CONFLICT when one is missing. */
export const demandAll = (upload: UploadState, parts: readonly StoredPart[]): void => {
  if (parts.length === upload.partCount) return;
  const there = new Set(parts.map(({ number }) => number));
  let missing = 1;
  while (there.has(missing)) missing += 1;
  const message =
    upload.kind === 'parts'
      ? `${parts.length} of ${upload.partCount} parts have arrived; part ${missing} has not.`
      : `${receivedBytes(parts)} of ${upload.sizeBytes} bytes have arrived. Send the others first.`;
  fail('CONFLICT', message);
};
