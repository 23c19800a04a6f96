import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '#platform/auth';
import type { Api } from '#platform/http';
import { anApi, testDatabases } from '#platform/testing';
import { aProject, aSpec } from './fixtures/a-project.ts';
import { routes } from './routes.ts';

describe.each(testDatabases)('pipelines over HTTP on %s', (database) => {
  let project: Awaited<ReturnType<typeof aProject>>;
  let api: Api;
  const base = '/api/v1/projects/default';
  const call = async (method: 'GET' | 'PUT' | 'POST', url: string, body?: unknown, token?: string) => {
    const reply = await api.app.inject({
      method,
      url,
      headers: { host: 'localhost', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return { status: reply.statusCode, body: reply.json() as Record<string, never> };
  };
  const tokenOf = async (name: string, role: 'viewer' | 'editor') => {
    const { auth } = project.platform;
    const admin = project.ctx.actor as Actor;
    await auth.createServiceAccount(admin, name, 'test');
    await auth.createGrant(admin, { principal: name, role, project: 'default' }, 'test');
    return (await auth.createToken(admin, { name, principal: name }, 'test')).secret;
  };

  beforeAll(async () => {
    project = await aProject({ database });
    ({ api } = await anApi(project, (served) => routes(served, project.service)));
  });
  afterAll(async () => {
    await api.app.close();
    await project.close();
  });

  it('save, show, list, start, cancel: every answer keeps the contract', async () => {
    expect((await call('GET', '/api/v1/step-kinds')).body).toMatchObject({
      items: [{ kind: 'test.step', input: { type: 'object' } }],
    });
    const spec = aSpec([{ name: 'a' }, { name: 'b', needs: ['a'] }], {
      triggers: [{ kind: 'schedule', cron: '@daily', timeZone: 'UTC' }],
    });
    expect(await call('PUT', `${base}/pipelines/nightly`, { description: 'Every night', spec })).toMatchObject({
      status: 200,
      body: { name: 'nightly', revision: 1, owner: 'local-owner', nextRunAt: expect.any(Number), lastRun: null },
    });
    const again = await call('PUT', `${base}/pipelines/nightly`, { spec });
    expect(again.body).toMatchObject({ revision: 2, description: 'Every night' });
    const started = await call('POST', `${base}/pipelines/nightly/runs`, {
      reason: 'to see',
      parameters: { colour: 'red' },
    });
    expect(started).toMatchObject({
      status: 202,
      body: {
        number: 1,
        revision: 2,
        state: 'queued',
        trigger: { kind: 'manual', by: 'local-owner', reason: 'to see' },
        parameters: { colour: 'red' },
        steps: [{ state: 'pending' }, { state: 'pending' }],
      },
    });
    const run = `${base}/pipeline-runs/${String(started.body['id'])}`;
    expect((await call('GET', run)).body).toEqual(started.body);
    expect(await call('POST', `${base}/pipelines/nightly/runs`, {})).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT', pipelineRunId: started.body['id'] },
    });
    expect(await call('POST', `${run}/cancel`)).toMatchObject({
      status: 200,
      body: { state: 'cancelled', message: 'Cancelled by local-owner.' },
    });
    expect(await call('POST', `${run}/cancel`)).toMatchObject({ status: 409 });
    expect((await call('GET', `${base}/pipelines/${String(again.body['id'])}`)).body).toMatchObject({
      name: 'nightly',
      lastRun: { state: 'cancelled' },
    });
    expect((await call('GET', `${base}/pipelines?limit=1`)).body).toMatchObject({
      items: [{ name: 'nightly' }],
      nextCursor: null,
    });
    expect((await call('GET', `${base}/pipeline-runs?pipeline=nightly`)).body).toMatchObject({
      items: [{ number: 1, state: 'cancelled' }],
    });
    expect((await call('GET', `${base}/pipelines/nightly/trigger-decisions`)).body).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it('names every problem of a definition with its place, and saves nothing of it', async () => {
    const spec = {
      steps: [
        { name: 'a', kind: 'test.step', needs: ['b'] },
        { name: 'b', kind: 'test.step', needs: ['a'] },
        { name: 'c', kind: 'test.step', needs: ['x'] },
      ],
    };
    const reply = await call('PUT', `${base}/pipelines/broken`, { spec });
    expect(reply).toMatchObject({
      status: 400,
      body: {
        code: 'INVALID_INPUT',
        problems: [
          { path: 'body/spec/steps/2/needs' },
          { path: 'body/spec/steps', message: expect.stringContaining('a -> b -> a') },
        ],
      },
    });
    expect((await call('GET', `${base}/pipelines/broken`)).status).toBe(404);
  });

  const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  it.each([
    ['no body', {}],
    ['no steps', { spec: { steps: [] } }],
    ['a field too many', { spec: { steps: [{ name: 'a', kind: 'test.step', colour: 1 }] } }],
    ['a name that is a path', { spec: { steps: [{ name: '../a', kind: 'test.step' }] } }],
    [
      'five thousand levels',
      JSON.parse(`{"spec":{"steps":[{"name":"a","kind":"test.step","with":${deep(5000)}}]}}`) as unknown,
    ],
    ['a cool-down that is no number', { spec: { steps: [{ name: 'a', kind: 'test.step' }], coolDownMs: '5' } }],
    ['too many attempts', { spec: { steps: [{ name: 'a', kind: 'test.step', maxAttempts: 1e9 }] } }],
  ])('refuses a definition with %s', async (_what, body) => {
    expect(await call('PUT', `${base}/pipelines/refused`, body)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_INPUT' },
    });
    expect((await call('GET', `${base}/pipelines/refused`)).status).toBe(404);
  });

  it('refuses parameters nested without end, unknown ids and names that are paths', async () => {
    await call('PUT', `${base}/pipelines/plain`, { spec: aSpec([{ name: 'a' }]) });
    expect(
      await call('POST', `${base}/pipelines/plain/runs`, { parameters: JSON.parse(deep(5000)) as unknown }),
    ).toMatchObject({ status: 400 });
    for (const name of ['%252e%252e%252f', 'a%00b', '%2Fetc%2Fpasswd', 'a%23b'])
      expect((await call('PUT', `${base}/pipelines/${name}`, { spec: aSpec([{ name: 'a' }]) })).status).toBe(400);
    for (const path of [
      'pipelines/nobody',
      'pipeline-runs/plr_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C',
      'pipelines/nobody/trigger-decisions',
      'pipeline-runs?pipeline=nobody',
    ])
      expect((await call('GET', `${base}/${path}`)).status).toBe(404);
    expect((await call('GET', `${base}/pipeline-runs/nonsense`)).status).toBe(400);
    expect((await call('GET', `${base}/pipelines?cursor=nonsense`)).status).toBe(400);
  });

  it('lets a viewer look and an editor save and start', async () => {
    const viewer = await tokenOf('watcher', 'viewer');
    const editor = await tokenOf('maker', 'editor');
    const spec = aSpec([{ name: 'a' }]);
    expect((await call('PUT', `${base}/pipelines/roles`, { spec }, viewer)).status).toBe(403);
    expect(await call('PUT', `${base}/pipelines/roles`, { spec }, editor)).toMatchObject({
      status: 200,
      body: { owner: 'maker' },
    });
    expect((await call('GET', `${base}/pipelines/roles`, undefined, viewer)).status).toBe(200);
    expect((await call('POST', `${base}/pipelines/roles/runs`, {}, viewer)).status).toBe(403);
    expect(await call('POST', `${base}/pipelines/roles/runs`, {}, editor)).toMatchObject({
      status: 202,
      body: { trigger: { by: 'maker', reason: 'Started by maker.' } },
    });
  });
});
