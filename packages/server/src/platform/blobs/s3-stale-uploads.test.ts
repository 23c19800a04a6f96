import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as sdk from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { abortStaleUploads } from './s3-upload.ts';

const anUpload = (key: string, ageHours: number) =>
  `<Upload><Key>${key}</Key><UploadId>id-${key}</UploadId>` +
  `<Initiated>${new Date(Date.now() - ageHours * 3600_000).toISOString()}</Initiated></Upload>`;

// A canned server, because test servers report the same start for every upload.
it('aborts uploads that began more than a day ago, those in parts after nine days, and leaves those alone that may still be running', async () => {
  const aborted: string[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'DELETE') aborted.push(request.url ?? '');
    response.writeHead(request.method === 'DELETE' ? 204 : 200, { 'content-type': 'application/xml' });
    const list = `<ListMultipartUploadsResult>${anUpload('old', 25)}${anUpload('young', 23)}${anUpload('uploads/resting', 200)}${anUpload('uploads/lost', 300)}</ListMultipartUploadsResult>`;
    response.end(request.method === 'DELETE' ? '' : list);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new sdk.S3Client({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    forcePathStyle: true,
  });
  await abortStaleUploads({ client, sdk, bucket: 'models' }, '');
  client.destroy();
  server.close();
  expect(aborted).toEqual([
    expect.stringContaining('/models/old?uploadId=id-old'),
    expect.stringContaining('/models/uploads/lost?uploadId='),
  ]);
});
