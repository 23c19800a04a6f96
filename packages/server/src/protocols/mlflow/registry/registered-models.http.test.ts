import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabases } from '#platform/testing';
import { anMlflowApi, type MlflowApi } from '../fixtures/an-mlflow-api.ts';

const query = (values: Record<string, string | readonly string[]>): string =>
  Object.entries(values)
    .flatMap(([key, value]) => [value].flat().map((one) => `${key}=${encodeURIComponent(one)}`))
    .join('&');
const prompt = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];

describe.each(testDatabases)('registered models over MLflow on %s', (database) => {
  let api: MlflowApi;
  beforeAll(async () => {
    api = await anMlflowApi({ database });
  });
  afterAll(() => api.close());

  const post = (path: string, body: object) => api.send('POST', `/registered-models/${path}`, body);
  const get = (path: string, values: Parameters<typeof query>[0]) =>
    api.send('GET', `/registered-models/${path}?${query(values)}`);
  const remove = (path: string, body: object) => api.send('DELETE', `/registered-models/${path}`, body);
  const create = async (name: string, more: object = {}) =>
    (await post('create', { name, ...more })).body['registered_model'];
  const version = async (name: string, more: object = {}) =>
    (await api.send('POST', '/model-versions/create', { name, source: 's3://bucket/x', ...more })).body[
      'model_version'
    ];
  const failure = (status: number, code: string, message?: string) => ({
    status,
    body: { error_code: code, ...(message === undefined ? {} : { message: expect.stringContaining(message) }) },
  });
  const invalid = (message?: string) => failure(400, 'INVALID_PARAMETER_VALUE', message);
  const unknown = failure(404, 'RESOURCE_DOES_NOT_EXIST', 'Registered Model with name=nobody not found');

  it('creates a model of any name, whose versions need no approval', async () => {
    expect(await create('plain')).toEqual({
      name: 'plain',
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: expect.any(Number),
    });
    const tags = [{ key: 'a', value: '1' }, { key: 'b' }, { key: 'a', value: '2' }];
    expect(await create('Größe & Co. 100%', { description: 'd', tags })).toMatchObject({
      name: 'Größe & Co. 100%',
      description: 'd',
      tags: [
        { key: 'a', value: '2' },
        { key: 'b', value: '' },
      ],
    });
    expect(await api.registry.getModel(api.test.ctx, 'plain')).toMatchObject({
      approval: 'none',
      owner: 'local-owner',
    });
    expect((await create('n'.repeat(256))).name).toHaveLength(256);
    for (const name of ['', ' ', 'a/b', 'a:b', '.', '..', '..x', 'n'.repeat(257), 'a\0b', 5, null, ['x']])
      expect(await post('create', { name })).toMatchObject(invalid());
    for (const tag of [
      { value: 'x' },
      { key: 'a*b' },
      { key: '../a' },
      { key: 'k'.repeat(251) },
      { key: 'a', value: 'v'.repeat(100_001) },
      'x',
    ])
      expect(await post('create', { name: 'never', tags: [tag] })).toMatchObject(invalid());
    expect(await get('get', { name: 'never' })).toMatchObject({ status: 404 });
  });

  it('says what has a name that is taken', async () => {
    await create('taken');
    await create('said', { tags: prompt });
    const message = (name: string, more: object = {}) => post('create', { name, ...more });
    const exists = (text: string) => failure(400, 'RESOURCE_ALREADY_EXISTS', text);
    expect(await message('taken')).toMatchObject(exists('Registered Model (name=taken) already exists.'));
    expect(await message('said', { tags: prompt })).toMatchObject(exists('Prompt (name=said) already exists.'));
    expect(await message('said')).toMatchObject(exists('already taken by a prompt'));
    expect(await message('taken', { tags: prompt })).toMatchObject(exists('already taken by a registered model'));
  });

  it('describes, renames and deletes a model', async () => {
    const { creation_timestamp } = await create('first');
    await version('first');
    const described = await api.send('PATCH', '/registered-models/update', { name: 'first', description: 'words' });
    expect(described.body['registered_model']).toMatchObject({
      name: 'first',
      description: 'words',
      creation_timestamp,
    });
    const emptied = await api.send('PATCH', '/registered-models/update', { name: 'first' });
    expect(emptied.body['registered_model'].description).toBeUndefined();
    await create('second');
    expect(await post('rename', { name: 'first', new_name: 'second' })).toMatchObject(
      failure(400, 'RESOURCE_ALREADY_EXISTS', '(name=second) already exists'),
    );
    for (const new_name of ['', ' ', 'a/b', 'n'.repeat(257)])
      expect(await post('rename', { name: 'first', new_name })).toMatchObject(invalid());
    const renamed = await post('rename', { name: 'first', new_name: 'third' });
    expect(renamed.body['registered_model']).toMatchObject({
      name: 'third',
      latest_versions: [{ name: 'third', version: '1' }],
    });
    expect((await get('get', { name: 'first' })).status).toBe(404);
    expect(await remove('delete', { name: 'third' })).toMatchObject({ status: 200, body: {} });
    expect((await remove('delete', { name: 'third' })).status).toBe(404);
    expect((await api.send('GET', '/model-versions/get?name=third&version=1')).status).toBe(404);
    await create('third');
    expect((await version('third')).version).toBe('1');
  });

  it('tags a model', async () => {
    await create('tagged');
    const tags = async () => (await get('get', { name: 'tagged' })).body['registered_model'].tags;
    await post('set-tag', { name: 'tagged', key: 'a', value: '1' });
    await post('set-tag', { name: 'tagged', key: 'a', value: 'v'.repeat(100_000) });
    await post('set-tag', { name: 'tagged', key: 'b' });
    expect(await tags()).toMatchObject([{ key: 'a' }, { key: 'b', value: '' }]);
    expect(await remove('delete-tag', { name: 'tagged', key: 'a' })).toMatchObject({ status: 200, body: {} });
    expect(await remove('delete-tag', { name: 'tagged', key: 'a' })).toMatchObject({ status: 200, body: {} });
    expect(await tags()).toEqual([{ key: 'b', value: '' }]);
    for (const tag of [
      { key: '' },
      { value: 'x' },
      { key: 'a', value: 5 },
      { key: 'a', value: 'v'.repeat(100_001) },
      { key: '/a' },
    ])
      expect(await post('set-tag', { name: 'tagged', ...tag })).toMatchObject(invalid());
    expect(await api.send('DELETE', '/registered-models/delete-tag?name=tagged&key=b', {})).toMatchObject(
      invalid('name'),
    );
  });

  it('points aliases at versions, with regard to case', async () => {
    await create('aliased');
    for (let count = 0; count < 3; count++) await version('aliased');
    const set = (alias: string, to: unknown) => post('alias', { name: 'aliased', alias, version: to });
    const target = async (alias: string) => get('alias', { name: 'aliased', alias });
    for (const [alias, to] of [
      ['champion', '1'],
      ['Champion', '2'],
      ['ünï-1_', '1'],
      ['v3a', '3'],
      ['a'.repeat(255), '1'],
      ['champion', '3'],
    ] as const)
      expect(await set(alias, to)).toMatchObject({ status: 200, body: {} });
    expect((await target('champion')).body['model_version']).toMatchObject({
      version: '3',
      aliases: ['champion', 'v3a'],
    });
    expect((await target('Champion')).body['model_version'].version).toBe('2');
    expect(await target('CHAMPION')).toMatchObject(invalid('Registered model alias CHAMPION not found.'));
    for (const alias of ['latest', 'LATEST']) {
      expect(await set(alias, '1')).toMatchObject(invalid('reserved'));
      expect((await target(alias)).body['model_version'].version).toBe('3');
    }
    for (const alias of ['v3', 'V3', 'a b', 'a/b', '', 'a'.repeat(256)])
      expect(await set(alias, '1')).toMatchObject(invalid());
    for (const to of [1, 'q', '1.0', '', null]) expect(await set('x', to)).toMatchObject(invalid());
    expect(await set('x', '9')).toMatchObject(
      failure(404, 'RESOURCE_DOES_NOT_EXIST', 'Model Version (name=aliased, version=9) not found'),
    );
    const shown = (await get('get', { name: 'aliased' })).body['registered_model'];
    expect(shown.aliases).toContainEqual({ alias: 'Champion', version: '2' });
    for (let count = 0; count < 2; count++)
      expect(await remove('alias', { name: 'aliased', alias: 'Champion' })).toMatchObject({ status: 200, body: {} });
    await api.send('DELETE', '/model-versions/delete', { name: 'aliased', version: '3' });
    expect(await target('champion')).toMatchObject(invalid('not found'));
    expect((await target('latest')).body['model_version'].version).toBe('2');
    await create('versionless');
    expect(await get('alias', { name: 'versionless', alias: 'latest' })).toMatchObject(
      failure(404, 'RESOURCE_DOES_NOT_EXIST', 'Latest version not found for model versionless.'),
    );
  });

  it('leaves the aliases of a model that asks for approvals to those who approve', async () => {
    await api.registry.createModel(api.test.ctx, { name: 'guarded', approval: 'manual' });
    await version('guarded');
    expect(await post('alias', { name: 'guarded', alias: 'champion', version: '1' })).toMatchObject(
      invalid('Somebody other than local-owner who has the permission model:approve approves it'),
    );
    const user = { ...api.test.ctx.actor, id: 'usr_1', name: 'ed', kind: 'user' as const };
    const ctx = api.test.as({ ...user, grants: [{ role: 'approver', project: 'default', resource: null }] });
    const { items } = await api.registry.listVersions(ctx, 'guarded', {});
    await api.registry.decideApproval(ctx, items[0]?.id ?? '', { decision: 'approve', reason: 'seen', digest: null });
    expect(await post('alias', { name: 'guarded', alias: 'champion', version: '1' })).toMatchObject({ status: 200 });
    expect((await get('alias', { name: 'guarded', alias: 'champion' })).body['model_version'].version).toBe('1');
  });

  it('tells the newest version of each stage', async () => {
    await create('staged');
    for (let count = 0; count < 4; count++) await version('staged');
    const move = (to: string, stage: string, archive_existing_versions = false) =>
      api.send('POST', '/model-versions/transition-stage', {
        name: 'staged',
        version: to,
        stage,
        archive_existing_versions,
      });
    await move('1', 'production');
    await move('2', 'Production', true);
    await post('alias', { name: 'staged', alias: 'here', version: '2' });
    const numbers = (versions: { version: string; current_stage: string }[] = []) =>
      versions.map((one) => `${one.version} ${one.current_stage}`);
    const latest = async (body: object) =>
      numbers((await post('get-latest-versions', { name: 'staged', ...body })).body['model_versions']);
    expect(await latest({})).toEqual(['1 Archived', '2 Production', '4 None']);
    expect(await latest({ stages: ['PRODUCTION', 'staging'] })).toEqual(['2 Production']);
    const got = await get('get-latest-versions', { name: 'staged', stages: ['None', 'Archived'] });
    expect(numbers(got.body['model_versions'])).toEqual(['1 Archived', '4 None']);
    expect(
      (await post('get-latest-versions', { name: 'staged', stages: ['production'] })).body['model_versions'][0].aliases,
    ).toEqual(['here']);
    expect(await post('get-latest-versions', { name: 'staged', stages: ['staging'] })).toMatchObject({
      status: 200,
      body: {},
    });
    expect(await post('get-latest-versions', { name: 'staged', stages: ['x'] })).toMatchObject(
      invalid('Invalid Model Version stage'),
    );
    const shown = (await get('get', { name: 'staged' })).body['registered_model'];
    expect(numbers(shown.latest_versions)).toEqual(['1 Archived', '2 Production', '4 None']);
    expect(shown.latest_versions[1].aliases).toBeUndefined();
  });

  it('searches by name and tags, in any order, page by page, without prompts unless asked', async () => {
    for (const [name, tags] of [
      ['find-b', [{ key: 'team', value: 'red' }]],
      ['find-a', []],
      ['find-C', [{ key: 'team', value: 'blue' }]],
      ['find-prompt', prompt],
    ] as const)
      await create(name, { tags });
    await version('find-a');
    const names = async (filter: string, more: Parameters<typeof query>[0] = {}) => {
      const { body } = await get('search', { filter, ...more });
      return (body['registered_models'] ?? []).map((model: { name: string }) => model.name).join(' ');
    };
    const like = "name LIKE 'find-%'";
    expect(await names(like)).toBe('find-C find-a find-b');
    expect(await names("name ILIKE 'FIND-c'")).toBe('find-C');
    expect(await names(like, { order_by: 'name DESC' })).toBe('find-b find-a find-C');
    expect((await names(like, { order_by: ['last_updated_timestamp DESC', 'name'] })).split(' ')).toHaveLength(3);
    expect(await names(`${like} AND tags.team = 'red'`)).toBe('find-b');
    expect(await names(`${like} AND tags.team != 'red'`)).toBe('find-C');
    expect(await names(`${like} AND (tags.team = 'red' OR name = 'find-a')`)).toBe('find-a find-b');
    expect(await names(`${like} AND tags.\`mlflow.prompt.is_prompt\` = 'true'`)).toBe('find-prompt');
    expect(await names(`${like} AND tags.\`mlflow.prompt.is_prompt\` != 'false'`)).toBe('find-prompt');
    for (const said of ["= 'false'", "!= 'true'"])
      expect(await names(`${like} AND tags.\`mlflow.prompt.is_prompt\` ${said}`)).toBe('find-C find-a find-b');
    const first = await get('search', { filter: like, max_results: '2' });
    expect(first.body['registered_models'][1]).toMatchObject({ name: 'find-a', latest_versions: [{ version: '1' }] });
    const second = await get('search', { filter: like, max_results: '2', page_token: first.body['next_page_token'] });
    expect(second.body).toMatchObject({ registered_models: [{ name: 'find-b' }] });
    expect(second.body['next_page_token']).toBeUndefined();
    for (const values of [
      { max_results: '0' },
      { max_results: '1001' },
      { max_results: 'x' },
      { page_token: 'bogus' },
      { filter: "owner = 'x'" },
      { filter: "name > 'x'" },
      { filter: 'name =' },
      { order_by: 'creation_timestamp' },
      { order_by: ['name', 'name DESC'] },
    ])
      expect(await get('search', values as never)).toMatchObject(invalid());
  });

  it('knows nobody by a name that no model has', async () => {
    for (const answer of [
      await get('get', { name: 'nobody' }),
      await api.send('PATCH', '/registered-models/update', { name: 'nobody', description: 'x' }),
      await post('rename', { name: 'nobody', new_name: 'x' }),
      await remove('delete', { name: 'nobody' }),
      await post('get-latest-versions', { name: 'nobody' }),
      await post('set-tag', { name: 'nobody', key: 'a', value: 'b' }),
      await remove('delete-tag', { name: 'nobody', key: 'a' }),
      await remove('alias', { name: 'nobody', alias: 'a' }),
      await get('alias', { name: 'nobody', alias: 'a' }),
    ])
      expect(answer).toMatchObject(unknown);
    for (const answer of [
      await get('get', {}),
      await post('create', {}),
      await post('rename', { name: 'nobody' }),
      await remove('delete', {}),
      await post('alias', { name: 'nobody', alias: 'a' }),
      await get('alias', { name: 'nobody' }),
    ])
      expect(answer).toMatchObject(invalid('Missing value for required parameter'));
    const { id } = await api.registry.createModel(api.test.ctx, { name: 'by its name' });
    expect((await get('get', { name: id })).status).toBe(404);
  });
});
