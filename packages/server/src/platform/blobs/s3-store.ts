import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { fail, MillwrightError } from '#platform/errors';
import { resolveRange } from './byte-range.ts';
import { type Digest, digestFromHex, digestHex, shardedKey } from './digest.ts';
import { hashFile, writeDurably } from './durable-file.ts';
import { FileBlobStore } from './file-store.ts';
import { LocalCache } from './local-cache.ts';
import type {
  BlobContent,
  BlobPage,
  BlobReference,
  BlobStore,
  ByteRange,
  Inflow,
  PutOptions,
  StoredBlob,
  TempFile,
} from './port.ts';
import { S3Direct } from './s3-direct.ts';
import { isMissingObject, s3Error } from './s3-errors.ts';
import { S3Parts } from './s3-parts.ts';
import { abortStaleUploads, type Target, uploadFile } from './s3-upload.ts';
import { diskError } from './storage-errors.ts';
import { verified } from './verified-stream.ts';

export interface S3BlobOptions {
  bucket: string;
  region: string;
  /** Absent: AWS itself. */
  endpoint?: string;
  /** Where clients reach the storage. Absent: they do not. */
  directEndpoint?: string;
  /** Absent: the SDK's own chain (environment, profile, instance role). */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** Bucket in the path instead of the host name; most servers other than AWS need it. */
  pathStyle?: boolean;
  /** Put before every key, such as `millwright/`. */
  keyPrefix?: string;
  /** Local folder for copies and unfinished files. */
  cacheDir: string;
  cacheLimitBytes: number;
  /** Tries per request, with the SDK's exponential back-off between them. Default 4. */
  attempts?: number;
  requestTimeoutMs?: number;
  nowMs?: () => number;
}

/** Well below the shortest time that garbage is left alone. */
const freshForMs = 10 * 60_000;

/**
 * Blobs as S3 objects `<prefix>sha256/ab/abcd...`. Content is written to a local file first: its digest is its key, so
 * there is never an object under a key that does not match it, no copying inside the bucket, and a retry can reread it.
 */
export class S3BlobStore implements BlobStore {
  readonly #options: S3BlobOptions;
  readonly #prefix: string;
  readonly #local: FileBlobStore;
  readonly #cache: LocalCache;
  readonly parts: S3Parts;
  readonly direct?: S3Direct;
  readonly #downloads = new Map<string, Promise<BlobReference>>();
  #connection: Target | undefined;
  #directConnection: Target | undefined;

  constructor(options: S3BlobOptions) {
    this.#options = options;
    this.#prefix = options.keyPrefix ?? '';
    this.#local = new FileBlobStore(options.cacheDir);
    this.#cache = new LocalCache(this.#local, options.cacheLimitBytes, options.nowMs ?? Date.now);
    this.parts = new S3Parts({
      prefix: this.#prefix,
      request: (work) => this.#request(work),
      openTemp: (suffix) => this.openTemp(suffix),
      keyOf: (digest) => this.#key(digest as Digest),
      isFresh: async (digest) => this.#isFresh(await this.#head(digest)),
    });
    const { directEndpoint } = options;
    if (directEndpoint !== undefined)
      this.direct = new S3Direct({
        target: async () => (this.#directConnection ??= await connect({ ...options, endpoint: directEndpoint })),
        parts: this.parts,
        keyOf: (digest) => this.#key(digest as Digest),
      });
  }

  /** Prepares the local folder only; the bucket is first contacted when it is used. */
  async open(): Promise<this> {
    await this.#local.open();
    await this.#cache.load();
    return this;
  }

  async put(source: Inflow | Uint8Array, options: PutOptions = {}): Promise<BlobReference> {
    await using temp = await this.openTemp('.partial');
    const reference = await writeDurably(temp.path, source).catch((error: unknown) => {
      throw diskError(this.#options.cacheDir, error);
    });
    await this.#upload(temp.path, reference, options);
    return reference;
  }

  async putFile(path: string, options: PutOptions = {}): Promise<BlobReference> {
    const reference = await hashFile(path);
    await this.#upload(path, reference, options);
    await this.#local.putFile(path);
    await this.#cache.used(reference);
    return reference;
  }

  async #upload(path: string, reference: BlobReference, options: PutOptions): Promise<void> {
    const { digest, sizeBytes } = reference;
    if (options.expectedDigest !== undefined && options.expectedDigest !== digest) {
      await rm(path, { force: true });
      fail('BLOB_CORRUPT', `The bytes received have the digest ${digest}, announced was ${options.expectedDigest}.`);
    }
    const known = await this.#head(digest);
    if (this.#isFresh(known) && known?.sizeBytes === sizeBytes) return;
    const source = { path, sizeBytes, key: this.#key(digest), mediaType: options.mediaType };
    await this.#request((target) => uploadFile(target, source));
  }

  /** What was put long ago is stored again, so that its time says that somebody counts on it from now on. */
  #isFresh(known: StoredBlob | undefined): boolean {
    return known !== undefined && known.storedAt > (this.#options.nowMs ?? Date.now)() - freshForMs;
  }

  async get(digest: string, options: { range?: ByteRange } = {}): Promise<BlobContent> {
    const found = await this.stat(digest);
    if (!found) return fail('BLOB_NOT_FOUND', `There is no content ${digest}.`);
    const { sizeBytes } = found;
    const { start, end } = options.range ? resolveRange(options.range, sizeBytes) : { start: 0, end: sizeBytes };
    const range = options.range ? { Range: `bytes=${start}-${end - 1}` } : {};
    const body = await this.#request(async ({ client, sdk, bucket }) => {
      const answer = await client.send(
        new sdk.GetObjectCommand({ Bucket: bucket, Key: this.#key(found.digest), ...range }),
      );
      return answer.Body as Readable;
    });
    return { stream: options.range ? body : verified(body, found.digest), sizeBytes, start, end };
  }

  async stat(digest: string): Promise<BlobReference | undefined> {
    const found = await this.#head(digest);
    return found && { digest: found.digest, sizeBytes: found.sizeBytes };
  }

  async #head(digest: string): Promise<StoredBlob | undefined> {
    if (digestHex(digest) === undefined) return undefined;
    return this.#request(async ({ client, sdk, bucket }) => {
      try {
        const head = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: this.#key(digest as Digest) }));
        const storedAt = head.LastModified?.getTime() ?? 0;
        return { digest: digest as Digest, sizeBytes: head.ContentLength ?? 0, storedAt };
      } catch (error) {
        // A HEAD answer has no body, so a missing bucket looks like a missing object here; writing or listing tells.
        if (isMissingObject(error)) return undefined;
        throw error;
      }
    });
  }

  async has(digest: string): Promise<boolean> {
    return (await this.stat(digest)) !== undefined;
  }

  async delete(digest: string, options: { unlessStoredSince?: number } = {}): Promise<boolean> {
    const found = await this.#head(digest);
    if (!found || found.storedAt >= (options.unlessStoredSince ?? Number.POSITIVE_INFINITY)) return false;
    this.#cache.forget(digest);
    await this.#local.delete(digest);
    const key = this.#key(digest as Digest);
    await this.#request(({ client, sdk, bucket }) =>
      client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key })),
    );
    return true;
  }

  async list(options: { after?: string; limit?: number } = {}): Promise<BlobPage> {
    const MaxKeys = Math.min(options.limit ?? 1000, 1000);
    const after = digestHex(options.after ?? '');
    const start = after === undefined ? {} : { StartAfter: this.#prefix + shardedKey(after) };
    const Prefix = `${this.#prefix}sha256/`;
    const answer = await this.#request(({ client, sdk, bucket }) =>
      client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys, ...start })),
    );
    const blobs = (answer.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
      digest: digestFromHex(Key.slice(Key.lastIndexOf('/') + 1)),
      sizeBytes: Size,
      storedAt: LastModified?.getTime() ?? 0,
    }));
    const last = blobs.at(-1);
    return answer.IsTruncated && last ? { blobs, next: last.digest } : { blobs };
  }

  async localPath(digest: string): Promise<string> {
    const copy = (await this.#local.stat(digest)) ?? (await this.#download(digest));
    await this.#cache.used(copy);
    try {
      return await this.#local.localPath(copy.digest);
    } catch (error) {
      if (!(error instanceof MillwrightError) || error.code !== 'BLOB_CORRUPT') throw error;
      // Only the local copy is damaged; the stored object is verified while it is fetched anew.
      await this.#download(digest);
      return this.#local.localPath(copy.digest);
    }
  }

  /** Two callers who need the same blob share one download. */
  #download(digest: string): Promise<BlobReference> {
    const running = this.#downloads.get(digest);
    if (running) return running;
    const download = this.get(digest)
      .then(({ stream }) => this.#local.put(stream, { expectedDigest: digest }))
      .finally(() => this.#downloads.delete(digest));
    this.#downloads.set(digest, download);
    return download;
  }

  openTemp(suffix = ''): Promise<TempFile> {
    return this.#local.openTemp(suffix);
  }

  async removeStale(): Promise<void> {
    await this.#local.removeStale();
    await this.#request((target) => abortStaleUploads(target, this.#prefix));
  }

  async close(): Promise<void> {
    this.#connection?.client.destroy();
    this.#directConnection?.client.destroy();
    await this.#local.close();
  }

  #key(digest: Digest): string {
    return this.#prefix + shardedKey(digest.slice('sha256:'.length));
  }

  async #request<T>(work: (target: Target) => Promise<T>): Promise<T> {
    try {
      this.#connection ??= await connect(this.#options);
      return await work(this.#connection);
    } catch (error) {
      throw s3Error(this.#options, diskError(this.#options.cacheDir, error));
    }
  }
}

/** The SDK is heavy and many installations never need it. */
async function connect(options: S3BlobOptions): Promise<Target> {
  const sdk = await import('@aws-sdk/client-s3');
  return { sdk, client: new sdk.S3Client(clientConfig(options)), bucket: options.bucket };
}

function clientConfig(options: S3BlobOptions): S3ClientConfig {
  return {
    region: options.region,
    forcePathStyle: options.pathStyle ?? false,
    maxAttempts: options.attempts ?? 4,
    requestHandler: { connectionTimeout: 3000, requestTimeout: options.requestTimeoutMs ?? 60_000 },
    // Content is verified by its own digest; the extra checksums are unknown to several S3-compatible servers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  };
}
