import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs, postgresUrl, s3Settings } from '../../../scripts/testing/needs.ts';
import { aPostgresSchema } from '#platform/testing';
import { aGate, type Gate } from './testing/gate.ts';
import { aDataDir, aProcess, type ServerProcess } from './testing/process.ts';
import {
  aCaller,
  aServedModel,
  type Caller,
  captured,
  classOf,
  done,
  endpoint,
  isIntact,
  labelled,
  paymentsCsv,
  paymentRequest,
  project,
  ready,
  settled,
  until,
} from './testing/small-loop.ts';
import { s3Config } from './testing/storages.ts';

const s3Flags = (endpointUrl: string, bucket: string): string[] =>
  Object.entries({
    ...s3Config('storage-gone'),
    '--s3-bucket': bucket,
    '--s3-endpoint': endpointUrl,
    '--capture-flush-ms': '100',
  }).flat();
const uploads = `${project}/datasets/before/versions`;
const upload = (call: Caller, rows: number) => call('POST', uploads, paymentsCsv(500, rows));
const versions = async (call: Caller): Promise<number[]> =>
  ((await done(call('GET', `${uploads}?limit=1000`))).items as { number: number }[]).map(({ number }) => number);

needs('postgres', 's3')('a server whose storage goes away', () => {
  const folder = aDataDir();
  let server: ServerProcess;
  let call: Caller;
  let database: Gate;
  let bucket: Gate;
  const asked: { id: string; n: number }[] = [];
  // By the protocol, as applications ask: it needs no database for the owner of the machine.
  const ask = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const n = asked.length;
      const response = await fetch(`${server.address}/v2/models/payments/infer`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(paymentRequest(n)),
      });
      expect(response.status).toBe(200);
      const { parameters } = (await response.json()) as { parameters: { prediction_ids: string[] } };
      asked.push({ id: parameters.prediction_ids[0] ?? '', n });
    }
  };
  beforeAll(async () => {
    database = await aGate(postgresUrl());
    bucket = await aGate(s3Settings().endpoint);
    server = await aProcess({
      dataDir: folder.path,
      databaseUrl: database.through(await aPostgresSchema()),
      flags: s3Flags(bucket.through(s3Settings().endpoint), s3Settings().bucket),
    });
    call = aCaller(server.address);
    await aServedModel(call);
    await ready(call);
  });
  afterAll(async () => {
    await server.stop();
    await Promise.all([database.shut(), bucket.shut()]);
    folder.remove();
  });
  const expectAllCaptured = async () => {
    await settled(call, asked.length);
    expect((await captured(call)).map(({ id }) => id)).toEqual(asked.map(({ id }) => id));
    expect(await isIntact(call)).toBe(true);
  };

  it('goes on predicting without its database, refuses with advice, and catches up by itself', async () => {
    await ask(10);
    await database.shut();
    for (const refused of [
      call('GET', endpoint),
      upload(call, 100),
      call('POST', `${endpoint}/labels`, { labels: [{ predictionId: asked[0]?.id, value: 'ok' }] }),
    ])
      expect(await refused).toMatchObject({
        status: 503,
        body: { code: 'DATABASE_UNAVAILABLE', detail: expect.stringContaining('send it again') },
      });
    await ask(30);
    await pause(500);
    await database.open();
    await expectAllCaptured();
    expect(await versions(call)).toEqual([1]);
    expect(await done(upload(call, 100))).toMatchObject({ number: 2 });
  });

  it('keeps what it acknowledged while connections to the database break all the time', async () => {
    const sent = new Map<string, string>();
    let refused = 0;
    const made = await versions(call);
    // Every upload differs: the same content again would be the version there is.
    let rows = 200;
    let busy = true;
    const load = async () => {
      while (busy) {
        const one = asked[sent.size % asked.length];
        if (!one) throw new Error('nothing was asked');
        const label = { predictionId: one.id, value: classOf(one.n, 300) };
        const answers = await Promise.all([
          call('POST', `${endpoint}/labels`, { labels: [label] }),
          upload(call, rows++),
        ]);
        for (const { status, body } of answers) {
          expect([200, 201, 202, 503], JSON.stringify(body)).toContain(status);
          if (status === 503) refused++;
        }
        if (answers[0]?.status === 202) sent.set(label.predictionId, label.value);
        if (answers[1]?.status === 201) made.push(Number(answers[1].body['number']));
      }
    };
    const loading = Promise.all([load(), load()]);
    for (let cut = 0; cut < 6; cut++) {
      await pause(250);
      await database.shut();
      await pause(100);
      await database.open();
    }
    busy = false;
    await loading;
    expect(refused).toBeGreaterThan(0);
    await expectAllCaptured();
    const numbers = await versions(call);
    expect(numbers).toEqual(numbers.map((_, index) => numbers.length - index));
    // A commit whose answer was lost counts for the database and not for the caller.
    expect(new Set(made).size).toBe(made.length);
    expect(numbers).toEqual(expect.arrayContaining(made));
    expect(numbers.length).toBeLessThanOrEqual(made.length + refused);
    const labels = new Map((await captured(call)).map(({ id, label }) => [id, label]));
    for (const [id, value] of sent) expect(labels.get(id)).toBe(value);
  });

  it('goes on predicting without its bucket, refuses with advice, and catches up by itself', async () => {
    const before = await versions(call);
    await bucket.shut();
    expect(await upload(call, 5000)).toMatchObject({
      status: 503,
      body: { code: 'STORAGE_UNAVAILABLE', detail: expect.stringContaining('Check endpoint and network') },
    });
    await ask(20);
    expect(await versions(call)).toEqual(before);
    await labelled(call, [{ predictionId: asked.at(-1)?.id ?? '', value: 'ok' }]);
    await bucket.open();
    await expectAllCaptured();
    expect(await done(upload(call, 5000))).toMatchObject({ number: before.length + 1 });
    await until('the health', async () => ((await call('GET', '/health')).status === 200 ? true : null));
  });
});

needs('s3')('a server whose bucket does not exist', () => {
  const folder = aDataDir();
  let server: ServerProcess;
  beforeAll(async () => {
    server = await aProcess({ dataDir: folder.path, flags: s3Flags(s3Settings().endpoint, 'no-such-bucket') });
  });
  afterAll(async () => {
    await server.stop();
    folder.remove();
  });
  it('says so to whom it refuses an upload, and keeps nothing', async () => {
    const call = aCaller(server.address);
    await done(call('POST', `${project}/datasets`, { name: 'before' }));
    expect(await upload(call, 100)).toMatchObject({
      status: 503,
      body: { code: 'STORAGE_UNAVAILABLE', detail: expect.stringContaining('does not exist. Create it') },
    });
    expect(await versions(call)).toEqual([]);
  });
});
