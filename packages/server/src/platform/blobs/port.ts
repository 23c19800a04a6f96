import type { Readable } from 'node:stream';
import type { Digest } from './digest.ts';

export interface BlobReference {
  digest: Digest;
  sizeBytes: number;
}

/** Bytes as they arrive. */
export interface Inflow extends AsyncIterable<Uint8Array> {
  /**
   * Instead of going through them, without a promise for each chunk: calls with one after the other, each when `take` is
   * done with the one before. The memory of a chunk is gone then.
   */
  drainTo?(take: (chunk: Uint8Array) => Promise<void> | undefined): Promise<void>;
}

export interface PutOptions {
  /** The put fails with BLOB_CORRUPT, and nothing is stored, when the bytes have another digest. */
  expectedDigest?: string;
  /** Kept as the content type where the storage has one (S3); it is no part of the identity. */
  mediaType?: string;
}

/** Bytes from `start` up to, not including, `end`; without `end` up to the last byte. */
export interface ByteRange {
  start: number;
  end?: number;
}

export interface BlobContent {
  /** A full read fails with BLOB_CORRUPT instead of delivering its last chunk when the bytes do not match the digest. */
  stream: Readable;
  /** Size of the whole blob. */
  sizeBytes: number;
  /** The part that `stream` delivers: from `start` up to, not including, `end`. */
  start: number;
  end: number;
}

export interface StoredBlob extends BlobReference {
  /** When the bytes were last put, in epoch ms by the storage's own clock. */
  storedAt: number;
}

export interface BlobPage {
  blobs: StoredBlob[];
  /** Pass as `after` to read the next page; absent on the last one. */
  next?: Digest;
}

/** A file that is being produced; hand its path to `putFile`, or discard it. */
export interface TempFile extends AsyncDisposable {
  path: string;
  /** Removes the file if it is still there. */
  discard(): Promise<void>;
}

/** An upload in parts: its id (letters, digits and underscores) and what the storage knows it by. */
export interface PartsUpload {
  id: string;
  storageRef: string;
}

export interface StoredPart {
  /** From 1. */
  number: number;
  sizeBytes: number;
  /** What the storage knows these bytes of it by. */
  etag: string;
}

/**
 * Contents that arrive in parts, over several requests, and outlive the process. What becomes visible is the whole, as a
 * blob, never a part. All parts but the last are of the same size.
 */
export interface PartStore {
  begin(id: string): Promise<PartsUpload>;
  /**
   * Stored when it resolves; takes the place of a part with that number. `start`: where it lies in the whole; null for a
   * last part that comes before the size of the others is known.
   */
  put(upload: PartsUpload, part: { number: number; start: number | null }, source: Inflow): Promise<StoredPart>;
  /** Puts them together and answers what they make. May be repeated; no part is taken any more. */
  seal(upload: PartsUpload, parts: readonly StoredPart[]): Promise<BlobReference>;
  /** Makes a blob of what was sealed. May be repeated. Errors: BLOB_NOT_FOUND when neither is there. */
  adopt(upload: PartsUpload, sealed: BlobReference, options?: { mediaType?: string }): Promise<void>;
  /** Gives it up, whatever there is of it. May be repeated. */
  discard(upload: PartsUpload): Promise<void>;
}

/** Between clients and the storage: the bytes do not pass through the server. Whoever has an address needs nothing more. */
export interface DirectAccess {
  /** To read a blob as an attachment; it is not verified on the way. */
  addressOf(digest: string, options: { fileName: string; seconds: number }): Promise<string>;
  /** To put each part, from the first to the `count`-th. */
  addressesOfParts(upload: PartsUpload, count: number, seconds: number): Promise<string[]>;
  /** What has arrived of an upload that is not sealed, in the order of the numbers. */
  listParts(upload: PartsUpload): Promise<StoredPart[]>;
}

/**
 * Immutable content under the SHA-256 of its bytes. A blob is visible completely or not at all, and putting the same
 * bytes twice stores them once, and tells the storage that they were put just now. Strings that are no digest name nothing: `stat` answers undefined, `get` fails with
 * BLOB_NOT_FOUND. Storage trouble surfaces as STORAGE_UNAVAILABLE or STORAGE_FULL.
 */
export interface BlobStore {
  put(source: Inflow | Uint8Array, options?: PutOptions): Promise<BlobReference>;
  /** Moves a finished local file (usually from `openTemp`) into the store; the path no longer exists afterwards. */
  putFile(path: string, options?: PutOptions): Promise<BlobReference>;
  /** Errors: BLOB_NOT_FOUND; RANGE_UNSATISFIABLE when the range starts behind the last byte. */
  get(digest: string, options?: { range?: ByteRange }): Promise<BlobContent>;
  stat(digest: string): Promise<BlobReference | undefined>;
  has(digest: string): Promise<boolean>;
  /**
   * Whether something was deleted. `unlessStoredSince` (epoch ms): what was put again since then stays, whoever puts it at
   * the same moment (on S3: unless that falls between two requests to the storage).
   */
  delete(digest: string, options?: { unlessStoredSince?: number }): Promise<boolean>;
  /** Ordered by digest. `limit` defaults to 1000, which is also the most. */
  list(options?: { after?: string; limit?: number }): Promise<BlobPage>;
  /**
   * Path of a local copy whose bytes were verified against the digest in this process, for libraries that read files.
   * Read only. A remote store may evict the copy 15 minutes after the latest call. Errors: BLOB_NOT_FOUND, BLOB_CORRUPT.
   */
  localPath(digest: string): Promise<string>;
  readonly parts: PartStore;
  /** Where clients reach the storage. */
  readonly direct?: DirectAccess;
  /** @param suffix of the file name, such as `.parquet`; letters, digits and dots only. */
  openTemp(suffix?: string): Promise<TempFile>;
  /** Removes what crashed writers left behind (temporary files, unfinished uploads); done once when a store is opened. */
  removeStale(): Promise<void>;
  close(): Promise<void>;
}
