import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { anMlflowApi, type MlflowApi } from '../fixtures/an-mlflow-api.ts';

/** What has been tried on registries, and every other spelling of it. `PORT`: a server that counts who comes. */
const refused = [
  // Files of the server.
  '/etc/passwd',
  'etc/passwd',
  'file:///etc/passwd',
  'file:/etc/passwd',
  'FILE:///etc/passwd',
  'file:etc/passwd',
  'file://localhost/etc/passwd',
  'file://host/share/x',
  ' file:///etc/passwd',
  'file:%2f%2f%2fetc',
  '%66ile:///etc',
  '~/secret',
  '.',
  '..',
  'C:\\Windows\\win.ini',
  'c:/windows',
  '\\\\host\\share',
  'jar:file:///x!/y',
  'dummy-source',
  // Ways out of a folder.
  's3://b/../x',
  's3://b/x/..',
  's3://b/%2e%2e/x',
  's3://b/..%2fx',
  's3://b/%252e%252e%252fx',
  's3://b/./x',
  's3://b/x\\..\\..\\y',
  's3://b/x%5c..%5cy',
  's3:../x',
  's3://b',
  's3://b/',
  's3:',
  'mlflow-artifacts:/..',
  'mlflow-artifacts:/../../etc',
  'mlflow-artifacts:/0/%2e%2e/x',
  'mlflow-artifacts:/0/%252e%252e/x',
  'runs:/x/../y',
  // What one reader takes for a part of the path, and the next one does not.
  's3://b/x#/../../etc/',
  's3://b/x?y=/../../etc',
  's3://b/x;/../etc',
  's3://b/x\0y',
  's3://b/x%00',
  's3://b/x\ny',
  's3://b/x#y',
  's3://b/x?y=z',
  's3://b/x;y',
  'runs:/x/y#z',
  's3://b/x%23y',
  // Pages and scripts.
  'http://example.com/model',
  'https://example.com/model',
  'HTTPS://example.com/model',
  'ftp://h/x',
  'sftp://h/x',
  'hdfs://h:9000/x',
  'viewfs:/x',
  'r2://b@h/x',
  'b2://b@h/x',
  'abfss://f@h/x',
  'http:///#/../../etc/',
  'gopher://h/x',
  'javascript:/alert(1)',
  'data:text/plain,x',
  'data:/x',
  'https://h/api/2.0/mlflow-artifacts/artifacts/0/x',
  'mlflow-artifacts://example.com/0/x/artifacts',
  // The machine itself and what clouds tell their machines.
  'http://127.0.0.1:PORT/x',
  'http://localhost:PORT/x',
  'swift://127.0.0.1:PORT/x',
  'swift://user@127.0.0.1:PORT/x',
  'swift://2130706433:PORT/x',
  'swift://0x7f.1:PORT/x',
  'swift://0177.0.0.1:PORT/x',
  'swift://[::1]:PORT/x',
  'swift://[::ffff:127.0.0.1]:PORT/x',
  'swift://0.0.0.0:PORT/x',
  'swift://LOCALHOST.:PORT/x',
  'swift://a.localhost/x',
  'http://169.254.169.254/latest/meta-data',
  'swift://169.254.169.254/x',
  'swift://[fd00:ec2::254]/x',
  'swift://[::ffff:a9fe:a9fe]/x',
  'swift://metadata.google.internal/x',
  's3://169.254.169.254/x',
  'swift://[fe80::1]/x',
  // References to nothing, and to somebody else's things.
  'models:/',
  'models:/a/b/c',
  'models:/name@',
  'models:/name/',
  'models://host/name/1',
  'runs:/',
  'runs:',
  `runs:/${'b'.repeat(32)}/model`,
  'runs://host/x/y',
  `mlflow-artifacts:/0/${'b'.repeat(32)}/artifacts/m`,
  `models:/m-${'0'.repeat(32)}`,
  `s3://b/${'x'.repeat(10_000)}`,
];

describe.each(testDatabases)('sources of model versions over MLflow on %s', (database) => {
  let api: MlflowApi;
  let visits = 0;
  let anyRun = '';
  const visited: Server = createServer((_request, reply) => {
    visits++;
    reply.end('secret');
  });
  beforeAll(async () => {
    api = await anMlflowApi({ database });
    await new Promise<void>((resolve) => visited.listen(0, '127.0.0.1', resolve));
    await api.send('POST', '/registered-models/create', { name: 'm' });
    anyRun = await aRun();
  });
  afterAll(async () => {
    visited.close();
    await api.close();
  });

  const create = (body: object) => api.send('POST', '/model-versions/create', { name: 'm', ...body });
  const aRun = async (): Promise<string> =>
    (await api.send('POST', '/runs/create', { experiment_id: '0' })).body['run'].info.run_id;
  const put = (root: string, path: string, content: string) =>
    api.experiments.putFile(api.test.ctx, { root, path }, Buffer.from(content), 'text/plain');
  const native = async (wire: string) =>
    (
      await api.experiments.searchRuns(api.test.ctx, {
        experiments: null,
        filter: { kind: 'compare', path: ['hex'], operator: '=', value: wire },
        limit: 1,
      })
    ).items[0]?.id ?? '';
  const uriOf = async (version: string) =>
    (await api.send('GET', `/model-versions/get-download-uri?name=m&version=${version}`)).body['artifact_uri'];

  it.each(refused)('refuses %j, and asks nobody', async (spelling) => {
    const source = spelling.replace('PORT', String((visited.address() as AddressInfo).port));
    for (const more of [{}, { run_id: anyRun }]) {
      const answer = await create({ source, ...more });
      expect([answer.status, answer.body['error_code']]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    }
    // A tag that says it was a prompt opens no door.
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    if (source !== 'dummy-source') expect((await create({ source, tags })).status).toBe(400);
    expect((await api.registry.getModel(api.test.ctx, 'm')).versionCount).toBe(0);
    expect(visits).toBe(0);
  });

  it('takes stores by their addresses, without looking', async () => {
    await api.send('POST', '/registered-models/create', { name: 'stores' });
    for (const source of [
      's3://bucket/a b/model',
      'gs://b//x/',
      'dbfs:/x',
      'wasbs://c@account.blob.core.windows.net/x',
      's3://my_bucket/ü',
    ]) {
      const { status, body } = await create({ name: 'stores', source });
      expect([status, body['model_version']?.source]).toEqual([200, source]);
    }
    const [version] = (await api.registry.listVersions(api.test.ctx, 'stores', {})).items;
    expect(version).toMatchObject({ format: 'mlflow', digest: null, sizeBytes: null });
  });

  it('binds a version to the files of its run, named in either way', async () => {
    const run = await aRun();
    await put(await native(run), 'model/MLmodel', 'flavors: {}');
    const other = await aRun();
    const artifacts = `mlflow-artifacts:/0/${run}/artifacts`;
    const digests = new Set<string | null>();
    for (const source of [`runs:/${run}/model`, `${artifacts}/model`, `${artifacts}/model/`]) {
      const { status, body } = await create({ source, run_id: run });
      expect([status, body['model_version']?.run_id]).toEqual([200, run]);
      const { number } = { number: Number(body['model_version'].version) };
      const model = await api.registry.getModel(api.test.ctx, 'm');
      const saved = await api.registry.versionNumbered(api.test.ctx, model.id, number);
      expect(saved).toMatchObject({ sizeBytes: 11, runId: await native(run), namedRun: run });
      digests.add(saved?.digest ?? null);
      expect(await uriOf(String(number))).toBe(source);
    }
    expect([...digests]).toEqual([expect.stringMatching(/^sha256:/)]);
    for (const body of [
      { source: `runs:/${run}/model` },
      { source: `runs:/${run}/model`, run_id: other },
      { source: `${artifacts}/model` },
      { source: `${artifacts}/model`, run_id: other },
      { source: `${artifacts}x/model`, run_id: run },
      { source: 'mlflow-artifacts:/0', run_id: run },
    ])
      expect((await create(body)).body).toMatchObject({
        error_code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('run_id request parameter must identify'),
      });
  });

  it('makes a version of a logged model, which then knows its versions', async () => {
    const run = await aRun();
    const { info } = (await api.send('POST', '/logged-models', { experiment_id: '0', name: 'lm', source_run_id: run }))
      .body['model'];
    const [model_id, uri] = [String(info.model_id), String(info.artifact_uri)];
    for (const source of [`models:/${model_id}`, uri, `${uri}/part`, 's3://bucket/x']) {
      const { status, body } = await create({ source, model_id });
      expect([status, body['model_version']?.run_id]).toEqual([200, run]);
      const version = String(body['model_version'].version);
      expect(await uriOf(version)).toBe(source.startsWith('models:') ? uri : source);
    }
    const { tags } = (await api.send('GET', `/logged-models/${model_id}`)).body['model'].info;
    const { value } = tags.find((tag: { key: string }) => tag.key === 'mlflow.modelVersions');
    expect(JSON.parse(value)).toHaveLength(4);
    expect(JSON.parse(value)[0]).toEqual({ name: 'm', version: expect.any(Number) });
    for (const body of [
      { source: `models:/${model_id}` },
      { source: `models:/${model_id}`, run_id: run },
      { source: `models:/m-${'0'.repeat(32)}`, model_id },
      { source: `models:/${model_id}`, model_id: `m-${'0'.repeat(32)}` },
      { source: `runs:/${run}/model`, model_id, run_id: run },
      { source: `mlflow-artifacts:/0/${run}/artifacts/model`, model_id },
    ])
      expect((await create(body)).body).toMatchObject({
        error_code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('model_id request parameter must identify'),
      });
    expect((await create({ source: 's3://b/x', model_id: `m-${'0'.repeat(32)}` })).status).toBe(404);
  });

  it('makes a version of a version of another model, by number, alias, stage or the newest', async () => {
    const run = await aRun();
    await api.send('POST', '/registered-models/create', { name: 'origin' });
    for (const path of ['one', 'two']) await create({ name: 'origin', source: `runs:/${run}/${path}`, run_id: run });
    await api.send('POST', '/registered-models/alias', { name: 'origin', alias: 'best', version: '1' });
    await api.send('POST', '/model-versions/transition-stage', { name: 'origin', version: '1', stage: 'Staging' });
    for (const [reference, number, path] of [
      ['/2', 2, 'two'],
      ['@best', 1, 'one'],
      ['/staging', 1, 'one'],
      ['/latest', 2, 'two'],
    ] as const) {
      const { model_version: version } = (await create({ source: `models:/origin${reference}` })).body;
      expect(version).toMatchObject({ source: `models:/origin/${number}`, run_id: run });
      expect(await uriOf(version.version)).toBe(`runs:/${run}/${path}`);
    }
    const other = await aRun();
    expect((await create({ source: 'models:/origin/1', run_id: other })).status).toBe(400);
    expect((await create({ source: 'models:/origin/1', run_id: run })).status).toBe(200);
    for (const source of ['models:/origin/9', 'models:/nobody/1', 'models:/origin/Production'])
      expect((await create({ source })).body['error_code']).toBe('RESOURCE_DOES_NOT_EXIST');
    await api.send('POST', '/registered-models/create', {
      name: 'words',
      tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }],
    });
    expect((await create({ source: 'models:/words/1' })).body['message']).toContain('Prompt versions');
  });
});
