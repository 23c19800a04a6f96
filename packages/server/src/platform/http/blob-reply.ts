import type { IncomingHttpHeaders } from 'node:http';
import type { BlobStore } from '#platform/blobs';
import { attachment, type StreamReply } from './replies.ts';

/** Of a request: `range`, `if-range`. */
export type RangeHeaders = Pick<IncomingHttpHeaders, 'range'> & { 'if-range'?: string | string[] | undefined };

interface Wanted {
  start: number;
  /** Not included. */
  end?: number;
}

/**
 * One range of bytes (RFC 9110, 14.2). Several ranges, other units and what cannot be read answer null: the whole
 * content is then a correct answer.
 */
export const readRange = (header: string | undefined, sizeBytes: number): Wanted | null => {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (!match) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  // The last bytes: none at all can be asked for, but not answered.
  if (first === '') return { start: last === '0' ? sizeBytes : Math.max(0, sizeBytes - Number(last)) };
  if (last === '') return { start: Number(first) };
  return Number(last) < Number(first) ? null : { start: Number(first), end: Number(last) + 1 };
};

/** Stored bytes as an attachment, whole or in part. Errors: BLOB_NOT_FOUND, RANGE_UNSATISFIABLE. */
export const blobReply = async (
  blobs: BlobStore,
  blob: { digest: string; sizeBytes: number; fileName: string; mediaType: string },
  headers: RangeHeaders,
): Promise<StreamReply> => {
  const etag = `"${blob.digest}"`;
  const condition = headers['if-range'];
  // Somebody who continues an older download of other bytes starts again.
  const isSame = condition === undefined || condition === etag;
  const range = isSame ? readRange(headers.range, blob.sizeBytes) : null;
  const content = await blobs.get(blob.digest, range ? { range } : {});
  const part = attachment({ ...blob, sizeBytes: content.end - content.start });
  if (!range) return { stream: content.stream, headers: { ...part, etag } };
  const span = `bytes ${content.start}-${content.end - 1}/${content.sizeBytes}`;
  return { stream: content.stream, status: 206, headers: { ...part, etag, 'content-range': span } };
};
