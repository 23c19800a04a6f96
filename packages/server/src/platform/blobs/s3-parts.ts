import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { rm } from 'node:fs/promises';
import { digestFromHex } from './digest.ts';
import { writeDurably } from './durable-file.ts';
import { fail } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import type { BlobReference, BlobStore, Inflow, PartStore, PartsUpload, StoredPart } from './port.ts';
import { isMissingObject, isMissingUpload, refusePart } from './s3-errors.ts';
import { copyObject, type Target } from './s3-upload.ts';

export interface S3PartsOptions {
  prefix: string;
  request<T>(work: (target: Target) => Promise<T>): Promise<T>;
  openTemp: BlobStore['openTemp'];
  keyOf(digest: string): string;
  /** Whether nothing can take the blob away while it is referred to anew. */
  isFresh(digest: string): Promise<boolean>;
}

/**
 * Parts are those of an S3 multipart upload of `<prefix>uploads/<id>`. Whole, that object is read once, as its digest is
 * to be its key, and copied to it within the storage. Any server of an instance can take any part.
 */
export class S3Parts implements PartStore {
  readonly #options: S3PartsOptions;

  constructor(options: S3PartsOptions) {
    this.#options = options;
  }

  begin(id: string): Promise<PartsUpload> {
    return this.#options.request(async ({ client, sdk, bucket }) => {
      const { UploadId } = await client.send(
        new sdk.CreateMultipartUploadCommand({ Bucket: bucket, Key: this.#key(id) }),
      );
      return { id, storageRef: UploadId ?? '' };
    });
  }

  /** By way of a local file: a part that breaks off is no part, and a retry can read it again. */
  async put(
    upload: PartsUpload,
    { number }: { number: number; start: number | null },
    source: Inflow,
  ): Promise<StoredPart> {
    const temp = await this.#options.openTemp('.partial');
    try {
      const { sizeBytes } = await writeDurably(temp.path, source);
      const etag = await this.#options.request(async ({ client, sdk, bucket }) => {
        const sent = await client.send(
          new sdk.UploadPartCommand({
            ...this.commandOf(bucket, upload),
            PartNumber: number,
            Body: sizeBytes === 0 ? new Uint8Array() : createReadStream(temp.path),
            ContentLength: sizeBytes,
          }),
        );
        return sent.ETag ?? '';
      });
      return { number, sizeBytes, etag };
    } finally {
      await rm(temp.path, { force: true });
    }
  }

  async seal(upload: PartsUpload, parts: readonly StoredPart[]): Promise<BlobReference> {
    const reference = await this.#options.request(async (target) => {
      const { client, sdk, bucket } = target;
      const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
      try {
        await client.send(
          new sdk.CompleteMultipartUploadCommand({ ...this.commandOf(bucket, upload), MultipartUpload: { Parts } }),
        );
      } catch (error) {
        refusePart(error);
        // Put together already, by whoever was killed before he could say so.
        if (!isMissingUpload(error)) throw error;
      }
      const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: this.#key(upload.id) }));
      const hash = createHash('sha256');
      let sizeBytes = 0;
      for await (const chunk of Body as Readable) {
        hash.update(chunk as Uint8Array);
        sizeBytes += (chunk as Uint8Array).byteLength;
      }
      return { digest: digestFromHex(hash.digest('hex')), sizeBytes };
    });
    const expectedBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    if (reference.sizeBytes !== expectedBytes)
      fail('BLOB_CORRUPT', `The storage has ${reference.sizeBytes} bytes of an upload of ${expectedBytes}.`);
    failurePoint('upload.hashed');
    return reference;
  }

  async adopt(upload: PartsUpload, sealed: BlobReference, options: { mediaType?: string } = {}): Promise<void> {
    if (!(await this.#options.isFresh(sealed.digest)))
      await this.#options.request((target) =>
        copyObject(target, {
          from: this.#key(upload.id),
          key: this.#options.keyOf(sealed.digest),
          sizeBytes: sealed.sizeBytes,
          mediaType: options.mediaType,
        }).catch((error: unknown) => {
          if (isMissingObject(error)) fail('BLOB_NOT_FOUND', 'The parts of the upload are gone. Send them again.');
          throw error;
        }),
      );
    await this.discard(upload);
  }

  /** Of an upload that is not sealed, in the order of their numbers. */
  list(upload: PartsUpload): Promise<StoredPart[]> {
    return this.#options.request(async ({ client, sdk, bucket }) => {
      const parts: StoredPart[] = [];
      for (let isMore = true; isMore; ) {
        const after = parts.length === 0 ? {} : { PartNumberMarker: String(parts.at(-1)?.number) };
        const page = await client.send(new sdk.ListPartsCommand({ ...this.commandOf(bucket, upload), ...after }));
        for (const { PartNumber = 0, Size = 0, ETag = '' } of page.Parts ?? [])
          parts.push({ number: PartNumber, sizeBytes: Size, etag: ETag });
        isMore = page.IsTruncated === true;
      }
      return parts;
    });
  }

  async discard(upload: PartsUpload): Promise<void> {
    await this.#options.request(async ({ client, sdk, bucket }) => {
      await client.send(new sdk.AbortMultipartUploadCommand(this.commandOf(bucket, upload))).catch((error: unknown) => {
        if (!isMissingUpload(error)) throw error;
      });
      await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: this.#key(upload.id) }));
    });
  }

  commandOf(bucket: string, { id, storageRef }: PartsUpload) {
    return { Bucket: bucket, Key: this.#key(id), UploadId: storageRef };
  }

  #key(id: string): string {
    return `${this.#options.prefix}uploads/${id}`;
  }
}
