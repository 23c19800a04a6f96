import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIds, isProvisional, newExperimentId, newId } from './ids.ts';
import { mergeLogs } from './merge.ts';
import { createQueue, type NewRequest, type Queue, type QueuedRequest } from './queue.ts';
import { lockFolder, openStore, type Store } from './store.ts';

let dir: string;
let store: Store;
let queue: Queue;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'millwright-spool-'));
  store = openStore(dir);
  queue = createQueue(store);
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

const aRequest = (request: Partial<NewRequest> = {}): NewRequest => ({
  workspace: '',
  kind: 'run-log',
  subject: 'run-a',
  method: 'POST',
  path: '/api/2.0/mlflow/runs/log-metric',
  body: '{}',
  ...request,
});
const add = (request?: Partial<NewRequest>) => store.commit(() => queue.add(aRequest(request), 1));

describe('the queue', () => {
  it('gives requests in their order, past those whose subject is held up', async () => {
    const first = await add();
    const other = await add({ subject: 'run-b' });
    expect(queue.next([])?.seq).toBe(first);
    expect(queue.next(['run-a'])?.seq).toBe(other);
    expect(queue.next(['run-a', 'run-b'])).toBeNull();
    await store.commit(() => queue.done([first]));
    expect(queue.next([])?.seq).toBe(other);
  });

  it('keeps what was refused apart, and takes it up again behind the rest', async () => {
    const refused = await add();
    const waiting = await add();
    await store.commit(() => queue.refuse(refused, '400 no'));
    expect(queue.counts()).toMatchObject({ waiting: 1, refused: 1 });
    expect(queue.refused(10)).toMatchObject([{ seq: refused, answer: '400 no' }]);
    expect(await store.commit(() => queue.retryRefused(2))).toBe(1);
    expect(queue.counts()).toMatchObject({ waiting: 2, refused: 0 });
    expect(queue.next([])?.seq).toBe(waiting);
  });

  it('is as it was when it is opened again, and by one process at a time', async () => {
    await add();
    store.close();
    store = openStore(dir);
    queue = createQueue(store);
    expect(queue.counts()).toMatchObject({ waiting: 1 });
    const lock = lockFolder(dir);
    expect(lock).not.toBeNull();
    expect(lockFolder(dir)).toBeNull();
    lock?.release();
    const again = lockFolder(dir);
    expect(again).not.toBeNull();
    again?.release();
  });

  it('undoes what failed and keeps what came with it', async () => {
    const outcomes = await Promise.allSettled([
      add(),
      store.commit(() => {
        queue.add(aRequest(), 1);
        throw new Error('no');
      }),
      add(),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(queue.counts()).toMatchObject({ waiting: 2 });
  });
});

const logs = (requests: [string, object | string][]): QueuedRequest[] =>
  requests.map(([name, body], index) => ({
    ...aRequest({ path: `/api/2.0/mlflow/runs/${name}`, body: typeof body === 'string' ? body : JSON.stringify(body) }),
    file: null,
    seq: index + 1,
    at: 1,
    size: 1,
  }));

describe('what was logged one by one', () => {
  it('becomes one batch that means the same', () => {
    const { body, count } = mergeLogs(
      logs([
        ['log-metric', { run_id: 'run-a', key: 'loss', value: 1, timestamp: 1, step: 1 }],
        ['log-parameter', { run_id: 'run-a', key: 'lr', value: '0.1' }],
        ['set-tag', { run_id: 'run-a', key: 't', value: 'old' }],
        ['log-batch', { run_id: 'run-a', metrics: [{ key: 'loss', value: 'NaN', timestamp: 2, step: 2 }] }],
        ['set-tag', { run_id: 'run-a', key: 't', value: 'new' }],
      ]),
    );
    expect(count).toBe(5);
    expect(JSON.parse(body)).toEqual({
      run_id: 'run-a',
      metrics: [
        { key: 'loss', value: 1, timestamp: 1, step: 1 },
        { key: 'loss', value: 'NaN', timestamp: 2, step: 2 },
      ],
      params: [{ key: 'lr', value: '0.1' }],
      tags: [{ key: 't', value: 'new' }],
    });
  });

  it('keeps every digit of every number', () => {
    const point = '{"key":"x","value":-0.0,"timestamp":9007199254740993,"step":1e0}';
    expect(mergeLogs(logs([['log-batch', `{"metrics":[${point}]}`]])).body).toContain(point);
  });

  it('ends where a batch is full, and where a parameter has another value', () => {
    const metrics = Array.from({ length: 600 }, (_, step) => ({ key: 'x', value: step, timestamp: 1, step }));
    expect(
      mergeLogs(
        logs([
          ['log-batch', { metrics }],
          ['log-batch', { metrics }],
        ]),
      ).count,
    ).toBe(1);
    const other = logs([
      ['log-parameter', { key: 'lr', value: '1' }],
      ['log-parameter', { key: 'lr', value: '2' }],
    ]);
    expect(mergeLogs(other).count).toBe(1);
  });
});

describe('ids', () => {
  it('of the server stand in place of those of the spool, wherever these are mentioned', async () => {
    const ids = createIds(store);
    const [run, unmade, experiment, real] = [newId(1), newId(2), newExperimentId(), 'f'.repeat(32)];
    expect(isProvisional(experiment)).toBe(true);
    await store.commit(() => [run, unmade, experiment].forEach(ids.give));
    await store.commit(() => {
      ids.learn(run, real);
      ids.learn(experiment, '7');
    });
    const text = `/artifacts/${experiment}/${run}/x?m=m-${unmade}&n=1${experiment}&other=${'a'.repeat(32)}`;
    for (const known of [ids, createIds(store)]) {
      expect(known.toServer(text)).toEqual({
        text: `/artifacts/7/${real}/x?m=m-${unmade}&n=1${experiment}&other=${'a'.repeat(32)}`,
        unknown: [unmade],
      });
      expect(known.fromServer(`m-${real}`)).toBe(`m-${run}`);
    }
  });
});
