import type { DirectAccess, PartsUpload, StoredPart } from './port.ts';
import type { S3Parts } from './s3-parts.ts';
import type { Target } from './s3-upload.ts';

export interface S3DirectOptions {
  /** With the endpoint as clients reach it. */
  target(): Promise<Target>;
  parts: S3Parts;
  keyOf(digest: string): string;
}

/** Addresses are signed here, without a request to the storage. Those made with the credentials of a role end with them. */
export class S3Direct implements DirectAccess {
  readonly #options: S3DirectOptions;

  constructor(options: S3DirectOptions) {
    this.#options = options;
  }

  async addressOf(digest: string, { fileName, seconds }: { fileName: string; seconds: number }): Promise<string> {
    const { client, sdk, bucket } = await this.#options.target();
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    const command = new sdk.GetObjectCommand({
      Bucket: bucket,
      Key: this.#options.keyOf(digest),
      // Whatever it holds: it runs nowhere.
      ResponseContentType: 'application/octet-stream',
      ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    });
    return getSignedUrl(client, command, { expiresIn: seconds });
  }

  async addressesOfParts(upload: PartsUpload, count: number, seconds: number): Promise<string[]> {
    const { client, sdk, bucket } = await this.#options.target();
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    const addresses: string[] = [];
    for (let number = 1; number <= count; number++) {
      const part = { ...this.#options.parts.commandOf(bucket, upload), PartNumber: number };
      addresses.push(await getSignedUrl(client, new sdk.UploadPartCommand(part), { expiresIn: seconds }));
    }
    return addresses;
  }

  listParts(upload: PartsUpload): Promise<StoredPart[]> {
    return this.#options.parts.list(upload);
  }
}
