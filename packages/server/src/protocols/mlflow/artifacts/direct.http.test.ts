import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs, s3Settings } from '../../../../../../scripts/testing/needs.ts';
import { aServer, type TestServer } from '../../../testing/server.ts';
import { s3Config } from '../../../testing/storages.ts';

const partBytes = 5 * 1024 * 1024;
const file = Buffer.alloc(partBytes + 999, 'gears and levers ');
const parts = [file.subarray(0, partBytes), file.subarray(partBytes)] as const;
const mib = '/api/2.0/mlflow-artifacts';

needs('s3')('files that go straight to the bucket and come from it', () => {
  let server: TestServer;
  let run: string;
  let root: string;
  let endpoint: string;
  beforeAll(async () => {
    ({ endpoint } = s3Settings());
    server = await aServer({ config: { ...s3Config('direct'), '--s3-direct-endpoint': endpoint } });
    run = (await owner('/api/2.0/mlflow/runs/create', { experiment_id: '0' })).json().run.info.run_id;
    root = `0/${run}/artifacts`;
  });
  afterAll(() => server.close());

  const owner = (url: string, payload: object) => server.asOwner({ method: 'POST', url, payload });
  const read = (name: string) => server.asOwner({ method: 'GET', url: `${mib}/artifacts/${root}/${name}` });
  const create = async (path: string, count: number) => {
    const reply = await owner(`${mib}/mpu/create/${root}`, { path, num_parts: count });
    const { upload_id: upload, credentials } = reply.json() as {
      upload_id: string;
      credentials: { url: string; part_number: number }[];
    };
    const put = async (index: number, body: Uint8Array<ArrayBuffer>) => {
      const answer = await fetch(credentials[index]?.url ?? '', { method: 'PUT', body });
      return { part_number: index + 1, etag: answer.headers.get('etag'), status: answer.status };
    };
    const finish = (listed: object[], step = 'complete') =>
      owner(`${mib}/mpu/${step}/${root}`, { path, upload_id: upload, parts: listed });
    return { credentials, put, finish };
  };
  const bytes = (index: 0 | 1) => new Uint8Array(parts[index]);

  it('takes parts that the server never saw, and knows the digest of the whole', async () => {
    const { credentials, put, finish } = await create('big.bin', 2);
    for (const { url } of credentials) expect(url.startsWith(`${endpoint}/`)).toBe(true);
    const last = await put(1, bytes(1));
    expect((await finish([last])).json()).toMatchObject({ message: expect.stringContaining('1 of 2 parts') });
    await put(0, new Uint8Array(partBytes));
    const first = await put(0, bytes(0));
    expect((await finish([{ ...first, etag: '"other"' }, last])).statusCode).toBe(400);
    const done = await finish([first, last]);
    expect([done.statusCode, done.json()]).toEqual([200, {}]);
    expect((await finish([first, last])).statusCode).toBe(200);
    expect((await read('big.bin')).rawPayload.equals(file)).toBe(true);
    expect((await put(0, bytes(0))).status).toBeGreaterThanOrEqual(400);
  });

  it('says what is wrong with parts that the storage does not put together', async () => {
    const { put, finish } = await create('small.bin', 2);
    const small = [await put(0, new Uint8Array(10)), await put(1, new Uint8Array(10))];
    const refused = await finish(small);
    expect(refused.json()).toMatchObject({ message: expect.stringContaining('at least 5 MiB') });
    expect((await finish([], 'abort')).statusCode).toBe(200);
    expect((await put(0, new Uint8Array(10))).status).toBeGreaterThanOrEqual(400);
  });

  it('sends readers to the bucket, where a page is an attachment and nothing else can be had', async () => {
    const page = '<script>alert(1)</script>';
    const url = `${mib}/artifacts/${root}/a%20page.html`;
    await server.asOwner({ method: 'PUT', url, payload: page, headers: { 'content-type': 'text/html' } });
    const reply = await owner('/api/2.0/mlflow/artifacts/presigned-download-url', {
      run_id: run,
      path: 'a page.html',
      expiration: 604_800,
    });
    const { presigned_url: address, file_size: size } = reply.json() as { presigned_url: string; file_size: number };
    expect([address.startsWith(`${endpoint}/`), size]).toEqual([true, page.length]);
    expect(new URL(address).searchParams.get('X-Amz-Expires')).toBe('900');
    const answer = await fetch(address, { headers: { range: 'bytes=1-6' } });
    expect([answer.status, await answer.text()]).toEqual([206, 'script']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''a%20page.html",
    });
    const none = { run_id: run, path: 'none' };
    expect((await owner('/api/2.0/mlflow/artifacts/presigned-download-url', none)).statusCode).toBe(404);
    const wrong = { run_id: run, path: 'a page.html', expiration: 0 };
    expect((await owner('/api/2.0/mlflow/artifacts/presigned-download-url', wrong)).statusCode).toBe(400);
  });
});
