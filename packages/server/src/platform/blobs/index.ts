import { FileBlobStore } from './file-store.ts';
import type { BlobStore } from './port.ts';
import { type S3BlobOptions, S3BlobStore } from './s3-store.ts';

export { type Digest, digestOf } from './digest.ts';
export type {
  BlobContent,
  BlobPage,
  BlobReference,
  BlobStore,
  ByteRange,
  Inflow,
  PartsUpload,
  PutOptions,
  StoredBlob,
  StoredPart,
  TempFile,
} from './port.ts';
export type { S3BlobOptions } from './s3-store.ts';

export type BlobStoreOptions = { kind: 'files'; root: string } | ({ kind: 's3' } & S3BlobOptions);

/** Errors: STORAGE_UNAVAILABLE or STORAGE_FULL when the local folder cannot be prepared. */
export async function openBlobStore(options: BlobStoreOptions): Promise<BlobStore> {
  return options.kind === 'files' ? new FileBlobStore(options.root).open() : new S3BlobStore(options).open();
}
