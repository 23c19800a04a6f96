import { createHmac } from 'node:crypto';
import type { Channel, DeliveryRecord } from '@millwright/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { verifyAuditChain } from '#platform/audit';
import { testDatabases } from '#platform/testing';
import { aServer, type TestServer } from '../testing/server.ts';
import { aReceiver } from './fixtures/a-receiver.ts';

type Receiver = Awaited<ReturnType<typeof aReceiver>>;

describe.each(testDatabases)('notifications on %s', (database) => {
  let server: TestServer;
  let receiver: Receiver;
  let offsetMs = 0;

  beforeAll(async () => {
    server = await aServer({
      database,
      config: { '--egress-allow': '127.0.0.1', '--allow-insecure-webhooks': 'true' },
      clock: { now: () => Date.now() + offsetMs },
    });
    server.app.start();
  });
  beforeEach(async () => {
    receiver = await aReceiver();
  });
  afterEach(async () => {
    for (const { id } of await channels()) await call('DELETE', `/channels/${id}`);
    await receiver.close();
  });
  afterAll(() => server.close());

  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT', path: string, body?: object) => {
    const answer = await server.asOwner({
      method,
      url: `/api/v1/projects/default${path}`,
      ...(body ? { payload: body } : {}),
    });
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
  };
  const channels = async (): Promise<Channel[]> => (await call('GET', '/channels')).body.items;
  const aChannel = async (conditions: object[], more: object = {}): Promise<Channel> => {
    const made = await call('POST', '/channels', {
      name: 'hook',
      kind: 'webhook',
      url: receiver.url,
      conditions,
      ...more,
    });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body;
  };
  const deliveries = async (channel: Channel): Promise<DeliveryRecord[]> =>
    (await call('GET', `/deliveries?channel=${channel.id}`)).body.items;
  const aRun = async (name: string): Promise<string> => {
    await call('POST', '/experiments', { name: 'churn' });
    const run = await call('POST', '/runs', { experiment: 'churn', name });
    expect(run.status, JSON.stringify(run.body)).toBe(201);
    return run.body.id;
  };
  const log = (runId: string, value: number) =>
    call('POST', `/runs/${runId}/metrics`, { points: [{ key: 'loss', value, step: 0 }] });
  const end = (runId: string, status: string) => call('PATCH', `/runs/${runId}`, { status });
  const received = (count: number) =>
    vi.waitFor(() => expect(receiver.received.length).toBeGreaterThanOrEqual(count), { timeout: 15_000, interval: 50 });
  /**
   * The clock runs ahead until it is so. A step longer than the lease of a job may take a job from its worker in the middle
   * of an attempt, which then is made again.
   */
  const inTime = <T>(stepMs: number, isSo: () => Promise<T>): Promise<T> =>
    vi.waitFor(
      async () => {
        try {
          return await isSo();
        } catch (error) {
          offsetMs += stepMs;
          throw error;
        }
      },
      { timeout: 50_000, interval: 500 },
    );
  const settled = (channel: Channel, state: string) =>
    vi.waitFor(
      async () => {
        const found = await deliveries(channel);
        expect(found.map((one) => one.state)).toContain(state);
        return found;
      },
      { timeout: 20_000, interval: 100 },
    );

  it('tell a webhook of a run that failed, once, signed', async () => {
    const channel = await aChannel(
      [
        { topic: 'run-failed', filter: 'experiment = "churn"' },
        { topic: 'run-ended', filter: 'status = "killed"' },
      ],
      { secret: 'very secret' },
    );
    await end(await aRun('good'), 'finished');
    const runId = await aRun('bad');
    await end(runId, 'failed');
    await received(1);
    const [delivery] = await settled(channel, 'delivered');
    const [{ headers, body }] = receiver.received as [Receiver['received'][number]];
    expect(JSON.parse(body)).toMatchObject({
      topic: 'run-failed',
      summary: 'Run bad ended: failed',
      project: 'default',
      subject: { type: 'run', id: runId },
      data: { status: 'failed', runName: 'bad', experiment: 'churn' },
    });
    const [id, timestamp] = [headers['x-millwright-delivery-id'], headers['x-millwright-timestamp']];
    expect(id).toBe(delivery?.id);
    expect(Math.abs(Number(timestamp) * 1000 - Date.now() - offsetMs)).toBeLessThan(30_000);
    const signature = `v1,${createHmac('sha256', 'very secret').update(`${id}.${timestamp}.${body}`).digest('base64')}`;
    expect(headers['x-millwright-signature']).toBe(signature);
    expect(headers['x-mlflow-signature']).toBe(signature);
    expect(receiver.received).toHaveLength(1);
    expect(await deliveries(channel)).toHaveLength(1);
  }, 40_000);

  it('tell once per run that a condition is met', async () => {
    const channel = await aChannel([
      { topic: 'metric-condition', filter: 'metrics.loss < 0.1' },
      { topic: 'metric-condition', filter: 'metrics.loss < 0.01 and name = "learns"' },
    ]);
    const [learns, other] = [await aRun('learns'), await aRun('other')];
    await log(learns, 0.5);
    await log(other, 0.2);
    await log(learns, 0.05);
    await received(1);
    await log(learns, 0.5);
    await log(learns, 0.04);
    await log(learns, 0.001);
    await end(other, 'finished');
    await received(2);
    await end(learns, 'finished');
    await vi.waitFor(async () => expect((await deliveries(channel)).length).toBe(2));
    const told = receiver.received.map(({ body }) => JSON.parse(body));
    expect(told[0]).toMatchObject({
      topic: 'metric-condition',
      summary: 'Run learns meets metrics.loss < 0.1',
      subject: { type: 'run', id: learns },
      data: { filter: 'metrics.loss < 0.1', runName: 'learns' },
    });
    expect(told[1].data).toMatchObject({ filter: 'metrics.loss < 0.01 and name = "learns"', metrics: { loss: 0.001 } });
    expect(told).toHaveLength(2);
  }, 60_000);

  it('try again after a failure, do not follow redirects, and keep a log of it', async () => {
    const channel = await aChannel([{ topic: 'run-ended' }]);
    receiver.answers.push(
      { status: 302, headers: { location: 'http://169.254.169.254/latest/meta-data/' }, body: 'go there' },
      { status: 500, body: `broken ${'x'.repeat(1000)}` },
    );
    await end(await aRun('retried'), 'finished');
    await received(1);
    const [first] = await settled(channel, 'queued');
    expect(first).toMatchObject({ attempts: 1, lastStatus: 302, lastError: expect.stringContaining('not followed') });
    const done = await inTime(10_000, async () => {
      const [found] = await deliveries(channel);
      expect(found?.state).toBe('delivered');
      return found;
    });
    const record = (await call('GET', `/deliveries/${done?.id}`)).body as DeliveryRecord;
    expect(record.log.map(({ number, status }) => [number, status])).toEqual([
      [1, 302],
      [2, 500],
      [3, 200],
    ]);
    expect(record.log[1]?.excerpt).toHaveLength(300);
    expect(new Set(receiver.received.map(({ headers }) => headers['x-millwright-delivery-id'])).size).toBe(1);
  }, 60_000);

  it('are given up after eight attempts, and can be replayed', async () => {
    const channel = await aChannel([{ topic: 'run-ended' }]);
    receiver.answers.push(...Array.from({ length: 30 }, () => ({ status: 503 })));
    await end(await aRun('unheard'), 'finished');
    const dead = await inTime(9 * 3_600_000, async () => {
      const [found] = await deliveries(channel);
      expect(found?.state).toBe('dead');
      return found;
    });
    const sent = receiver.received.length;
    expect(sent).toBeGreaterThanOrEqual(8);
    receiver.answers.length = 0;
    expect(dead).toMatchObject({ attempts: 8, lastStatus: 503, lastError: 'answered 503', nextAttemptAt: null });
    const replayed = await call('POST', `/deliveries/${dead?.id}/replay`);
    expect(replayed).toMatchObject({ status: 202, body: { replayOf: dead?.id, state: 'queued' } });
    await received(sent + 1);
    await settled(channel, 'delivered');
    const last = receiver.received.at(-1);
    expect(last?.body).toBe(receiver.received[0]?.body);
    expect(last?.headers['x-millwright-delivery-id']).toBe(replayed.body.id);
  }, 60_000);

  it('word a message for Slack, whose address is shown to nobody', async () => {
    const channel = await aChannel([{ topic: 'model-created' }], {
      kind: 'slack',
      url: `${receiver.url}/T0/B0/secret`,
    });
    expect(channel.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\.\.\.$/);
    await call('POST', '/models', { name: '<fraud> & co' });
    await received(1);
    expect(receiver.received[0]?.path).toBe('/hook/T0/B0/secret');
    expect(JSON.parse(receiver.received[0]?.body ?? '').text).toMatch(
      /^Model &lt;fraud&gt; &amp; co was created \(project default, model mdl_/,
    );
    const everything = JSON.stringify([await channels(), await deliveries(channel)]);
    expect(everything).not.toContain('B0');
  }, 30_000);

  it('tell of tags that are set and deleted', async () => {
    await aChannel([{ topic: 'model-tag-deleted' }, { topic: 'model-tag-set' }]);
    await call('POST', '/models', { name: 'tagged' });
    await call('PATCH', '/models/tagged', { tags: { team: 'risk' } });
    await received(1);
    await call('PATCH', '/models/tagged', { tags: { team: null } });
    await received(2);
    expect(receiver.received.map(({ body }) => JSON.parse(body).summary)).toEqual([
      'Model tagged: tag team = risk',
      'Model tagged: tag team was deleted',
    ]);
  }, 30_000);

  it('send nothing to a disabled channel, and a test on request', async () => {
    const channel = await aChannel([{ topic: 'run-started' }], { status: 'disabled' });
    await aRun('unnoticed');
    const tested = await call('POST', `/channels/${channel.id}/test`, { topic: 'alias-set' });
    expect(tested).toMatchObject({
      status: 200,
      body: {
        state: 'delivered',
        isTest: true,
        summary: 'Test: Version 1 of example_model is champion',
        log: [{ status: 200 }],
      },
    });
    receiver.answers.push({ status: 404 });
    expect((await call('POST', `/channels/${channel.id}/test`, {})).body).toMatchObject({ state: 'dead', attempts: 1 });
    expect(receiver.received).toHaveLength(2);
    expect((await deliveries(channel)).map(({ isTest }) => isTest)).toEqual([true, true]);
  });

  it('never show a secret again, and refuse what cannot be sent', async () => {
    const channel = await aChannel([{ topic: 'run-ended' }], { secret: 'abracadabra' });
    expect(channel).toMatchObject({ hasSecret: true, format: 'millwright' });
    const changed = await call('PATCH', `/channels/${channel.id}`, { secret: null, name: 'other' });
    expect(changed.body).toMatchObject({ hasSecret: false, name: 'other' });
    const shown = JSON.stringify([
      await call('GET', '/channels'),
      (await server.asOwner({ url: '/api/v1/audit' })).json(),
      server.logged,
    ]);
    expect(shown).not.toContain('abracadabra');
    const wrong = [
      { url: 'http://10.0.0.1/' },
      { url: 'http://[::ffff:10.0.0.1]:1/' },
      { url: 'file:///etc/passwd' },
      { url: 'http://user:pw@127.0.0.1/' },
      { conditions: [{ topic: 'metric-condition' }] },
      { conditions: [{ topic: 'model-created', filter: 'name = "x"' }] },
      { conditions: [{ topic: 'run-ended', filter: 'metrics.loss <' }] },
      { mail: { host: 'mail.example', port: 25, from: 'a@example.org', to: ['b@example.org'] } },
    ];
    for (const body of wrong) {
      const { status } = await call('PATCH', `/channels/${channel.id}`, body);
      expect(status, JSON.stringify(body)).toBe(400);
    }
    expect((await call('POST', '/deliveries/dlv_00000000000000000000000000/replay')).status).toBe(404);
    expect(await verifyAuditChain(server.app.platform.database.db, server.app.platform.auditKey)).toMatchObject({
      intact: true,
    });
  });

  it('end with their channel', async () => {
    const channel = await aChannel([{ topic: 'run-ended' }]);
    receiver.answers.push({ status: 500 });
    await end(await aRun('forgotten'), 'finished');
    await received(1);
    await settled(channel, 'queued');
    await call('DELETE', `/channels/${channel.id}`);
    const [dead] = await settled(channel, 'dead');
    expect(dead).toMatchObject({ lastError: 'the channel was deleted', channelName: 'hook' });
    expect((await call('POST', `/deliveries/${dead?.id}/replay`)).status).toBe(409);
  }, 30_000);
});
