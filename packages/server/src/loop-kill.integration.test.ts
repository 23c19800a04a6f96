import { cpSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../../scripts/testing/needs.ts';
import type { FailurePoint } from '#platform/failure-points';
import { aPostgresSchema } from '#platform/testing';
import { aDataDir, aProcess, type ProcessOptions, type ServerProcess } from './testing/process.ts';
import {
  aCaller,
  aCanary,
  aServedModel,
  type Caller,
  captured,
  classOf,
  done,
  endedRun,
  endpoint,
  isIntact,
  labelled,
  orDeath,
  paymentsCsv,
  predicted,
  project,
  ready,
  settled,
  theRollout,
  until,
} from './testing/small-loop.ts';
import { s3Config } from './testing/storages.ts';

type Point = `${FailurePoint}:${number}`;
const flags = ['--capture-flush-ms', '100', '--log-level', 'error'];

/** A folder on which a server has run before, copied for each test: making one takes longer than most tests. */
const servers: ServerProcess[] = [];
const folders: ReturnType<typeof aDataDir>[] = [];
const aFolder = () => {
  const folder = aDataDir();
  folders.push(folder);
  return folder.path;
};
const start = async (dataDir: string, options: ProcessOptions = {}) => {
  const server = await aProcess({ flags, ...options, dataDir });
  servers.push(server);
  return { server, call: aCaller(server.address) };
};

let prepared = '';
beforeAll(async () => {
  prepared = aFolder();
  const { server, call } = await start(prepared);
  await aServedModel(call);
  await server.stop();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => {
  for (const folder of folders) folder.remove();
});
const copied = (): string => {
  const dataDir = aFolder();
  cpSync(prepared, dataDir, { recursive: true });
  return dataDir;
};

/** Asks until the server dies. Answers the ids that it answered. */
const predictUntilDeath = async (call: Caller): Promise<string[]> => {
  const answered: string[] = [];
  await ready(call);
  for (let n = 0; n < 400; n++) {
    const prediction = await orDeath(predicted(call, n));
    if (prediction === null) break;
    answered.push(prediction.id);
  }
  return answered;
};

/** Everything that was answered is stored once. The one request that died on the way may be. */
const expectCaptured = async (call: Caller, answered: readonly string[], inFlight = 1) => {
  await settled(call, answered.length);
  const ids = (await captured(call)).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining([...answered]));
  expect(ids.length).toBeLessThanOrEqual(answered.length + inFlight);
  expect(await done(call('GET', endpoint))).toMatchObject({ captured: ids.length, dropped: 0 });
  expect(await isIntact(call)).toBe(true);
};

describe('a server that is killed while data comes in', () => {
  it.each<Point>(['blob.before-rename:1', 'upload.before-commit:1'])(
    'at %s has no part of the upload, and takes it when it is sent again',
    async (failurePoint) => {
      const dataDir = copied();
      const first = await start(dataDir, { failurePoint });
      const csv = paymentsCsv(500, 2000);
      expect(await orDeath(first.call('POST', `${project}/datasets/before/versions`, csv))).toBe(null);
      expect(await first.server.ended).toBe('SIGKILL');
      const { call } = await start(dataDir);
      const versions = async () =>
        ((await done(call('GET', `${project}/datasets/before/versions`))).items as { number: number }[]).map(
          ({ number }) => number,
        );
      expect(await versions()).toEqual([1]);
      const again = await done(call('POST', `${project}/datasets/before/versions`, csv));
      expect(again).toMatchObject({ number: 2, rowCount: 2000 });
      expect(await versions()).toEqual([2, 1]);
      const content = await call('GET', `${project}/dataset-versions/${again['id']}/rows?limit=5`);
      expect(content.status).toBe(200);
      expect(await isIntact(call)).toBe(true);
    },
  );

  it('at blob.half-written:1 has no part of the file of a run, and takes it when it is sent again', async () => {
    const dataDir = copied();
    const first = await start(dataDir, { failurePoint: 'blob.half-written:1' });
    const run = await done(first.call('POST', `${project}/runs`, { experiment: 'payments' }));
    const path = `${project}/runs/${run['id']}/artifacts`;
    const send = (call: Caller) => call('PUT', `${path}?path=table.csv`, paymentsCsv(500, 5000));
    expect(await orDeath(send(first.call))).toBe(null);
    expect(await first.server.ended).toBe('SIGKILL');
    const { call } = await start(dataDir);
    const files = async () => (await done(call('GET', path))).items as { path: string }[];
    expect(await files()).toEqual([]);
    await done(send(call));
    expect(await files()).toMatchObject([{ path: 'table.csv', sizeBytes: paymentsCsv(500, 5000).length }]);
    expect(await isIntact(call)).toBe(true);
  });

  it.each<Point>(['journal.half-written:7', 'capture.before-commit:2', 'capture.after-commit:2'])(
    'at %s keeps every prediction that it answered, once',
    async (failurePoint) => {
      const dataDir = copied();
      const first = await start(dataDir, { failurePoint });
      const answered = await predictUntilDeath(first.call);
      expect(await first.server.ended).toBe('SIGKILL');
      expect(answered.length).toBeGreaterThan(3);
      const { call } = await start(dataDir);
      await expectCaptured(call, answered);
    },
  );
});

needs('postgres', 's3')('a server on PostgreSQL and S3 that is killed while data comes in', () => {
  it('before it commits captured predictions and an upload keeps what it answered, once', async () => {
    const where = {
      databaseUrl: await aPostgresSchema(),
      flags: [...flags, ...Object.entries(s3Config('loop-kill')).flat()],
    };
    const dataDir = aFolder();
    const first = await start(dataDir, where);
    await aServedModel(first.call);
    await first.server.stop();
    const second = await start(dataDir, { ...where, failurePoint: 'capture.before-commit:2' });
    const answered = await predictUntilDeath(second.call);
    expect(await second.server.ended).toBe('SIGKILL');
    const third = await start(dataDir, { ...where, failurePoint: 'upload.before-commit:1' });
    await expectCaptured(third.call, answered);
    const uploads = `${project}/datasets/before/versions`;
    expect(await orDeath(third.call('POST', uploads, paymentsCsv(500)))).toBe(null);
    const { call } = await start(dataDir, where);
    expect((await done(call('GET', uploads))).items).toHaveLength(1);
    expect(await done(call('POST', uploads, paymentsCsv(500)))).toMatchObject({ number: 2 });
    await expectCaptured(call, answered);
  });
});

describe('a server that is killed while a canary is decided', () => {
  it.each<Point>(['rollout.before-commit:1', 'rollout.after-commit:1'])(
    'at %s counts each outcome once and promotes once',
    async (failurePoint) => {
      const dataDir = copied();
      const first = await start(dataDir);
      const run = await aCanary(first.call, { steps: [0.5], minLabelsPerStep: 50 });
      const asked: { id: string; n: number }[] = [];
      for (let n = 0; n < 200; n++) asked.push({ id: (await predicted(first.call, n)).id, n });
      await settled(first.call, asked.length);
      await first.server.stop();

      const second = await start(dataDir, { failurePoint });
      const labels = asked.map(({ id, n }) => ({ predictionId: id, value: classOf(n, 300) }));
      await orDeath(labelled(second.call, labels));
      expect(await second.server.ended).toBe('SIGKILL');

      const { call } = await start(dataDir);
      // Who got no answer sends again.
      await labelled(call, labels);
      const promoted = await until('the promotion', async () => {
        const rollout = await theRollout(call);
        return rollout['endedAt'] === null ? null : rollout;
      });
      expect(promoted).toMatchObject({ state: 'promoted' });
      expect(promoted['champion'].labelled + promoted['challenger'].labelled).toBe(200);
      expect(promoted['champion'].requests + promoted['challenger'].requests).toBe(200);
      expect(promoted['decisions'].filter((one: { decision: string }) => one.decision === 'promote')).toHaveLength(1);
      expect(await endedRun(call, run)).toMatchObject({ state: 'succeeded' });
      await settled(call, 200);
      const { items } = await done(call('GET', `${project}/events?limit=1000&type=serving.rollout-ended`));
      expect(items).toHaveLength(1);
      // Decided before the server died, it is loaded while this one starts.
      await ready(call);
      expect((await done(call('GET', endpoint))).variants).toMatchObject([{ role: 'champion', number: 2 }]);
      expect((await predicted(call, 7)).version).toBe('2');
      expect(await isIntact(call)).toBe(true);
    },
  );
});

describe('a server that is killed at moments nobody chose', () => {
  /** The generator of Numerical Recipes: the same kills in every run. */
  const random = (seed: number) => () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;

  it('five times during the loop loses nothing that it acknowledged and does nothing twice', async () => {
    const next = random(7);
    const dataDir = copied();
    const answered: string[] = [];
    const truth = new Map<string, string>();
    const acknowledged = new Set<string>();
    const uploads: number[] = [];
    let inFlight = 0;
    let n = 0;
    let run = '';
    for (let round = 0; round <= 5; round++) {
      const { server, call } = await start(dataDir);
      if (round === 0) run = await aCanary(call, { steps: [0.2, 0.5], minLabelsPerStep: 30, maxLabels: 20_000 });
      await ready(call);
      const dieAfterMs = 300 + next() * 1500;
      if (round < 5) setTimeout(() => void server.kill(), dieAfterMs);
      try {
        for (let step = 0; round < 5 || step < 40; step++) {
          const prediction = await predicted(call, n);
          answered.push(prediction.id);
          truth.set(prediction.id, classOf(n++, 300));
          if (step % 10 === 9) {
            const waiting = answered
              .filter((id) => !acknowledged.has(id))
              .map((predictionId) => ({ predictionId, value: truth.get(predictionId) ?? '' }));
            await labelled(call, waiting);
            for (const { predictionId } of waiting) acknowledged.add(predictionId);
          }
          if (step % 15 === 14)
            uploads.push(
              (await done(call('POST', `${project}/datasets/before/versions`, paymentsCsv(500, 50 + n)))).number,
            );
          // What is read in the end is one page of predictions.
          if (round < 5 && answered.length > (round + 1) * 80) await server.ended;
        }
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        inFlight++;
        expect(await server.ended).toBe('SIGKILL');
        continue;
      }
      await expectCaptured(call, answered, inFlight);
      const labels = new Map((await captured(call)).map(({ id, label }) => [id, label]));
      for (const id of acknowledged) expect(labels.get(id), id).toBe(truth.get(id));
      const versions = (
        (await done(call('GET', `${project}/datasets/before/versions?limit=1000`))).items as { number: number }[]
      ).map(({ number }) => number);
      expect(versions).toEqual(expect.arrayContaining(uploads));
      expect(versions).toEqual(versions.map((_, index) => versions.length - index));
      expect(versions.length).toBeLessThanOrEqual(1 + uploads.length + inFlight);
      const rollout = await theRollout(call);
      expect(rollout['champion'].labelled + rollout['challenger'].labelled).toBeLessThanOrEqual(labels.size);
      expect(rollout['decisions'].filter((one: { decision: string }) => one.decision === 'start')).toHaveLength(1);
      if (rollout['endedAt'] === null) {
        expect(rollout['champion'].labelled + rollout['challenger'].labelled).toBe(acknowledged.size);
        await done(
          call('POST', `${project}/rollouts/${rollout['id']}/decision`, { decision: 'promote', reason: 'enough' }),
        );
      }
      expect(await endedRun(call, run)).toMatchObject({ state: 'succeeded' });
      const { items } = await done(call('GET', `${project}/events?limit=1000&type=serving.rollout-ended`));
      expect(items).toHaveLength(1);
      expect(await isIntact(call)).toBe(true);
    }
    expect(inFlight).toBe(5);
  });
});
