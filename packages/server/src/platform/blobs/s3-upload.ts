import { type FileHandle, open } from 'node:fs/promises';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import { failurePoint } from '#platform/failure-points';

const partSizeBytes = 8 * 1024 * 1024;
/** S3 takes at most this many parts, so very large objects get larger parts. */
const partCountLimit = 10_000;
const parallelParts = 3;
const staleUploadAgeMs = 24 * 3600_000;
/** Those that come in parts over several requests may rest for days; whose row is gone goes with it. */
const stalePartsAgeMs = 9 * staleUploadAgeMs;

type Sdk = typeof import('@aws-sdk/client-s3');
export interface Target {
  client: S3Client;
  sdk: Sdk;
  bucket: string;
}

/**
 * Uploads a file whose digest, and so whose key, is known already. One request up to 8 MiB, a multipart upload above it:
 * both become visible at once and complete, so no reader ever sees a part. A failed multipart upload is aborted.
 * Bodies are buffers, hence their SHA-256 is part of the signature and the server checks what it received.
 */
export async function uploadFile(
  { client, sdk, bucket }: Target,
  source: { path: string; sizeBytes: number; key: string; mediaType: string | undefined },
): Promise<void> {
  const object = { Bucket: bucket, Key: source.key };
  const typed = source.mediaType === undefined ? object : { ...object, ContentType: source.mediaType };
  const file = await open(source.path, 'r');
  try {
    if (source.sizeBytes <= partSizeBytes) {
      await client.send(new sdk.PutObjectCommand({ ...typed, Body: await readPart(file, 0, source.sizeBytes) }));
      return;
    }
    await inParts({ client, sdk, bucket }, typed, async (upload) =>
      forEachPart(source.sizeBytes, partSizeBytes, async (part) => {
        const body = await readPart(file, part.start, part.end);
        const sent = await client.send(new sdk.UploadPartCommand({ ...upload, PartNumber: part.number, Body: body }));
        failurePoint('blob.half-written');
        return { PartNumber: part.number, ETag: sent.ETag };
      }),
    );
  } finally {
    await file.close();
  }
}

/** A multipart upload from its beginning to its end; aborted when a part fails. */
async function inParts(
  { client, sdk }: Target,
  object: { Bucket: string; Key: string; ContentType?: string },
  send: (upload: { Bucket: string; Key: string; UploadId: string | undefined }) => Promise<CompletedPart[]>,
): Promise<void> {
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(object));
  const upload = { Bucket: object.Bucket, Key: object.Key, UploadId };
  try {
    const Parts = await send(upload);
    await client.send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  } catch (error) {
    await client.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

async function forEachPart<T>(
  sizeBytes: number,
  atLeastBytes: number,
  send: (part: { number: number; start: number; end: number }) => Promise<T>,
): Promise<T[]> {
  const size = Math.max(atLeastBytes, Math.ceil(sizeBytes / partCountLimit));
  const count = Math.ceil(sizeBytes / size);
  const sent: T[] = new Array(count);
  let next = 0;
  let stopped = false;
  const worker = async () => {
    while (next < count && !stopped) {
      const index = next++;
      sent[index] = await send({
        number: index + 1,
        start: index * size,
        end: Math.min(sizeBytes, (index + 1) * size),
      });
    }
  };
  // All workers are awaited before a failure is reported: an upload must not be aborted while parts are still on the way.
  const outcomes = await Promise.allSettled(
    Array.from({ length: Math.min(parallelParts, count) }, () =>
      worker().catch((error: unknown) => {
        stopped = true;
        throw error;
      }),
    ),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return sent;
}

async function readPart(file: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const part = new Uint8Array(end - start);
  for (let filled = 0; filled < part.byteLength; ) {
    const { bytesRead } = await file.read(part, filled, part.byteLength - filled, start + filled);
    if (bytesRead === 0) throw new Error('The file became shorter while it was uploaded');
    filled += bytesRead;
  }
  return part;
}

/** A copy larger than this is made in pieces, so that no single request takes minutes. */
const copiedAtOnceBytes = 512 << 20;

/** Within the bucket: no byte comes here. */
export async function copyObject(
  { client, sdk, bucket }: Target,
  copy: { from: string; key: string; sizeBytes: number; mediaType: string | undefined },
): Promise<void> {
  const typed = copy.mediaType === undefined ? {} : { ContentType: copy.mediaType };
  const object = { Bucket: bucket, Key: copy.key };
  const CopySource = encodeURI(`${bucket}/${copy.from}`);
  if (copy.sizeBytes <= copiedAtOnceBytes) {
    await client.send(new sdk.CopyObjectCommand({ ...object, ...typed, CopySource, MetadataDirective: 'REPLACE' }));
    return;
  }
  await inParts({ client, sdk, bucket }, { ...object, ...typed }, async (upload) =>
    forEachPart(copy.sizeBytes, copiedAtOnceBytes, async ({ number, start, end }) => {
      const CopySourceRange = `bytes=${start}-${end - 1}`;
      const copied = await client.send(
        new sdk.UploadPartCopyCommand({ ...upload, PartNumber: number, CopySource, CopySourceRange }),
      );
      return { PartNumber: number, ETag: copied.CopyPartResult?.ETag };
    }),
  );
}

/** Aborts uploads older than a day: their writers are gone, and unfinished parts are stored and billed but invisible. */
export async function abortStaleUploads({ client, sdk, bucket }: Target, prefix: string): Promise<void> {
  const { Uploads = [] } = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }));
  for (const { Key, UploadId, Initiated } of Uploads) {
    const ageMs = Key?.startsWith(`${prefix}uploads/`) === true ? stalePartsAgeMs : staleUploadAgeMs;
    if (Initiated && Date.now() - Initiated.getTime() > ageMs) {
      await client.send(new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    }
  }
}
