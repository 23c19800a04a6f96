import type { Team } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aServer, type TestServer } from '../testing/server.ts';

describe('teams', () => {
  let server: TestServer;
  let admin: Record<string, string>;
  beforeAll(async () => {
    server = await aServer();
    admin = await server.token('admin', { project: null });
  });
  afterAll(() => server.close());

  const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object, headers = admin) => {
    const reply = await server.inject({
      method,
      url: `/api/v1${path}`,
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { payload: body } : {}),
    });
    return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() };
  };
  const made = async (name: string): Promise<Team> =>
    (await send('POST', '/teams', { project: 'default', name })).body as Team;
  const mayRead = async (path: string, headers: Record<string, string>) =>
    (await send('GET', `/projects/default${path}`, undefined, headers)).status;

  it('give their members roles, in the project or on one resource, until they are taken away', async () => {
    const member = await server.token(null);
    const { body: me } = await send('GET', '/me', undefined, member);
    const experiment = (await send('POST', '/projects/default/experiments', { name: 'fraud' })).body;
    const { id } = await made('research');
    const joined = await send('POST', `/teams/${id}/members`, { principal: me.principal.name });
    expect(joined).toMatchObject({ status: 201, body: { members: [{ principalName: me.principal.name }] } });
    expect(await mayRead('/experiments/fraud', member)).toBe(403);

    const given = await send('POST', `/teams/${id}/grants`, { role: 'viewer', resource: 'experiment/fraud' });
    expect(given.body.grants).toEqual([
      { id: expect.any(String), role: 'viewer', resource: `experiment/${experiment.id}` },
    ]);
    expect([await mayRead('/experiments/fraud', member), await mayRead('/runs', member)]).toEqual([200, 403]);
    const whole = (await send('POST', `/teams/${id}/grants`, { role: 'approver' })).body as Team;
    expect(whole.grants.at(-1)).toMatchObject({ role: 'approver', resource: null });
    expect(await mayRead('/runs', member)).toBe(200);

    for (const grant of whole.grants)
      expect((await send('DELETE', `/teams/${id}/grants/${grant.id}`)).status).toBe(204);
    expect(await mayRead('/experiments/fraud', member)).toBe(403);
    expect((await send('DELETE', `/teams/${id}/members/${me.principal.name}`)).status).toBe(204);
    expect((await send('DELETE', `/teams/${id}`)).status).toBe(204);
    expect((await send('GET', '/teams')).body.items).toEqual([]);
  });

  it('are roles to the clients of MLflow, in its words', async () => {
    const { id } = await made('release');
    await send('POST', `/teams/${id}/grants`, { role: 'approver' });
    await send('POST', `/teams/${id}/grants`, { role: 'editor', resource: 'model/*' });
    const { body } = await send('PATCH', `/teams/${id}`, { description: 'who releases' });
    expect(body).toMatchObject({ name: 'release', description: 'who releases' });
    expect((await send('PATCH', `/teams/${id}`, {})).body).toMatchObject({ name: 'release' });
    const reply = await server.inject({ url: `/api/3.0/mlflow/roles/get?role_id=${id}`, headers: admin });
    expect(reply.json().role).toMatchObject({
      name: 'release',
      permissions: [
        { resource_type: 'workspace', resource_pattern: '*', permission: 'READ' },
        { resource_type: 'registered_model', resource_pattern: '*', permission: 'EDIT' },
      ],
    });
  });

  it('refuse what is not there, what is there already, and whoever is no admin', async () => {
    const { id } = await made('labels');
    const other = await made('others');
    const [grant] = ((await send('POST', `/teams/${other.id}/grants`, { role: 'viewer' })).body as Team).grants;
    const codeOf = async (...asked: Parameters<typeof send>) => (await send(...asked)).body?.code;
    expect(await codeOf('POST', '/teams', { project: 'default', name: 'labels' })).toBe('NAME_TAKEN');
    expect(await codeOf('POST', '/teams', { project: 'none', name: 'x' })).toBe('INVALID_REFERENCE');
    expect(await codeOf('PATCH', `/teams/${id}`, { name: 'others' })).toBe('NAME_TAKEN');
    expect(await codeOf('POST', `/teams/${id}/grants`, { role: 'viewer', resource: 'experiment/none' })).toBe(
      'INVALID_REFERENCE',
    );
    expect(await codeOf('POST', `/teams/${id}/members`, { principal: 'nobody' })).toBe('INVALID_REFERENCE');
    expect(await codeOf('DELETE', `/teams/${id}/grants/${grant?.id}`)).toBe('NOT_FOUND');
    expect(await codeOf('DELETE', '/teams/999')).toBe('NOT_FOUND');
    const editor = await server.token('editor');
    expect(await codeOf('POST', '/teams', { project: 'default', name: 'mine' }, editor)).toBe('PERMISSION_DENIED');
  });
});
