import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '#platform/auth';
import { aServer, testPassword, type TestServer } from '../../../testing/server.ts';

const nextPassword = 'another long password';
const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

describe('users of MLflow', () => {
  let server: TestServer;
  const admin = basic('root', testPassword);
  beforeAll(async () => {
    server = await aServer();
    await server.app.platform.auth.createUser(
      systemActor('test'),
      { name: 'root', password: testPassword, admin: true },
      'test',
    );
  });
  afterAll(() => server.close());

  const send = async (
    method: InjectOptions['method'],
    path: string,
    body: object | null = null,
    headers: Record<string, string> = admin,
  ) => {
    const reply = await server.inject({
      method: method as 'GET',
      url: path.startsWith('/') ? path : `/api/2.0/mlflow/${path}`,
      headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body ? { payload: body } : {}),
    });
    const type = String(reply.headers['content-type']);
    // oxlint-disable-next-line typescript/no-explicit-any -- each test knows the answer to what it asked
    return { status: reply.statusCode, type, body: (type.includes('json') ? reply.json() : reply.body) as any };
  };
  const create = (username: string, password = testPassword) => send('POST', 'users/create', { username, password });

  it('sign in with each request; wrong ones are asked for name and password in plain text', async () => {
    expect(await send('GET', 'experiments/get?experiment_id=0')).toMatchObject({ status: 200 });
    expect(await send('GET', '/version')).toMatchObject({ status: 200, body: '3.18.0' });
    for (const path of ['experiments/get?experiment_id=0', '/version', '/get-artifact', 'no/such/route'])
      for (const headers of [{}, basic('root', 'wrong')]) {
        const url = path.startsWith('/') ? path : `/api/2.0/mlflow/${path}`;
        const reply = await server.inject({ url, headers });
        expect([reply.statusCode, reply.headers['www-authenticate']], path).toEqual([401, 'Basic realm="mlflow"']);
        expect(reply.headers['content-type'], path).toMatch(/^text\/plain/);
        expect(reply.body, path).toMatch(/^You are not authenticated\. /);
      }
  });

  it('are made, read, listed and disabled, and nothing tells their hashes', async () => {
    const made = await create('ann');
    expect(made).toMatchObject({ status: 200, body: { user: { username: 'ann', is_admin: false } } });
    const again = await create('ann');
    expect(again).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: 'User (username=ann) already exists.' },
    });
    expect(JSON.stringify([made.body, again.body])).not.toMatch(/scrypt|password|hash/i);
    expect((await create('bob', 'short')).body.error_code).toBe('INVALID_PARAMETER_VALUE');
    expect((await create('two words')).status).toBe(400);
    expect((await create('')).status).toBe(400);
    expect(await send('GET', 'users/get?username=ann')).toEqual(made);
    expect((await send('GET', 'users/get?username=nobody')).body.error_code).toBe('RESOURCE_DOES_NOT_EXIST');
    expect((await send('GET', 'users/get')).status).toBe(400);
    const list = (await send('GET', 'users/list')).body.users as { username: string; is_admin: boolean }[];
    expect(list.map(({ username, is_admin: isAdmin }) => [username, isAdmin])).toEqual([
      ['ann', false],
      ['root', true],
    ]);
    expect((await send('GET', '/ajax-api/2.0/mlflow/users/current')).body).toMatchObject({
      user: { username: 'root', is_admin: true },
      is_basic_auth: true,
    });
  });

  it('know of themselves only, and change their own password', async () => {
    const ann = basic('ann', testPassword);
    expect((await send('GET', 'users/get?username=ann', null, ann)).status).toBe(200);
    for (const name of ['root', 'nobody'])
      expect(await send('GET', `users/get?username=${name}`, null, ann)).toMatchObject({
        status: 403,
        type: /plain/,
        body: expect.stringMatching(/^Permission denied\. /),
      });
    expect((await send('GET', 'users/list', null, ann)).status).toBe(403);
    expect((await send('POST', 'users/create', { username: 'eve', password: testPassword }, ann)).status).toBe(403);
    expect((await send('PATCH', 'users/update-admin', { username: 'ann', is_admin: true }, ann)).status).toBe(403);
    const change = (fields: object, by = ann) =>
      send('PATCH', 'users/update-password', { username: 'ann', password: nextPassword, ...fields }, by);
    expect((await change({ username: 'root' })).status).toBe(403);
    expect((await change({})).body.message).toMatch(/Current password is required/);
    expect((await change({ current_password: 'wrong' })).status).toBe(400);
    expect((await change({ current_password: testPassword, password: 'short' })).status).toBe(400);
    expect((await change({ current_password: testPassword })).status).toBe(200);
    expect((await send('GET', '/version', null, ann)).status).toBe(401);
    expect((await send('GET', '/version', null, basic('ann', nextPassword))).status).toBe(200);
    expect((await change({ password: testPassword }, admin)).status).toBe(200);
    expect((await send('GET', '/version', null, ann)).status).toBe(200);
    expect((await change({ username: 'nobody' }, admin)).status).toBe(404);
  });

  it('become admins and no longer, but never the last one', async () => {
    const set = (username: string, isAdmin: unknown) =>
      send('PATCH', 'users/update-admin', { username, ...(isAdmin === undefined ? {} : { is_admin: isAdmin }) });
    expect((await set('ann', true)).status).toBe(200);
    expect((await send('GET', 'users/list', null, basic('ann', testPassword))).status).toBe(200);
    expect((await set('ann', false)).status).toBe(200);
    expect((await send('GET', 'users/list', null, basic('ann', testPassword))).status).toBe(403);
    expect((await set('root', false)).status).toBe(400);
    for (const wrong of [undefined, 'yes', 1]) expect((await set('ann', wrong)).status).toBe(400);
    expect((await set('nobody', true)).status).toBe(404);
  });

  it('that are deleted are disabled: they are gone for clients, and their name stays taken', async () => {
    await create('carl');
    expect((await send('DELETE', 'users/delete', { username: 'root' })).body.error_code).toBe('BAD_REQUEST');
    expect((await send('DELETE', 'users/delete', { username: 'carl' })).status).toBe(200);
    expect((await send('GET', '/version', null, basic('carl', testPassword))).status).toBe(401);
    expect((await send('DELETE', 'users/delete', { username: 'carl' })).status).toBe(404);
    expect((await send('GET', 'users/get?username=carl')).status).toBe(404);
    expect((await create('carl')).body.error_code).toBe('RESOURCE_ALREADY_EXISTS');
    expect(await server.app.platform.auth.findPrincipal('carl')).toMatchObject({ state: 'disabled' });
  });

  describe('with a permission on one experiment or model', () => {
    const dora = basic('dora', testPassword);
    const as = (method: InjectOptions['method'], path: string, body: object | null = null) =>
      send(method, path, body, dora);
    let mine = '';
    let other = '';
    let otherRun = '';
    const permit = (verb: string, permission?: string, more: object = {}) =>
      send(verb === 'create' ? 'POST' : verb === 'update' ? 'PATCH' : 'DELETE', `experiments/permissions/${verb}`, {
        username: 'dora',
        experiment_id: mine,
        ...(permission ? { permission } : {}),
        ...more,
      });
    const held = () => send('GET', `experiments/permissions/get?username=dora&experiment_id=${mine}`);

    beforeAll(async () => {
      await create('dora');
      mine = (await send('POST', 'experiments/create', { name: 'mine' })).body.experiment_id;
      other = (await send('POST', 'experiments/create', { name: 'other' })).body.experiment_id;
      otherRun = (await send('POST', 'runs/create', { experiment_id: other })).body.run.info.run_id;
      for (const name of ['ours', 'theirs']) await send('POST', 'registered-models/create', { name });
    });

    it('are given it, once, at a level that is changed and taken back', async () => {
      expect((await held()).status).toBe(404);
      expect((await as('GET', `experiments/get?experiment_id=${mine}`)).status).toBe(403);
      const made = await permit('create', 'READ');
      expect(made).toMatchObject({
        status: 200,
        body: { experiment_permission: { experiment_id: mine, permission: 'READ' } },
      });
      expect(await held()).toEqual(made);
      expect((await permit('create', 'EDIT')).body.error_code).toBe('RESOURCE_ALREADY_EXISTS');
      for (const [given, shown] of [
        ['USE', 'READ'],
        ['EDIT', 'EDIT'],
        ['MANAGE', 'MANAGE'],
        ['READ', 'READ'],
      ] as const) {
        expect((await permit('update', given)).status).toBe(200);
        expect((await held()).body.experiment_permission.permission).toBe(shown);
      }
      expect((await permit('update', 'BOGUS')).status).toBe(400);
      expect((await permit('create', 'READ', { username: 'nobody' })).status).toBe(404);
      expect((await permit('create', 'READ', { experiment_id: '777' })).status).toBe(404);
      expect((await permit('delete')).status).toBe(200);
      expect([(await permit('delete')).status, (await permit('update', 'READ')).status]).toEqual([404, 404]);
      expect((await permit('create', 'NO_PERMISSIONS')).status).toBe(200);
      expect((await as('GET', `experiments/get?experiment_id=${mine}`)).status).toBe(403);
    });

    it('read and log there, and nowhere else', async () => {
      await permit('create', 'READ');
      const read = async (path: string) => (await as('GET', path)).status;
      expect(await read(`experiments/get?experiment_id=${mine}`)).toBe(200);
      expect(await read('experiments/get-by-name?experiment_name=mine')).toBe(200);
      expect((await as('POST', 'runs/create', { experiment_id: mine })).status).toBe(403);
      await permit('update', 'EDIT');
      const made = await as('POST', 'runs/create', { experiment_id: mine });
      expect(made.status).toBe(200);
      const { run_id: runId } = made.body.run.info;
      const metric = { key: 'm', value: 1, timestamp: 1 };
      expect((await as('POST', 'runs/log-batch', { run_id: runId, metrics: [metric] })).status).toBe(200);
      expect((await as('POST', 'runs/log-metric', { run_uuid: runId, ...metric })).status).toBe(200);
      expect(await read(`runs/get?run_id=${runId}`)).toBe(200);
      expect(await read(`metrics/get-history?run_id=${runId}&metric_key=m`)).toBe(200);
      expect((await as('POST', 'runs/search', { experiment_ids: [mine] })).body.runs).toHaveLength(1);
      const model = (await as('POST', 'logged-models', { experiment_id: mine, name: 'x' })).body.model.info.model_id;
      expect(await read(`logged-models/${model}`)).toBe(200);
      const files = '/api/2.0/mlflow-artifacts/artifacts/';
      const put = async (path: string) =>
        (await server.inject({ method: 'PUT', url: `${files}${path}`, headers: dora, payload: 'x' })).statusCode;
      expect(await put(`${mine}/${runId}/artifacts/a.txt`)).toBe(200);
      expect(await read(`${files}${mine}/${runId}/artifacts/a.txt`)).toBe(200);
      expect(await read(`/get-artifact?run_id=${runId}&path=a.txt`)).toBe(200);
      expect(await read(`artifacts/list?run_id=${runId}`)).toBe(200);

      const theirModel = (await send('POST', 'logged-models', { experiment_id: other })).body.model.info.model_id;
      for (const path of [
        `experiments/get?experiment_id=${other}`,
        'experiments/get?experiment_id=777',
        'experiments/get-by-name?experiment_name=other',
        'experiments/get-by-name?experiment_name=none',
        `runs/get?run_id=${otherRun}`,
        `runs/get?run_id=${'0'.repeat(32)}`,
        `runs/get?run_id=${otherRun}&run_uuid=${runId}`,
        `metrics/get-history?run_id=${otherRun}&metric_key=m`,
        `/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=${runId}&run_id=${otherRun}&metric_key=m`,
        `logged-models/${theirModel}`,
        `${files}${mine}/${otherRun}/artifacts/a.txt`,
        `${files}${mine}/models/${theirModel}/artifacts/a.txt`,
        `${files}anything`,
        `${files.slice(0, -1)}?path=${mine}`,
        `/get-artifact?run_id=${otherRun}&path=a.txt`,
        'registered-models/get?name=ours',
      ])
        expect(await read(path), path).toBe(403);
      const listed = (await as('POST', 'experiments/search', { max_results: 5 })).body;
      expect(listed.experiments).toMatchObject([{ experiment_id: mine }]);
      const byName = { max_results: 5, filter: "name = 'other'" };
      expect((await as('POST', 'experiments/search', byName)).body).toEqual({});
      for (const path of ['registered-models/search', 'model-versions/search'])
        expect((await as('GET', path)).body, path).toEqual({});
      expect(await put(`${mine}/${otherRun}/artifacts/a.txt`)).toBe(403);
      for (const [path, body] of [
        ['runs/create', { experiment_id: other }],
        ['runs/create', {}],
        ['runs/search', { experiment_ids: [mine, other] }],
        ['runs/search', { experiment_ids: [] }],
        ['runs/search', {}],
        ['runs/log-metric', { run_id: otherRun, ...metric }],
        ['runs/log-batch', { run_id: runId, metrics: [{ ...metric, model_id: theirModel }] }],
        ['runs/log-inputs', { run_id: runId, models: [{ model_id: theirModel }] }],
        ['experiments/create', { name: 'new' }],
        ['experiments/permissions/create', { username: 'ann', experiment_id: mine, permission: 'READ' }],
      ] as const)
        expect((await as('POST', path, body)).status, `${path} ${JSON.stringify(body)}`).toBe(403);
    });

    it('let others in where they may manage, but not themselves', async () => {
      await permit('update', 'MANAGE');
      const give = (more: object) =>
        as('POST', 'experiments/permissions/create', {
          username: 'ann',
          experiment_id: mine,
          permission: 'READ',
          ...more,
        });
      expect((await give({})).status).toBe(200);
      expect((await give({ experiment_id: other })).status).toBe(403);
      expect(
        (
          await send(
            'PATCH',
            'experiments/permissions/update',
            { username: 'dora', experiment_id: mine, permission: 'READ' },
            dora,
          )
        ).status,
      ).toBe(400);
    });

    it('have it on a registered model likewise, and version it where they may read runs', async () => {
      const fields = { username: 'dora', name: 'ours', permission: 'EDIT' };
      const made = await send('POST', 'registered-models/permissions/create', fields);
      expect(made.body.registered_model_permission).toMatchObject({ name: 'ours', permission: 'EDIT' });
      const tag = (name: string) => as('POST', 'registered-models/set-tag', { name, key: 'k', value: 'v' });
      expect([(await tag('ours')).status, (await tag('theirs')).status]).toEqual([200, 403]);
      const source = { name: 'ours', source: 'mlflow-artifacts:/1/x' };
      expect((await as('POST', 'model-versions/create', source)).status).toBe(403);
      for (const name of ['ours', 'theirs'])
        expect((await send('POST', 'model-versions/create', { name, source: 's3://bucket/model' })).status).toBe(200);
      const found = (await as('GET', 'registered-models/search?max_results=1')).body;
      expect([found.registered_models.length, found.next_page_token]).toEqual([1, undefined]);
      expect(found.registered_models).toMatchObject([{ name: 'ours', latest_versions: [{ name: 'ours' }] }]);
      expect((await as('GET', 'model-versions/search')).body.model_versions).toMatchObject([{ name: 'ours' }]);
    });

    it('are asked about and given roles in the way of newer clients too', async () => {
      const at = (verb: string, fields: object, by = admin) =>
        send('POST', `/api/3.0/mlflow/users/permissions/${verb}`, { username: 'ann', ...fields }, by);
      const subject = { resource_type: 'registered_model', resource_id: 'theirs' };
      const about = async (name: string, type: string, id: string, by = admin) =>
        (
          await send(
            'GET',
            `/api/3.0/mlflow/users/permissions/get?username=${name}&resource_type=${type}&resource_id=${id}`,
            null,
            by,
          )
        ).body;
      expect((await at('grant', { ...subject, permission: 'EDIT' })).status).toBe(200);
      const grant = 'Permission for user=ann on resource_type=registered_model, resource_id=theirs';
      expect((await at('grant', { ...subject, permission: 'READ' })).body).toMatchObject({
        error_code: 'RESOURCE_ALREADY_EXISTS',
        message: `${grant} already exists.`,
      });
      expect(await about('ann', 'registered_model', 'theirs')).toEqual({ allowed: true, permission: 'EDIT' });
      expect(await about('ann', 'experiment', mine, basic('ann', testPassword))).toEqual({
        allowed: false,
        permission: 'READ',
      });
      expect(await about('ann', 'experiment', '777')).toEqual({ allowed: false, permission: 'NO_PERMISSIONS' });
      expect(await about('root', 'experiment', mine)).toEqual({ allowed: true, permission: 'MANAGE' });
      expect(await about('root', 'experiment', mine, dora)).toMatch(/permission/);
      expect((await at('revoke', subject)).status).toBe(200);
      expect(await at('revoke', subject)).toMatchObject({ status: 404, body: { message: `${grant} not found.` } });
      expect((await at('grant', { ...subject, permission: 'EDIT' }, dora)).status).toBe(403);
      for (const wrong of [
        { permission: 'DENY' },
        { permission: 'NO_PERMISSIONS' },
        { permission: 'READ', resource_id: '*' },
        { permission: 'READ', resource_type: 'spaceship' },
      ])
        expect((await at('grant', { ...subject, ...wrong })).status).toBe(400);
    });
  });
});
