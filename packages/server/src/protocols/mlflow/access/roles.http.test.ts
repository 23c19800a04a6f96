import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemActor } from '#platform/auth';
import { testDatabases } from '#platform/testing';
import { aServer, testPassword, type TestServer } from '../../../testing/server.ts';

const basic = (name: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${testPassword}`).toString('base64')}`,
});
const v3 = '/api/3.0/mlflow';

describe.each(testDatabases)('roles of MLflow on %s', (database) => {
  let server: TestServer;
  const admin = basic('root');
  beforeAll(async () => {
    server = await aServer({ database });
    const { auth } = server.app.platform;
    const by = systemActor('test');
    await auth.createUser(by, { name: 'root', password: testPassword, admin: true }, 'test');
    for (const name of ['ann', 'bob', 'eve']) await auth.createUser(by, { name, password: testPassword }, 'test');
    await auth.createProject(by, { name: 'other' }, 'test');
    await auth.createGrant(by, { principal: 'eve', role: 'admin', project: 'other' }, 'test');
  });
  afterAll(() => server.close());

  const send = async (method: string, path: string, body: object | null = null, headers: object = admin) => {
    const reply = await server.inject({
      method: method as 'GET',
      url: path.startsWith('/') ? path : `${v3}/${path}`,
      headers: { ...headers, ...(body === null ? {} : { 'content-type': 'application/json' }) },
      ...(body === null ? {} : { payload: body }),
    });
    const isJson = String(reply.headers['content-type']).includes('json');
    // oxlint-disable-next-line typescript/no-explicit-any -- each test knows the answer to what it asked
    return { status: reply.statusCode, body: (isJson ? reply.json() : reply.body) as any };
  };
  const aRole = async (name: string, workspace = 'default', description?: string) =>
    (await send('POST', 'roles/create', { name, workspace, description })).body.role;
  const permit = (role: number, type: string, pattern: string, permission: string) =>
    send('POST', 'roles/permissions/add', {
      role_id: role,
      resource_type: type,
      resource_pattern: pattern,
      permission,
    });
  const assign = (username: string, role: number) => send('POST', 'roles/assign', { username, role_id: role });
  const experiment = async (name: string) =>
    (await send('POST', '/api/2.0/mlflow/experiments/create', { name })).body.experiment_id as string;
  const read = (id: string, headers: object) =>
    send('GET', `/api/2.0/mlflow/experiments/get?experiment_id=${id}`, null, headers);
  const tag = (id: string, headers: object) =>
    send(
      'POST',
      '/api/2.0/mlflow/experiments/set-experiment-tag',
      { experiment_id: id, key: 'k', value: 'v' },
      headers,
    );

  it('are made, read, listed, renamed and deleted', async () => {
    const role = await aRole('readers', 'default', 'Who looks');
    expect(role).toEqual({
      id: expect.any(Number),
      name: 'readers',
      workspace: 'default',
      description: 'Who looks',
      permissions: [],
    });
    expect((await aRole('plain')).description).toBeNull();
    const again = await send('POST', 'roles/create', { name: 'readers', workspace: 'default' });
    expect([again.status, again.body.error_code]).toEqual([400, 'RESOURCE_ALREADY_EXISTS']);
    expect((await aRole('readers', 'other')).id).not.toBe(role.id);
    expect((await send('GET', `roles/get?role_id=${role.id}`)).body.role).toEqual(role);
    const names = async (query: string) =>
      (await send('GET', `roles/list${query}`)).body.roles.map((one: { name: string }) => one.name);
    expect(await names('?workspace=other')).toEqual(['readers']);
    expect(await names('?workspace=other&workspace=default')).toEqual(['readers', 'plain', 'readers']);
    expect(await names('')).toHaveLength(3);
    const renamed = await send('PATCH', 'roles/update', { role_id: role.id, name: 'lookers' });
    expect(renamed.body.role).toMatchObject({ id: role.id, name: 'lookers', description: 'Who looks' });
    expect((await send('PATCH', 'roles/update', { role_id: role.id, name: 'plain' })).body.error_code).toBe(
      'RESOURCE_ALREADY_EXISTS',
    );
    expect(await send('DELETE', 'roles/delete', { role_id: role.id })).toEqual({ status: 200, body: {} });
    expect((await send('GET', `roles/get?role_id=${role.id}`)).body).toMatchObject({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: `Role with id=${role.id} not found`,
    });
  });

  it('give their members what they permit, until it is taken away', async () => {
    const [mine, theirs] = [await experiment(`mine-${database}`), await experiment(`theirs-${database}`)];
    const { id } = await aRole('editors');
    expect((await read(mine, basic('ann'))).status).toBe(403);
    expect(await assign('ann', id)).toMatchObject({ status: 200, body: { assignment: { role_id: id } } });
    expect((await assign('ann', id)).body.error_code).toBe('RESOURCE_ALREADY_EXISTS');
    const one = await permit(id, 'experiment', mine, 'READ');
    expect(one.body.role_permission).toEqual({
      id: expect.any(Number),
      role_id: id,
      resource_type: 'experiment',
      resource_pattern: mine,
      permission: 'READ',
    });
    expect((await permit(id, 'experiment', mine, 'EDIT')).body.error_code).toBe('RESOURCE_ALREADY_EXISTS');
    expect((await read(mine, basic('ann'))).status).toBe(200);
    expect((await read(theirs, basic('ann'))).status).toBe(403);
    expect((await read(mine, basic('bob'))).status).toBe(403);
    expect((await tag(mine, basic('ann'))).status).toBe(403);
    const { id: permission } = one.body.role_permission;
    const raised = await send('PATCH', 'roles/permissions/update', {
      role_permission_id: permission,
      permission: 'EDIT',
    });
    expect(raised.body.role_permission).toMatchObject({ id: permission, permission: 'EDIT' });
    expect((await tag(mine, basic('ann'))).status).toBe(200);
    await permit(id, 'experiment', '*', 'USE');
    expect((await read(theirs, basic('ann'))).status).toBe(200);
    expect((await tag(theirs, basic('ann'))).status).toBe(403);
    await send('DELETE', 'roles/permissions/remove', { role_permission_id: permission });
    expect((await tag(mine, basic('ann'))).status).toBe(403);
    expect((await read(mine, basic('ann'))).status).toBe(200);
    expect(await send('DELETE', 'roles/unassign', { username: 'ann', role_id: id })).toEqual({ status: 200, body: {} });
    expect((await read(mine, basic('ann'))).status).toBe(403);
    expect((await send('DELETE', 'roles/unassign', { username: 'ann', role_id: id })).body.error_code).toBe(
      'RESOURCE_DOES_NOT_EXIST',
    );
  });

  it('make somebody admin of a workspace, who then hands out roles there and nowhere else', async () => {
    const { id } = await aRole('admins');
    await permit(id, 'workspace', '*', 'MANAGE');
    await assign('bob', id);
    const made = await send('POST', 'roles/create', { name: 'by-bob', workspace: 'default' }, basic('bob'));
    expect(made.status).toBe(200);
    for (const [method, path, body] of [
      ['POST', 'roles/create', { name: 'x', workspace: 'other' }],
      ['GET', 'roles/list', null],
      ['GET', 'roles/list?workspace=other', null],
      ['POST', 'roles/assign', { username: 'ann', role_id: (await aRole('far', 'other')).id }],
    ] as const)
      expect((await send(method, path, body, basic('bob'))).status, path).toBe(403);
    // Nobody raises their own rights.
    const own = { role_id: id, resource_type: 'experiment', resource_pattern: '*', permission: 'EDIT' };
    expect((await send('POST', 'roles/permissions/add', own, basic('bob'))).status).toBe(400);
    const self = { username: 'bob', role_id: made.body.role.id };
    expect((await send('POST', 'roles/assign', self, basic('bob'))).status).toBe(400);
    await send('DELETE', 'roles/delete', { role_id: id });
    expect((await send('GET', 'roles/list?workspace=default', null, basic('bob'))).status).toBe(403);
  });

  it('are told with what else somebody was given', async () => {
    const { id } = await aRole('listed');
    await permit(id, 'registered_model', '*', 'EDIT');
    await assign('ann', id);
    const mine = await experiment(`listed-${database}`);
    await send('POST', 'users/permissions/grant', {
      username: 'ann',
      resource_type: 'experiment',
      resource_id: mine,
      permission: 'MANAGE',
    });
    const listed = { is_admin: false, permissions: expect.any(Array) };
    const asAdmin = await send('GET', 'users/permissions/list?username=ann');
    expect(asAdmin.body).toEqual(listed);
    expect(asAdmin.body.permissions).toMatchObject(
      [
        { role_name: 'listed', workspace: 'default', resource_type: 'registered_model', resource_pattern: '*' },
        { role_name: /^__user_/, workspace: 'default', resource_pattern: mine, permission: 'MANAGE' },
      ].map((row) => ({ ...row, role_name: expect.stringMatching(row.role_name) })),
    );
    expect((await send('GET', 'users/current/permissions', null, basic('ann'))).body).toEqual(asAdmin.body);
    const roles = await send('GET', 'users/roles/list?username=ann', null, basic('ann'));
    expect(roles.body.roles).toMatchObject([{ id, name: 'listed' }]);
    expect((await send('GET', `roles/get?role_id=${id}`, null, basic('ann'))).status).toBe(200);
    expect((await send('GET', `roles/users/list?role_id=${id}`)).body.assignments).toMatchObject([{ role_id: id }]);
    const users = (await send('GET', '/api/2.0/mlflow/users/list')).body.users;
    expect(users.find((one: { username: string }) => one.username === 'ann').roles).toMatchObject([{ id }]);
    // Whoever is admin elsewhere sees nothing of it.
    const inOther = { ...basic('eve'), 'x-mlflow-workspace': 'other' };
    expect((await send('GET', 'users/roles/list?username=ann', null, inOther)).body).toEqual({ roles: [] });
    expect((await send('GET', 'users/permissions/list?username=ann', null, basic('bob'))).status).toBe(403);
    expect((await send('GET', `roles/get?role_id=${id}`, null, basic('bob'))).status).toBe(403);
    expect((await send('GET', 'roles/get?role_id=999999', null, basic('bob'))).status).toBe(403);
  });

  it('refuse what is wrong, and what cannot be had here', async () => {
    const { id } = await aRole('refused');
    for (const body of [
      { name: '', workspace: 'default' },
      { name: '  ', workspace: 'default' },
      { name: '__user_1__', workspace: 'default' },
      { name: 'x'.repeat(256), workspace: 'default' },
      { name: 'x', workspace: '' },
      { name: 'x', workspace: 'nowhere' },
      { name: 'x', workspace: 'default', description: 'x'.repeat(1025) },
    ])
      expect((await send('POST', 'roles/create', body)).body.error_code, JSON.stringify(body)).toBe(
        'INVALID_PARAMETER_VALUE',
      );
    expect((await send('PATCH', 'roles/update', { role_id: id })).status).toBe(400);
    for (const [type, pattern, level] of [
      ['workspace', '*', 'READ'],
      ['workspace', 'default', 'USE'],
      ['experiment', '*', 'NO_PERMISSIONS'],
      ['experiment', '*', 'DENY'],
      ['experiment', '*', 'read'],
      ['planet', '*', 'READ'],
      ['prompt', '*', 'READ'],
      ['experiment', '', 'READ'],
    ] as const)
      expect((await permit(id, type, pattern, level)).body.error_code, `${type} ${pattern} ${level}`).toBe(
        'INVALID_PARAMETER_VALUE',
      );
    expect((await permit(id, 'experiment', '987654', 'READ')).body.error_code).toBe('RESOURCE_DOES_NOT_EXIST');
    expect((await permit(987_654, 'experiment', '*', 'READ')).body.error_code).toBe('RESOURCE_DOES_NOT_EXIST');
    expect((await assign('nobody', id)).body.error_code).toBe('RESOURCE_DOES_NOT_EXIST');
    expect((await send('GET', 'roles/get?role_id=x')).body.error_code).toBe('INVALID_PARAMETER_VALUE');
    const gone = { role_permission_id: 987_654, permission: 'READ' };
    expect((await send('PATCH', 'roles/permissions/update', gone)).body.error_code).toBe('RESOURCE_DOES_NOT_EXIST');
  });
});
