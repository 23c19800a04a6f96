import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { anMlflowApi, type MlflowApi } from '../fixtures/an-mlflow-api.ts';

describe.each(testDatabases)('model versions over MLflow on %s', (database) => {
  let api: MlflowApi;
  beforeAll(async () => {
    api = await anMlflowApi({ database });
  });
  afterAll(() => api.close());

  const source = 's3://bucket/model';
  const aModel = async (name: string, versions = 0): Promise<void> => {
    await api.send('POST', '/registered-models/create', { name });
    for (let count = 0; count < versions; count++) await create({ name });
  };
  const create = (body: object) => api.send('POST', '/model-versions/create', { source, ...body });
  const get = (path: string, values: Record<string, string>) =>
    api.send('GET', `/model-versions/${path}?${new URLSearchParams(values)}`);
  const remove = (path: string, body: object) => api.send('DELETE', `/model-versions/${path}`, body);
  const post = (path: string, body: object) => api.send('POST', `/model-versions/${path}`, body);
  const invalid = { status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } };
  const unknown = (name: string, version: string) => ({
    status: 404,
    body: {
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: `Model Version (name=${name}, version=${version}) not found`,
    },
  });

  it('registers a version with all that its client says', async () => {
    await aModel('said');
    const tags = [{ key: 'team', value: 'risk' }];
    const body = { name: 'said', run_id: 'a'.repeat(32), run_link: 'http://x/y', description: 'd', tags };
    expect((await create({ name: 'said' })).body['model_version']).toEqual({
      name: 'said',
      version: '1',
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: expect.any(Number),
      current_stage: 'None',
      description: '',
      source,
      run_id: '',
      status: 'READY',
      run_link: '',
    });
    expect((await create(body)).body['model_version']).toMatchObject({ ...body, version: '2', source });
    expect(await create({ name: 'nobody' })).toMatchObject({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
    });
    for (const wrong of [
      { name: '' },
      {},
      { name: 'a/b' },
      { name: 'said', source: '' },
      { name: 'said', tags: [{ value: 'x' }] },
      { name: 'said', run_id: 5 },
    ])
      expect(await create(wrong)).toMatchObject(invalid);
    expect((await api.registry.getModel(api.test.ctx, 'said')).versionCount).toBe(2);
  });

  it('tells who registered what, and that nobody was asked', async () => {
    await aModel('audited');
    await create({ name: 'audited' });
    const [version] = (await api.registry.listVersions(api.test.ctx, 'audited', {})).items;
    expect(version?.approval).toMatchObject({
      state: 'approved',
      by: 'local-owner',
      reason: 'This model asks for no approval.',
    });
    await api.registry.createModel(api.test.ctx, { name: 'gated' });
    await create({ name: 'gated' });
    expect((await api.registry.listVersions(api.test.ctx, 'gated', {})).items[0]?.approval.state).toBe('pending');
  });

  it('reads a version by its number as text', async () => {
    await aModel('numbered', 2);
    for (const version of ['2', ' 2 ', '02', '+2'])
      expect((await get('get', { name: 'numbered', version })).body['model_version'].version).toBe('2');
    for (const version of ['9', '0', '-1'])
      expect(await get('get', { name: 'numbered', version })).toMatchObject(unknown('numbered', version));
    expect((await get('get', { name: 'numbered', version: '9'.repeat(30) })).status).toBe(404);
    expect(await get('get', { name: 'nobody', version: '1' })).toMatchObject(unknown('nobody', '1'));
    for (const values of [
      { version: '1' },
      { name: 'numbered' },
      { name: 'numbered', version: 'x' },
      { name: 'numbered', version: '1.0' },
    ])
      expect(await get('get', values as never)).toMatchObject(invalid);
    expect(
      await api.send('PATCH', '/model-versions/update', { name: 'numbered', version: 1, description: 'x' }),
    ).toMatchObject(invalid);
  });

  it('describes and tags a version', async () => {
    await aModel('edited', 1);
    const one = { name: 'edited', version: '1' };
    const updated = await api.send('PATCH', '/model-versions/update', { ...one, description: 'new' });
    expect(updated.body['model_version'].description).toBe('new');
    for (const [key, value] of [
      ['a', '1'],
      ['b', undefined],
      ['a', '2'],
    ] as const)
      await post('set-tag', { ...one, key, value });
    expect((await get('get', one)).body['model_version'].tags).toEqual([
      { key: 'a', value: '2' },
      { key: 'b', value: '' },
    ]);
    for (let count = 0; count < 2; count++)
      expect(await remove('delete-tag', { ...one, key: 'a' })).toMatchObject({ status: 200, body: {} });
    expect((await get('get', one)).body['model_version'].tags).toEqual([{ key: 'b', value: '' }]);
    expect(await post('set-tag', { ...one, version: '9', key: 'a' })).toMatchObject(unknown('edited', '9'));
    expect(await remove('delete-tag', { ...one, version: '9', key: 'a' })).toMatchObject(unknown('edited', '9'));
    for (const tag of [{ key: '' }, { key: 'a', value: 'v'.repeat(100_001) }, { key: '..' }])
      expect(await post('set-tag', { ...one, ...tag })).toMatchObject(invalid);
  });

  it('moves a version to a stage in whatever case, and the others out of it', async () => {
    await aModel('staged', 3);
    const move = (version: string, stage: unknown, archive?: unknown) =>
      post('transition-stage', { name: 'staged', version, stage, archive_existing_versions: archive });
    expect((await move('1', 'sTaGiNg')).body['model_version'].current_stage).toBe('Staging');
    expect((await move('2', 'staging', true)).body['model_version'].current_stage).toBe('Staging');
    const stages = (await api.registry.listVersions(api.test.ctx, 'staged', {})).items.map(({ stage }) => stage);
    expect(stages).toEqual(['None', 'Staging', 'Archived']);
    for (const [stage, archive] of [
      ['None', true],
      ['Archived', true],
      ['Bogus', false],
      ['', false],
      [undefined, false],
      ['Staging', 'true'],
    ])
      expect(await move('1', stage, archive)).toMatchObject(invalid);
    expect(await move('9', 'Staging')).toMatchObject(unknown('staged', '9'));
  });

  it('deletes a version for good, and gives its number to no other', async () => {
    await aModel('deleted', 2);
    const two = { name: 'deleted', version: '2' };
    expect(await remove('delete', two)).toMatchObject({ status: 200, body: {} });
    for (const answer of [await remove('delete', two), await get('get', two), await get('get-download-uri', two)])
      expect(answer).toMatchObject(unknown('deleted', '2'));
    expect((await create({ name: 'deleted' })).body['model_version'].version).toBe('3');
    expect(await remove('delete', { name: 'deleted' })).toMatchObject(invalid);
  });

  it('shows a version that was trained here as the files of its run', async () => {
    const { run_id } = (await api.send('POST', '/runs/create', { experiment_id: '0' })).body['run'].info;
    const run = (await api.experiments.searchRuns(api.test.ctx, { experiments: null, filter: null, limit: 1 }))
      .items[0];
    const blob = await api.test.platform.blobs.put(Buffer.from('an ONNX file'));
    const runId = run?.id ?? '';
    api.trained.set(runId, {
      runId,
      datasetVersionId: 'dsv_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C',
      modelDigest: blob.digest,
      modelSizeBytes: blob.sizeBytes,
      signature: { task: 'regression', target: 'y', classes: null, inputs: [], outputs: [] },
      trainRows: 1,
      holdoutFrom: 1,
      holdoutRows: 1,
      maxDifference: 0,
      droppedRows: 0,
      window: null,
      holdoutFraction: 0.5,
      timeColumn: null,
    });
    await api.registry.createModel(api.test.ctx, { name: 'trained' });
    await api.registry.registerVersion(api.test.ctx, 'trained', { runId, note: 'from here' });
    const one = { name: 'trained', version: '1' };
    const expected = { ...one, source: `runs:/${run_id}`, run_id, description: 'from here', status: 'READY' };
    expect((await get('get', one)).body['model_version']).toMatchObject(expected);
    expect((await get('get-download-uri', one)).body).toEqual({ artifact_uri: `runs:/${run_id}` });
    for (const filter of [`run_id = '${run_id}'`, `source_path = 'runs:/${run_id}'`])
      expect((await get('search', { filter })).body['model_versions']).toMatchObject([expected]);
  });

  it('notices on the way to the files that they are others now', async () => {
    await api.send('POST', '/registered-models/create', { name: 'watched' });
    const { run_id } = (await api.send('POST', '/runs/create', { experiment_id: '0' })).body['run'].info;
    const put = (content: string) =>
      api.send('PUT', `/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/model/MLmodel`, content);
    expect((await put('{}')).status).toBe(200);
    await create({ name: 'watched', source: `runs:/${run_id}/model`, run_id });
    const uri = () => get('get-download-uri', { name: 'watched', version: '1' });
    const state = async () => (await api.registry.listVersions(api.test.ctx, 'watched', {})).items[0]?.approval.state;
    expect([(await uri()).body['artifact_uri'], await state()]).toEqual([`runs:/${run_id}/model`, 'approved']);
    await put('{"other":1}');
    expect([(await uri()).body['artifact_uri'], await state()]).toEqual([`runs:/${run_id}/model`, 'pending']);
    expect(
      await api.send('POST', '/registered-models/alias', { name: 'watched', alias: 'champion', version: '1' }),
    ).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("Version 1 of 'watched' is pending") },
    });
  });

  it('searches by everything a version has, newest change first unless told otherwise', async () => {
    await aModel('s-one', 3);
    await aModel('s-two', 1);
    await create({
      name: 's-two',
      run_id: 'c'.repeat(32),
      source: 's3://bucket/other',
      tags: [{ key: 'k', value: 'v' }],
    });
    await api.send('POST', '/registered-models/create', {
      name: 's-words',
      tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }],
    });
    await create({
      name: 's-words',
      source: 'dummy-source',
      tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }],
    });
    await api.send('POST', '/registered-models/alias', { name: 's-two', alias: 'best', version: '2' });
    const found = async (filter: string, more: Record<string, string> = {}) => {
      const { body } = await get('search', { filter, order_by: 'name', ...more });
      return (body['model_versions'] ?? [])
        .map((one: { name: string; version: string }) => `${one.name}/${one.version}`)
        .join(' ');
    };
    const mine = "name LIKE 's-%'";
    expect(await found(mine)).toBe('s-one/3 s-one/2 s-one/1 s-two/2 s-two/1');
    expect(await found(mine, { order_by: 'version_number DESC' })).toBe('s-one/3 s-one/2 s-two/2 s-one/1 s-two/1');
    expect(await found("name = 's-one' and version_number > 1", { order_by: 'version_number ASC' })).toBe(
      's-one/2 s-one/3',
    );
    for (const filter of [
      `run_id = '${'c'.repeat(32)}'`,
      `run_id IN ('x', '${'c'.repeat(32)}')`,
      "run_id LIKE 'ccc%'",
      "source_path = 's3://bucket/other'",
      "tags.k = 'v'",
      "name = 's-two' AND NOT run_id = ''",
    ])
      expect(await found(`${mine} AND ${filter}`)).toBe('s-two/2');
    expect(await found("name = 's-words' AND tags.`mlflow.prompt.is_prompt` = 'true'")).toBe('s-words/1');
    const shown = (await get('search', { filter: "tags.k = 'v'" })).body['model_versions'][0];
    expect(shown.aliases).toBeUndefined();
    await api.send('PATCH', '/model-versions/update', { name: 's-one', version: '1', description: 'touched' });
    const newest = (await get('search', { filter: mine, max_results: '1' })).body;
    expect(newest['model_versions'][0]).toMatchObject({ name: 's-one', version: '1', description: 'touched' });
    const next = await get('search', { filter: mine, page_token: newest['next_page_token'] });
    expect(next.body['model_versions']).toHaveLength(4);
    for (const values of [
      { max_results: '0' },
      { max_results: '200001' },
      { filter: "current_stage = 'None'" },
      { filter: "version_number = 'x'" },
      { order_by: 'source_path' },
      { page_token: 'bogus' },
    ])
      expect(await get('search', values as never)).toMatchObject(invalid);
  });
});
