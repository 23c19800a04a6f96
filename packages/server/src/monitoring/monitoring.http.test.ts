import {
  compareDistribution,
  getMonitor,
  listIncidents,
  listWindows,
  type Operation,
  addressOf,
  saveMonitor,
  updateIncident,
} from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, createHttp } from '#platform/http';
import { testDatabases } from '#platform/testing';
import { type Stream, streamsOn } from './fixtures/a-stream.ts';
import { routes } from './routes.ts';

const project = 'default';

describe.each(testDatabases)('monitoring over HTTP on %s', (database) => {
  let shared: Awaited<ReturnType<typeof streamsOn>>;
  let stream: Stream;
  let api: Api;
  beforeAll(async () => {
    shared = await streamsOn({ database });
    stream = await shared.begin();
    const { auth, log, metrics } = shared.platform;
    api = await createHttp({
      host: '127.0.0.1',
      publicHosts: '',
      maxBodyBytes: 100_000,
      maxUploadBytes: 100_000,
      version: '0',
      auth,
      metrics,
      log,
      staticDir: null,
      checkReplies: true,
    });
    routes(api, shared.service);
    stream.answer(1500, { shift: 1 });
    await shared.service.ensureMonitor(shared.ctx, stream.endpointId);
    await shared.service.closeWindows(shared.ctx, stream.endpointId);
  });
  afterAll(async () => {
    await api.app.close();
    await shared.close();
  });

  const call = async (
    op: Operation,
    params: Record<string, unknown>,
    more: { query?: Record<string, string>; body?: unknown } = {},
  ) => {
    const reply = await api.app.inject({
      method: op.method,
      url: addressOf(op, { project, ...params }),
      ...(more.query ? { query: more.query } : {}),
      ...(more.body === undefined ? {} : { payload: more.body as object }),
    });
    return { status: reply.statusCode, body: reply.json() };
  };

  it('shows the monitor of an endpoint, by name and by id', async () => {
    const byName = await call(getMonitor, { endpoint: 'payments' });
    expect(byName).toMatchObject({
      status: 200,
      body: { windows: 3, health: 'warning', settings: { windowRows: 500 } },
    });
    expect(await call(getMonitor, { endpoint: stream.endpointId })).toEqual(byName);
    expect(await call(getMonitor, { endpoint: 'nobody' })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('pages through the windows, newest first', async () => {
    const first = await call(listWindows, { endpoint: 'payments' }, { query: { limit: '2' } });
    expect(first.body.items.map((window: { number: number }) => window.number)).toEqual([3, 2]);
    const second = await call(
      listWindows,
      { endpoint: 'payments' },
      { query: { limit: '2', cursor: first.body.nextCursor } },
    );
    expect(second.body).toMatchObject({ items: [{ number: 1, rows: 500 }], nextCursor: null });
  });

  it('compares the distribution of a column with the training data', async () => {
    const [newest] = (await call(listWindows, { endpoint: 'payments' })).body.items;
    const numbers = await call(compareDistribution, { window: newest.id }, { query: { column: 'amount' } });
    expect(numbers.body).toMatchObject({ kind: 'number', labels: null, referenceRows: 5000, currentRows: 500 });
    const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
    expect([sum(numbers.body.reference), sum(numbers.body.current)]).toEqual([5000, 500]);
    expect(numbers.body.edges).toHaveLength(numbers.body.reference.length + 1);
    const categories = await call(compareDistribution, { window: newest.id }, { query: { column: 'country' } });
    expect(categories.body).toMatchObject({ kind: 'category', edges: null });
    expect(categories.body.labels.toSorted()).toEqual(['DE', 'FR', 'IT']);
    expect(await call(compareDistribution, { window: newest.id }, { query: { column: '__proto__' } })).toMatchObject({
      status: 404,
    });
    expect(
      await call(compareDistribution, { window: shared.platform.ids.next('win') }, { query: { column: 'amount' } }),
    ).toMatchObject({ status: 404 });
  });

  it('acknowledges an incident and resolves it, once', async () => {
    const { items } = (await call(listIncidents, {}, { query: { endpoint: 'payments', state: 'open' } })).body;
    expect(items).toMatchObject([{ kind: 'drift', endpointName: 'payments', columns: ['amount'] }]);
    const incident = items[0].id;
    const update = (body: unknown) => call(updateIncident, { incident }, { body });
    expect(await update({ state: 'acknowledged', note: 'looking' })).toMatchObject({
      status: 200,
      body: { state: 'acknowledged', log: [{}, { by: 'local-owner', line: 'Acknowledged: looking' }] },
    });
    expect(await update({ state: 'acknowledged' })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect(await update({ state: 'open' })).toMatchObject({ status: 400 });
    expect(await update({ state: 'resolved' })).toMatchObject({ status: 200, body: { state: 'resolved' } });
    expect((await call(listIncidents, {}, { query: { state: 'open' } })).body.items).toEqual([]);
    expect(
      await call(updateIncident, { incident: shared.platform.ids.next('inc') }, { body: { state: 'resolved' } }),
    ).toMatchObject({ status: 404 });
  });

  it('changes settings, and refuses those that cannot hold', async () => {
    const save = (body: unknown) => call(saveMonitor, { endpoint: 'payments' }, { body });
    expect(await save({ settings: { windowRows: 1000 } })).toMatchObject({
      status: 200,
      body: { enabled: true, settings: { windowRows: 1000, ofWindows: 3 } },
    });
    expect(await save({ settings: { persistWindows: 5 } })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_INPUT' },
    });
    expect(await save({ settings: { windowRows: 10 } })).toMatchObject({ status: 400 });
    expect(await save({ enabled: false, settings: {} })).toMatchObject({
      status: 200,
      body: { enabled: false, settings: { windowRows: 500 } },
    });
  });
});
