import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aServer, type TestServer } from '../../../testing/server.ts';

describe('workspaces of MLflow', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await aServer();
  });
  afterAll(() => server.close());

  type Headers = Record<string, string>;
  const send = async (
    method: InjectOptions['method'],
    url: string,
    options: { body?: object; headers?: Headers } = {},
  ) => {
    const reply = await server[options.headers?.['authorization'] ? 'inject' : 'asOwner']({
      method: method as 'GET',
      url,
      headers: { ...(options.body ? { 'content-type': 'application/json' } : {}), ...options.headers },
      ...(options.body ? { payload: options.body } : {}),
    });
    const isJson = String(reply.headers['content-type']).includes('json');
    return { status: reply.statusCode, body: isJson ? reply.json() : reply.body };
  };
  const workspaces = '/api/3.0/mlflow/workspaces';
  const create = (body: object, headers: Headers = {}) => send('POST', workspaces, { body, headers });

  it('are our projects: made, described, listed and never removed', async () => {
    expect(await create({ name: 'team-a' })).toEqual({ status: 201, body: { workspace: { name: 'team-a' } } });
    expect((await create({ name: 'team-b', description: 'of b' })).body.workspace.description).toBe('of b');
    expect(await create({ name: 'team-b' })).toMatchObject({
      status: 400,
      body: { error_code: 'RESOURCE_ALREADY_EXISTS', message: "Workspace 'team-b' already exists." },
    });
    for (const name of [
      'default',
      'api',
      'workspaces',
      'ajax-api',
      'static-files',
      'x',
      'Team_a',
      'a-',
      '',
      'x'.repeat(64),
    ])
      expect((await create({ name })).status, name).toBe(400);
    expect((await create({ name: 'team-c', default_artifact_root: 's3://bucket' })).status).toBe(400);
    expect((await send('GET', '/ajax-api/3.0/mlflow/workspaces')).body).toEqual({
      workspaces: [{ name: 'default' }, { name: 'team-a' }, { name: 'team-b', description: 'of b' }],
    });
    const change = await send('PATCH', `${workspaces}/team-a`, { body: { description: 'of a' } });
    expect(change).toEqual({ status: 200, body: { workspace: { name: 'team-a', description: 'of a' } } });
    expect(await send('GET', `${workspaces}/team-a`)).toEqual(change);
    expect((await send('PATCH', `${workspaces}/team-a`, { body: {} })).status).toBe(400);
    expect((await send('PATCH', `${workspaces}/team-z`, { body: { description: '' } })).status).toBe(404);
    expect(await send('GET', `${workspaces}/team-z`)).toMatchObject({
      status: 404,
      body: { message: "Workspace 'team-z' not found" },
    });
    const removal = await send('DELETE', `${workspaces}/team-a?mode=CASCADE`);
    expect(removal).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    expect((await send('DELETE', `${workspaces}/default`)).status).toBe(400);
    expect((await send('DELETE', `${workspaces}/team-z`)).status).toBe(404);
    const [entry] = (await server.asOwner({ url: '/api/v1/audit?project=team-a&resourceType=project' })).json().items;
    expect(entry).toMatchObject({ verb: 'project.update', detail: { name: 'team-a', description: 'of a' } });
  });

  it('are seen and changed by whom a role allows it', async () => {
    const viewer = await server.token('viewer', { project: 'team-a' });
    const admin = await server.token('admin', { project: 'team-a' });
    expect((await send('GET', workspaces, { headers: viewer })).body.workspaces).toHaveLength(1);
    expect((await send('GET', `${workspaces}/team-a`, { headers: viewer })).status).toBe(200);
    for (const name of ['team-b', 'team-z'])
      expect(await send('GET', `${workspaces}/${name}`, { headers: viewer })).toMatchObject({ status: 403 });
    const body = { description: 'mine' };
    expect((await send('PATCH', `${workspaces}/team-a`, { body, headers: viewer })).status).toBe(403);
    expect((await send('PATCH', `${workspaces}/team-a`, { body, headers: admin })).status).toBe(200);
    expect((await create({ name: 'team-d' }, admin)).status).toBe(403);
  });

  const createExperiment = async (prefix: string, headers: Headers = {}) => {
    const reply = await send('POST', `${prefix}/api/2.0/mlflow/experiments/create`, { body: { name: 'one' }, headers });
    return { ...reply, workspace: await workspaceOf(reply.body.experiment_id, prefix, headers) };
  };
  const workspaceOf = async (id: string, prefix: string, headers: Headers = {}) =>
    (await send('GET', `${prefix}/api/2.0/mlflow/experiments/get?experiment_id=${id}`, { headers })).body.experiment
      ?.workspace;

  it('are chosen by a header, or by the address, which comes first', async () => {
    expect((await createExperiment('')).workspace).toBe('default');
    expect((await createExperiment('', { 'x-mlflow-workspace': 'team-a' })).workspace).toBe('team-a');
    const made = await createExperiment('/projects/team-b', { 'x-mlflow-workspace': 'team-a' });
    expect(made.workspace).toBe('team-b');
    const id = made.body.experiment_id as string;
    expect(await workspaceOf(id, '', { 'x-mlflow-workspace': 'team-b' })).toBe('team-b');
    expect(await workspaceOf(id, '')).toBe(undefined);
    const unknown = await send('GET', '/projects/nope/api/2.0/mlflow/experiments/get?experiment_id=0');
    expect(unknown).toMatchObject({ status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST' } });
    const header = { headers: { 'x-mlflow-workspace': 'nope' } };
    expect((await send('GET', '/api/2.0/mlflow/experiments/get?experiment_id=0', header)).status).toBe(404);
    const wrong = { headers: { 'x-mlflow-workspace': 'No_pe' } };
    expect((await send('GET', '/api/2.0/mlflow/experiments/get?experiment_id=0', wrong)).status).toBe(400);
  });

  it('by address reach every route of clients, and nothing else', async () => {
    const headers = await server.token('viewer', { project: 'team-b' });
    const at = async (url: string) => (await send('GET', url, { headers })).status;
    for (const path of ['/version', '/health', '/api/3.0/mlflow/server-info', '/ajax-api/3.0/mlflow/workspaces'])
      expect(await at(`/projects/team-b${path}`), path).toBe(200);
    const files = '/api/2.0/mlflow-artifacts/artifacts?path=x';
    expect([await at(`/projects/team-b${files}`), await at(`/projects/team-a${files}`), await at(files)]).toEqual([
      200, 403, 403,
    ]);
    for (const path of [
      '/projects/team-b/api/v1/me',
      '/projects/team-b/metrics',
      '/projects/team-b',
      '/projects/B/version',
    ])
      expect(await at(path), path).toBe(404);
    const page = await server.inject({ url: '/projects/team-b/runs', headers: { accept: 'text/html' } });
    // The console: not built in tests.
    expect([page.statusCode, page.body]).toEqual([503, expect.stringContaining('console')]);
  });

  it('and what the server can are told before anybody signs in', async () => {
    for (const root of ['api', 'ajax-api']) {
      const url = `/${root}/3.0/mlflow/server-info`;
      const reply = await server.inject({ url, headers: { 'x-mlflow-workspace': 'nope' } });
      expect(reply.json()).toMatchObject({ workspaces_enabled: true, artifact_serving_enabled: true });
    }
  });
});
