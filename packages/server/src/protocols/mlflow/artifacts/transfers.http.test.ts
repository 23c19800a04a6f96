import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '#platform/auth';
import { aServer, type TestServer } from '../../../testing/server.ts';
import { testStorages } from '../../../testing/storages.ts';

const partBytes = 5 * 1024 * 1024;
const file = Buffer.alloc(2 * partBytes + 999, 'gears and levers ');
const mib = '/api/2.0/mlflow-artifacts';

interface Credential {
  url: string;
  part_number: number;
  headers: object;
}

describe.each(testStorages())('files in parts and by signed addresses, on $name', ({ database, config }) => {
  let server: TestServer;
  let root: string;
  let run: string;
  beforeAll(async () => {
    server = await aServer({ database, config });
    await server.app.platform.auth.createProject(systemActor('test'), { name: 'other' }, 'test');
    run = (await owner('POST', '/api/2.0/mlflow/runs/create', { experiment_id: '0' })).json().run.info.run_id;
    root = `0/${run}/artifacts`;
  });
  afterAll(() => server.close());

  const owner = (method: 'GET' | 'POST', url: string, payload?: object, headers: Record<string, string> = {}) =>
    server.asOwner({ method, url, ...(payload === undefined ? {} : { payload }), headers });
  /** As clients do with an address they were handed: without a word about who they are. */
  const bare = (
    method: 'GET' | 'PUT',
    address: string,
    payload?: Buffer | string,
    headers: Record<string, string> = {},
  ) =>
    server.inject({
      method,
      url: address.replace(/^https?:\/\/[^/]+/, ''),
      headers: {
        ...(payload === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    });
  const create = async (name: string, count = 3) => {
    const reply = await owner('POST', `${mib}/mpu/create/${root}`, { path: name, num_parts: count });
    expect(reply.statusCode, reply.body).toBe(200);
    return reply.json() as { upload_id: string; credentials: Credential[] };
  };
  const partOf = (number: number) => file.subarray((number - 1) * partBytes, number * partBytes);
  const put = async ({ url, part_number: number }: Credential, bytes = partOf(number)) => {
    const reply = await bare('PUT', url, bytes);
    return { status: reply.statusCode, part_number: number, etag: String(reply.headers['etag'] ?? ''), url };
  };
  const finish = (name: string, upload: string, parts: object[], step = 'complete') =>
    owner('POST', `${mib}/mpu/${step}/${root}`, { path: name, upload_id: upload, parts });
  const read = (name: string) => owner('GET', `${mib}/artifacts/${root}/${name}`);

  it('takes parts in any order and makes them one file, also when it is told twice', async () => {
    const { upload_id: upload, credentials } = await create('big.bin');
    expect(credentials.map((one) => one.part_number)).toEqual([1, 2, 3]);
    const [first, second, last] = credentials as [Credential, Credential, Credential];
    const parts = [await put(last), await put(second), await put(first, Buffer.alloc(partBytes))];
    expect(parts.map(({ status }) => status)).toEqual([200, 200, 200]);
    // Sent again, as after an answer that was lost: the last one counts.
    parts[2] = await put(first);
    const sorted = parts.toReversed();
    expect((await read('big.bin')).statusCode).toBe(404);
    expect((await finish('big.bin', upload, sorted.slice(0, 2))).json()).toMatchObject({
      error_code: 'INVALID_PARAMETER_VALUE',
    });
    const done = await finish('big.bin', upload, sorted);
    expect([done.statusCode, done.json()]).toEqual([200, {}]);
    expect((await finish('big.bin', upload, sorted)).statusCode).toBe(200);
    expect((await read('big.bin')).rawPayload.equals(file)).toBe(true);
    expect((await put(first)).status).toBe(400);
  });

  it('takes a file of one part, an empty one, and the name by the path of an old client', async () => {
    const names = [
      ['dir/one.bin', 'one.bin', Buffer.from('small')],
      ['dir/empty.bin', '/home/me/empty.bin', Buffer.alloc(0)],
      ['dir/win.bin', 'C:\\work\\win.bin', Buffer.from('windows')],
    ] as const;
    for (const [name, path, bytes] of names) {
      const reply = await owner('POST', `${mib}/mpu/create/${root}/dir`, { path, num_parts: 1 });
      const { upload_id, credentials } = reply.json() as { upload_id: string; credentials: [Credential] };
      const part = await put(credentials[0], bytes);
      const complete = { path, upload_id, parts: [part] };
      expect((await owner('POST', `${mib}/mpu/complete/${root}/dir`, complete)).statusCode, name).toBe(200);
      expect((await read(name)).rawPayload.equals(bytes)).toBe(true);
    }
  });

  it('refuses parts that do not fit, and completes nothing that is not whole', async () => {
    const { upload_id: upload, credentials } = await create('odd.bin');
    const [first, second, last] = credentials as [Credential, Credential, Credential];
    const parts = [await put(first)];
    expect((await put(second, Buffer.alloc(partBytes - 1))).status).toBe(400);
    parts.push(await put(second), await put(last, Buffer.from('end')));
    expect(
      (await finish('odd.bin', upload, [{ ...parts[0], etag: '"other"' }, parts[1] ?? {}, parts[2] ?? {}])).statusCode,
    ).toBe(400);
    expect((await finish('odd.bin', upload, [...parts, { part_number: 4, etag: '"4-1"' }])).statusCode).toBe(400);
    expect((await finish('other.bin', upload, parts)).statusCode).toBe(404);
    expect((await finish('odd.bin', 'upl_unknown', parts)).statusCode).toBe(404);
    expect((await finish('odd.bin', upload, parts, 'abort')).statusCode).toBe(200);
    expect((await finish('odd.bin', upload, parts)).statusCode).toBe(404);
    expect((await put(first)).status).toBe(404);
    for (const body of [
      {},
      { path: '' },
      { path: '..' },
      { path: 'a/..' },
      { path: 'x', num_parts: 0 },
      { path: 'x', num_parts: 10_001 },
      { path: 'x%2f..%2fy' },
    ])
      expect((await owner('POST', `${mib}/mpu/create/${root}`, body)).statusCode, JSON.stringify(body)).toBe(400);
    for (const folder of ['..%2fx', '%252e%252e', 'a%00b', 'a%5c..%5cb', 'C:/x'])
      expect([400, 404]).toContain(
        (await owner('POST', `${mib}/mpu/create/${root}/${folder}`, { path: 'x' })).statusCode,
      );
  });

  it('lets nobody begin, complete or read who may not, and no address be bent to something else', async () => {
    const viewer = await server.token('viewer');
    const stranger = await server.token('editor', { project: 'other' });
    const { upload_id: upload, credentials } = await create('guarded.bin', 1);
    for (const headers of [{}, viewer, stranger])
      for (const step of ['create', 'complete', 'abort']) {
        const payload = { path: 'guarded.bin', num_parts: 1, upload_id: upload, parts: [] };
        const { statusCode } = await server.inject({
          method: 'POST',
          url: `${mib}/mpu/${step}/${root}`,
          payload,
          headers,
        });
        expect([401, 403]).toContain(statusCode);
      }
    const abroad = { ...(await server.token('editor', { project: 'other' })), 'x-mlflow-workspace': 'other' };
    const parts = { path: 'guarded.bin', upload_id: upload, parts: [] };
    const theirs = await server.inject({
      method: 'POST',
      url: `${mib}/mpu/complete/${root}`,
      payload: parts,
      headers: abroad,
    });
    expect(theirs.statusCode).toBe(404);

    const address = new URL(credentials[0]?.url ?? '');
    const signed = address.searchParams.get('signed') ?? '';
    const [payload = '', mac = ''] = signed.split('.');
    const facts = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const bent = (change: object) =>
      `${Buffer.from(JSON.stringify({ ...facts, ...change })).toString('base64url')}.${mac}`;
    for (const other of [
      '',
      signed.slice(0, -2),
      bent({ project: 'other' }),
      bent({ number: 2 }),
      bent({ expiresAt: 9e15 }),
      bent({ upload: 'upl_x' }),
    ])
      expect((await bare('PUT', `${mib}/signed/part?signed=${other}`, 'x')).statusCode, other).toBe(403);
    // Good for a part, for nothing else.
    expect((await bare('PUT', `${mib}/signed/file?signed=${signed}`, 'x')).statusCode).toBe(403);
    expect((await bare('GET', `${mib}/signed/file?signed=${signed}`)).statusCode).toBe(403);
    expect((await bare('PUT', `${mib}/signed/part?signed=${signed}&signed=${signed}`, 'x')).statusCode).toBe(403);
    expect((await server.inject({ method: 'PUT', url: `${mib}/signed/part` })).statusCode).toBe(403);
  });

  it('hands out addresses to read and write one file for minutes, which never run on this origin', async () => {
    const page = '<script>alert(1)</script>';
    const api = '/api/2.0/mlflow/artifacts';
    const upload = await owner('POST', `${api}/presigned-upload-url`, {
      run_id: run,
      path: 'page.html',
      expiration: 604_800,
    });
    expect(upload.json()).toEqual({ presigned_url: expect.stringContaining('/signed/file?signed='), headers: {} });
    expect((await bare('PUT', upload.json().presigned_url, page)).statusCode).toBe(200);
    const ttl = (address: string) => {
      const payload = new URL(address).searchParams.get('signed')?.split('.')[0] ?? '';
      return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { expiresAt: number }).expiresAt - Date.now();
    };
    expect(ttl(upload.json().presigned_url)).toBeLessThanOrEqual(15 * 60_000);
    const download = await owner('POST', `${api}/presigned-download-url`, { run_id: run, path: 'page.html' });
    expect(download.json()).toMatchObject({ file_size: page.length, headers: {} });
    const byPlace = await owner('GET', `${mib}/presigned/${root}/page.html`);
    expect(byPlace.json()).toMatchObject({
      url: expect.stringContaining('/signed/file?signed='),
      file_size: page.length,
    });
    for (const address of [download.json().presigned_url, byPlace.json().url]) {
      expect(ttl(address)).toBeLessThanOrEqual(5 * 60_000);
      const whole = await bare('GET', address);
      expect([whole.statusCode, whole.body]).toEqual([200, page]);
      expect(whole.headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-disposition': 'attachment; filename=page.html',
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'cross-origin-resource-policy': 'same-origin',
      });
      const range = await bare('GET', address, undefined, { range: 'bytes=1-6' });
      expect([range.statusCode, range.body, range.headers['content-range']]).toEqual([206, 'script', 'bytes 1-6/25']);
      expect((await bare('PUT', address, 'x')).statusCode).toBe(403);
    }
    expect((await bare('GET', upload.json().presigned_url)).statusCode).toBe(403);

    // What was signed are these bytes: pieces that are read one by one belong together.
    const second = await owner('POST', `${api}/presigned-upload-url`, { run_id: run, path: 'page.html' });
    await bare('PUT', second.json().presigned_url, 'other bytes');
    expect((await bare('GET', byPlace.json().url)).body).toBe(page);
    await server.asOwner({ method: 'DELETE', url: `${mib}/artifacts/${root}/page.html` });
    expect((await bare('GET', byPlace.json().url)).statusCode).toBe(404);
  });

  it('hands out none for what is not there or may not be asked for', async () => {
    const api = '/api/2.0/mlflow/artifacts';
    const ask = (what: 'upload' | 'download', body: object, headers?: Record<string, string>) =>
      headers === undefined
        ? owner('POST', `${api}/presigned-${what}-url`, body)
        : server.inject({ method: 'POST', url: `${api}/presigned-${what}-url`, payload: body, headers });
    for (const path of ['../x', '/etc/passwd', 'a%00b', '', 'a/../..']) {
      expect((await ask('upload', { run_id: run, path })).statusCode, path).toBe(400);
      expect((await ask('download', { run_id: run, path })).statusCode, path).toBe(400);
    }
    for (const expiration of [0, -1, 604_801])
      expect((await ask('upload', { run_id: run, path: 'x', expiration })).statusCode).toBe(400);
    expect((await ask('upload', { path: 'x' })).statusCode).toBe(400);
    expect((await ask('upload', { run_id: run, model_id: 'm-1', path: 'x' })).statusCode).toBe(400);
    expect((await ask('upload', { run_id: '0'.repeat(32), path: 'x' })).statusCode).toBe(404);
    expect((await ask('download', { run_id: run, path: 'none' })).statusCode).toBe(404);
    expect((await ask('upload', { run_id: run, path: 'x' }, await server.token('viewer'))).statusCode).toBe(403);
    expect((await ask('download', { run_id: run, path: 'x' }, await server.token(null))).statusCode).toBe(403);
    expect((await ask('download', { run_id: run, path: 'x' }, {})).statusCode).toBe(401);
    expect((await owner('GET', `${mib}/presigned/${root}/none`)).statusCode).toBe(404);
  });

  it('names itself as the caller sees it, also behind a proxy that ends TLS', async () => {
    const { credentials } = await create('named.bin', 1);
    expect(credentials[0]?.url).toMatch(
      /^http:\/\/(localhost|127\.0\.0\.1)[:\d]*\/api\/2\.0\/mlflow-artifacts\/signed\/part\?signed=/,
    );
    const reply = await server.inject({
      method: 'POST',
      url: `${mib}/mpu/create/${root}`,
      payload: { path: 'x', num_parts: 1 },
      headers: { ...(await server.token('editor')), 'x-forwarded-proto': 'https' },
    });
    expect((reply.json() as { credentials: [Credential] }).credentials[0].url).toMatch(/^https:/);
  });
});
