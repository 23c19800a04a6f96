import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { anMlflowApi, type MlflowApi } from '../fixtures/an-mlflow-api.ts';

describe.each(testDatabases)('files on the wire of MLflow, on %s', (database) => {
  let api: MlflowApi;
  let run: string;
  let root: string;
  const proxy = '/api/2.0/mlflow-artifacts/artifacts';
  beforeAll(async () => {
    api = await anMlflowApi({ database });
    run = (await api.send('POST', '/runs/create', { experiment_id: '0' })).body['run'].info.run_id;
    root = `0/${run}/artifacts`;
    for (const path of ['a.txt', 'model/MLmodel', 'model/data/x.bin', 'model-2/y', 'ü b/c.html'])
      expect((await api.send('PUT', `${proxy}/${root}/${encodeURI(path)}`, `bytes of ${path}`)).status).toBe(200);
  });
  afterAll(() => api.close());

  it('lists folders as their run has them', async () => {
    const { body } = await api.send('GET', `/artifacts/list?run_id=${run}`);
    expect(body).toEqual({
      root_uri: `mlflow-artifacts:/${root}`,
      files: [
        { path: 'a.txt', is_dir: false, file_size: 14 },
        { path: 'model', is_dir: true },
        { path: 'model-2', is_dir: true },
        { path: 'ü b', is_dir: true },
      ],
    });
    const below = await api.send('GET', `/artifacts/list?run_id=${run}&path=model`);
    expect(below.body['files'].map((file: { path: string }) => file.path).sort()).toEqual([
      'model/MLmodel',
      'model/data',
    ]);
    const named = await api.send('GET', `${proxy}?path=${root}/model`);
    expect(named.body['files'].map((file: { path: string }) => file.path).sort()).toEqual(['MLmodel', 'data']);
  });

  it('answers the bytes, by place and by run; the native interface has the same file', async () => {
    expect((await api.send('GET', `${proxy}/${root}/model/MLmodel`)).text).toBe('bytes of model/MLmodel');
    expect((await api.send('GET', `/get-artifact?run_id=${run}&path=a.txt`)).status).toBe(404);
    const { items } = await api.experiments.listRuns(api.test.ctx, {});
    const files = await api.experiments.listArtifacts(api.test.ctx, items[0]?.id ?? '');
    expect(files.map((file) => file.path)).toContain('ü b/c.html');
  });

  it('deletes a file or a folder, and what is not there without a word', async () => {
    await api.send('PUT', `${proxy}/${root}/gone/one`, 'x');
    await api.send('PUT', `${proxy}/${root}/gone/two`, 'x');
    expect((await api.send('DELETE', `${proxy}/${root}/gone`)).status).toBe(200);
    expect((await api.send('DELETE', `${proxy}/${root}/gone`)).status).toBe(200);
    expect((await api.send('GET', `${proxy}/${root}/gone/one`)).status).toBe(404);
    expect((await api.send('GET', `${proxy}/${root}/a.txt`)).status).toBe(200);
  });

  it('says of a file what it would send, without sending it', async () => {
    const head = await api.send('HEAD', `${proxy}/${root}/a.txt`);
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers).toMatchObject({
      'content-length': '14',
      'accept-ranges': 'bytes',
      'content-type': 'text/plain',
    });
    expect((await api.send('HEAD', `${proxy}/${root}/none`)).status).toBe(404);
    const methods = await api.send('PATCH', `${proxy}/${root}/a.txt`, {});
    expect(methods).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, PUT, DELETE' } });
  });

  it('names what MLflow shows as text, and nothing that a browser would run', async () => {
    const types = {
      MLmodel: 'text/plain',
      mlproject: 'text/plain',
      'x.json': 'text/plain',
      'x.py': 'text/plain',
      'x.png': 'image/png',
      'x.pdf': 'application/pdf',
      'x.GIF': 'image/gif',
    };
    const unnamed = {
      'x.html': 'application/octet-stream',
      'x.svg': 'application/octet-stream',
      'x.bin': 'application/octet-stream',
    };
    for (const [name, type] of Object.entries({ ...types, ...unnamed })) {
      await api.send('PUT', `${proxy}/${root}/types/${name}`, 'x');
      const { headers } = await api.send('GET', `${proxy}/${root}/types/${name}`);
      expect(headers['content-type'], name).toBe(type);
      expect(headers['content-disposition'], name).toMatch(/^attachment/);
    }
  });

  it('tells the name of a file so that every client reads it', async () => {
    for (const [name, told] of [
      ['dog+step+20.bin', 'filename=dog+step+20.bin'],
      ['a b;c.bin', 'filename="a b;c.bin"'],
      ['ü.bin', "filename=u.bin; filename*=UTF-8''%C3%BC.bin"],
    ] as const) {
      const address = `${proxy}/${root}/names/${encodeURIComponent(name)}`;
      await api.send('PUT', address, 'x');
      expect((await api.send('GET', address)).headers['content-disposition']).toBe(`attachment; ${told}`);
    }
  });

  it('takes a dot for the folder it stands in', async () => {
    const names = async (path: string) => {
      const { body } = await api.send('GET', `${proxy}?path=${root}/${path}`);
      return body['files']?.map((file: { path: string }) => file.path);
    };
    expect(await names('.')).toEqual(await names(''));
    expect(await names('./model/.')).toEqual(await names('model'));
    const { body } = await api.send('GET', `/artifacts/list?run_id=${run}&path=./model`);
    expect(body['files'][0].path).toBe('./model/MLmodel');
    for (const path of ['./../x', './/etc/passwd', './C:/x', '%2e%2e/.'])
      expect((await api.send('GET', `${proxy}?path=${root}/${path}`)).status).toBe(400);
  });

  it('deletes all files of a run, and never all of a project', async () => {
    const { info } = (await api.send('POST', '/runs/create', { experiment_id: '0' })).body['run'];
    const own = `0/${info.run_id}/artifacts`;
    await api.send('PUT', `${proxy}/${own}/a/b.txt`, 'x');
    expect((await api.send('DELETE', `${proxy}/`)).status).toBe(400);
    expect((await api.send('GET', `${proxy}/${own}/a/b.txt`)).status).toBe(200);
    expect((await api.send('DELETE', `${proxy}/${own}`)).status).toBe(200);
    expect((await api.send('GET', `${proxy}/${own}/a/b.txt`)).status).toBe(404);
    expect((await api.send('GET', `${proxy}/${root}/a.txt`)).status).toBe(200);
  });

  it('says that a folder is no file', async () => {
    const { status, body } = await api.send('GET', `${proxy}/${root}/model`);
    expect(status).toBe(400);
    expect(body['message']).toBe("Artifact path refers to a directory, not a file: 'model'");
  });

  it('takes from MLflow’s console small files only', async () => {
    const upload = (text: string) =>
      api.send('POST', `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run}&path=small.txt`, text);
    expect((await upload('x'.repeat(10 * 1024 * 1024 + 1))).body['message']).toMatch(/too large. Max size is 10MB/);
    expect((await upload('')).body['message']).toBe('Request must specify data.');
    expect((await api.send('GET', `${proxy}/${root}/small.txt`)).status).toBe(404);
    expect((await upload('x'.repeat(10 * 1024 * 1024))).status).toBe(200);
  });

  it.each([
    ['', 400, 'Request must specify run_id or run_uuid.'],
    ['run_uuid=RUN', 400, 'Request must specify path.'],
    ['run_uuid=RUN&path=', 400, 'Request must specify path.'],
    ['run_uuid=RUN&path=../x', 400, 'Invalid path'],
    ['run_id=RUN&path=by-id.txt', 200, undefined],
  ])('answers to an upload with %s', async (query, status, message) => {
    const answer = await api.send('POST', `/ajax-api/2.0/mlflow/upload-artifact?${query.replace('RUN', run)}`, 'x');
    expect([answer.status, answer.body['message']]).toEqual([status, message]);
  });

  it.each([
    '%252e%252e/x',
    '/etc/passwd',
    '%2fetc%2fpasswd',
    '%252fetc%252fpasswd',
    'a//b/c',
    '..%2fx',
    'a%00b',
    'a%5c..%5cb',
    '%23frag',
    'C:/x',
    'a/C:/x',
  ])('refuses the path %s and keeps nothing', async (path) => {
    const before = (await api.send('GET', `/artifacts/list?run_id=${run}`)).body;
    for (const method of ['PUT', 'GET', 'DELETE'] as const) {
      const { status } = await api.send(method, `${proxy}/${root}/${path}`, method === 'PUT' ? 'x' : undefined);
      expect([400, 404]).toContain(status);
    }
    expect((await api.send('GET', `/artifacts/list?run_id=${run}`)).body).toEqual(before);
  });
});
