import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aServer, type TestServer } from '../../../testing/server.ts';

describe('webhooks of MLflow', () => {
  let server: TestServer;
  let receiver: Server;
  let url = '';
  const received: { headers: Record<string, unknown>; body: Record<string, unknown> }[] = [];

  beforeAll(async () => {
    receiver = createServer((request, reply) => {
      let text = '';
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      request.on('end', () => {
        received.push({ headers: request.headers, body: JSON.parse(text) });
        reply.writeHead(request.url === '/broken' ? 500 : 200).end('thanks');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    server = await aServer({ config: { '--egress-allow': '127.0.0.1', '--allow-insecure-webhooks': 'true' } });
    server.app.start();
  });
  afterAll(async () => {
    await server.close();
    receiver.closeAllConnections();
    receiver.close();
  });

  const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => {
    const answer = await server.asOwner({
      method,
      url: `/api/2.0/mlflow/${path}`,
      ...(body ? { payload: body } : {}),
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  const told = (count: number) =>
    vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(count), { timeout: 15_000, interval: 50 });
  const aWebhook = async (events: object[], more: object = {}): Promise<Record<string, unknown>> =>
    (await send('POST', 'webhooks', { name: 'hook', url: `${url}/hook`, events, ...more })).body.webhook;

  it('are answered as MLflow answers them', async () => {
    const made = await aWebhook(
      [
        { entity: 'PROMPT_TAG', action: 'SET' },
        { entity: 'MODEL_VERSION', action: 'CREATED' },
      ],
      { secret: 'hidden', status: 'DISABLED' },
    );
    expect(made).toEqual({
      webhook_id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      name: 'hook',
      url: `${url}/hook`,
      events: [
        { entity: 'MODEL_VERSION', action: 'CREATED' },
        { entity: 'PROMPT_TAG', action: 'SET' },
      ],
      status: 'DISABLED',
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: expect.any(Number),
    });
    const at = `webhooks/${String(made['webhook_id'])}`;
    const changed = await send('PATCH', at, { description: 'd', events: [], name: '', secret: '' });
    expect(changed.body.webhook).toMatchObject({ name: 'hook', description: 'd', events: made['events'] });
    expect((await send('GET', at)).body).toEqual(changed.body);
    expect(await send('DELETE', at)).toEqual({ status: 200, body: {} });
    expect(await send('GET', at)).toMatchObject({ status: 404, body: { error_code: 'RESOURCE_DOES_NOT_EXIST' } });
  });

  it('come in pages, and apart from the channels made here', async () => {
    for (let n = 0; n < 3; n++)
      await aWebhook([{ entity: 'BUDGET_POLICY', action: 'EXCEEDED' }], { name: `page-${n}` });
    await server.asOwner({
      method: 'POST',
      url: '/api/v1/projects/default/channels',
      payload: { name: 'native', kind: 'webhook', url, conditions: [{ topic: 'run-ended' }] },
    });
    const first = await send('GET', 'webhooks?max_results=2');
    const second = await send('GET', `webhooks?max_results=2&page_token=${first.body.next_page_token}`);
    const all = [...first.body.webhooks, ...second.body.webhooks];
    expect(all.map(({ name }: { name: string }) => name)).toEqual(['page-2', 'page-1', 'page-0']);
    expect(second.body.next_page_token).toBeUndefined();
    for (const { webhook_id } of all) await send('DELETE', `webhooks/${webhook_id}`);
    expect((await send('GET', 'webhooks')).body).toEqual({});
  });

  it('tell of models, versions, tags and aliases in the words of MLflow, and of prompts as prompts', async () => {
    const pairs = [
      'REGISTERED_MODEL:CREATED MODEL_VERSION:CREATED MODEL_VERSION_TAG:SET MODEL_VERSION_TAG:DELETED',
      'MODEL_VERSION_ALIAS:CREATED MODEL_VERSION_ALIAS:DELETED PROMPT:CREATED PROMPT_TAG:SET',
    ];
    const events = pairs.flatMap((line) => line.split(' ')).map((pair) => pair.split(':'));
    const { webhook_id } = await aWebhook(
      events.map(([entity, action]) => ({ entity, action })),
      { secret: 's' },
    );
    received.length = 0;
    const steps: [string, 'POST' | 'DELETE', object][] = [
      ['registered-models/create', 'POST', { name: 'fraud', tags: [{ key: 'team', value: 'risk' }] }],
      // Of tags of models MLflow tells nobody, only of those of prompts.
      ['registered-models/set-tag', 'POST', { name: 'fraud', key: 'a', value: 'b' }],
      ['model-versions/create', 'POST', { name: 'fraud', source: 's3://bucket/model', description: 'first' }],
      ['model-versions/set-tag', 'POST', { name: 'fraud', version: '1', key: 'k', value: 'v' }],
      ['model-versions/delete-tag', 'DELETE', { name: 'fraud', version: '1', key: 'k' }],
      ['registered-models/alias', 'POST', { name: 'fraud', alias: 'best', version: '1' }],
      ['registered-models/alias', 'DELETE', { name: 'fraud', alias: 'best' }],
      [
        'registered-models/create',
        'POST',
        { name: 'greeting', tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }] },
      ],
      ['registered-models/set-tag', 'POST', { name: 'greeting', key: 'tone', value: 'warm' }],
    ];
    let expected = 0;
    for (const [path, method, body] of steps) {
      expect(await send(method, path, body), `${method} ${path}`).toMatchObject({ status: 200 });
      if ((body as { key?: string }).key !== 'a') await told(++expected);
    }
    expect(received.map(({ body }) => [body['entity'], body['action'], body['data']])).toEqual([
      ['registered_model', 'created', { name: 'fraud', tags: { team: 'risk' }, description: '' }],
      [
        'model_version',
        'created',
        { name: 'fraud', version: '1', source: 's3://bucket/model', run_id: null, tags: {}, description: 'first' },
      ],
      ['model_version_tag', 'set', { name: 'fraud', version: '1', key: 'k', value: 'v' }],
      ['model_version_tag', 'deleted', { name: 'fraud', version: '1', key: 'k' }],
      ['model_version_alias', 'created', { name: 'fraud', alias: 'best', version: '1' }],
      ['model_version_alias', 'deleted', { name: 'fraud', alias: 'best' }],
      ['prompt', 'created', { name: 'greeting', tags: {}, description: '' }],
      ['prompt_tag', 'set', { name: 'greeting', key: 'tone', value: 'warm' }],
    ]);
    expect(received[0]?.body['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/);
    expect(received[0]?.headers).toMatchObject({
      'x-mlflow-signature': expect.stringMatching(/^v1,/),
      'x-mlflow-timestamp': expect.stringMatching(/^\d{10}$/),
      'x-mlflow-delivery-id': expect.any(String),
    });
    await send('DELETE', `webhooks/${String(webhook_id)}`);
  }, 60_000);

  it('are tested with an example', async () => {
    const { webhook_id } = await aWebhook([{ entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' }]);
    const at = '/api/v1/projects/default/channels';
    const [{ id }] = (await server.asOwner({ url: at })).json().items;
    const conditions = [{ topic: 'run-ended' }];
    expect((await server.asOwner({ method: 'PATCH', url: `${at}/${id}`, payload: { conditions } })).statusCode).toBe(
      409,
    );
    const test = (body: object) => send('POST', `webhooks/${String(webhook_id)}/test`, body);
    expect((await test({})).body).toEqual({ result: { success: true, response_status: 200, response_body: 'thanks' } });
    expect(received.at(-1)?.body).toMatchObject({
      entity: 'model_version_alias',
      action: 'created',
      data: { name: 'example_model', alias: 'example_alias', version: '1' },
    });
    await test({ event: { entity: 'BUDGET_POLICY', action: 'EXCEEDED' } });
    expect(received.at(-1)?.body).toMatchObject({ entity: 'budget_policy', data: { budget_unit: 'USD' } });
    await send('PATCH', `webhooks/${String(webhook_id)}`, { url: `${url}/broken` });
    expect((await test({})).body.result).toEqual({ success: false, response_status: 500, response_body: 'thanks' });
  });

  it.each([
    [{ name: '-x' }, 'invalid'],
    [{ url: 'https://127.0.0.2/' }, 'public internet'],
    [{ url: ' ' }, 'just whitespace'],
    [{ url: 'https://user:secret@1.1.1.1/' }, 'no user'],
    [{ events: [] }, 'non-empty list'],
    [{ events: [{ entity: 'RUN', action: 'CREATED' }] }, "no webhook entity 'RUN'"],
    [{ events: [{ entity: 'REGISTERED_MODEL', action: 'DELETED' }] }, "Invalid action 'deleted'"],
    [{ events: [{ entity: 'REGISTERED_MODEL' }] }, "'events[0].action'"],
    [{ status: 'ON' }, 'no webhook status'],
  ])('are refused with %j', async (wrong, why) => {
    const events = [{ entity: 'PROMPT', action: 'CREATED' }];
    const answer = await send('POST', 'webhooks', { name: 'hook', url: 'https://1.1.1.1/', events, ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    expect(answer.body.message).toContain(why);
  });

  it('are for admins of the project', async () => {
    for (const role of ['viewer', 'editor', 'approver', 'admin'] as const) {
      const answer = await server.inject({ url: '/api/2.0/mlflow/webhooks', headers: await server.token(role) });
      expect(answer.statusCode, role).toBe(role === 'admin' ? 200 : 403);
    }
  });
});
