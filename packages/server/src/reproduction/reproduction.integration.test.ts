import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { type PipelineRun, type Run, runTags } from '@millwright/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { needs } from '../../../../scripts/testing/needs.ts';
import { aDataDir, aProcess, type ServerProcess } from '../testing/process.ts';

const api = '/api/v1/projects/default';

/** Writes down that it began, goes on for a while, logs one metric by MLflow's wire, and writes down that it ended. */
const program = `
import json, os, sys, time, urllib.request
book, seconds = sys.argv[1], float(sys.argv[2])
def note(what):
    with open(book, 'a') as file:
        file.write(json.dumps([what, os.getpid(), os.environ['MLFLOW_RUN_ID'], time.time()]) + chr(10))
note('began')
time.sleep(seconds)
def post(path, body):
    request = urllib.request.Request(os.environ['MLFLOW_TRACKING_URI'] + path, json.dumps(body).encode(),
        {'Content-Type': 'application/json', 'Authorization': 'Bearer ' + os.environ['MLFLOW_TRACKING_TOKEN']})
    return urllib.request.urlopen(request).status
post('/api/2.0/mlflow/runs/log-metric', {'run_id': os.environ['MLFLOW_RUN_ID'], 'key': 'loss', 'value': 0.5, 'timestamp': 1, 'step': 0})
print('the token has', len(os.environ['MLFLOW_TRACKING_TOKEN']), 'characters and the environment', sorted(os.environ))
with open(book + '.token', 'w') as file:
    file.write(os.environ['MLFLOW_TRACKING_TOKEN'])
note('ended')
`;

needs('python')('a recorded command that is run again', () => {
  let folder: string;
  let data: ReturnType<typeof aDataDir>;
  let server: ServerProcess | undefined;
  const book = () => join(folder, 'book');
  const notes = (): [string, number, string, number][] =>
    existsSync(book())
      ? readFileSync(book(), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as [string, number, string, number])
      : [];
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: join(folder, 'origin'),
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millwright-origin-'));
    data = aDataDir();
    mkdirSync(join(folder, 'origin'));
    git('init', '--quiet');
    writeFileSync(join(folder, 'origin', 'train.py'), program);
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
  });
  afterEach(async () => {
    await server?.stop();
    data.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (options: { failurePoint?: 'process.started' } = {}): Promise<ServerProcess> => {
    server = await aProcess({
      dataDir: data.path,
      ...options,
      flags: [
        '--allow-local-processes',
        '--process-repositories',
        join(folder, 'origin'),
        '--process-pythons',
        process.env['MILLWRIGHT_TEST_PYTHON'] ?? '',
      ],
    });
    return server;
  };
  const send = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await (server as ServerProcess).send(method, api + path, body);
    expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
    return reply.body as T;
  };
  const original = async (seconds: number, more: Record<string, string> = {}): Promise<Run> => {
    await send('POST', '/experiments', { name: 'boats' });
    const run = await send<Run>('POST', '/runs', {
      experiment: 'boats',
      tags: {
        [runTags.gitCommit]: git('rev-parse', 'HEAD').toString().trim(),
        [runTags.gitRepository]: join(folder, 'origin'),
        [runTags.gitDirty]: 'false',
        [runTags.command]: JSON.stringify(['python3', 'train.py', book(), String(seconds)]),
        [runTags.workdir]: '.',
        ...more,
      },
    });
    await send('POST', `/runs/${run.id}/metrics`, { points: [{ key: 'loss', value: 0.5 }] }).catch(() => undefined);
    await send('PATCH', `/runs/${run.id}`, { status: 'finished' });
    return run;
  };
  const until = async (is: () => boolean | Promise<boolean>): Promise<void> => {
    for (let left = 600; left > 0 && !(await is()); left--) await later(100);
    expect(await is()).toBe(true);
  };
  const ended = async (id: string): Promise<PipelineRun> => {
    await until(
      async () => !['queued', 'running'].includes((await send<PipelineRun>('GET', `/pipeline-runs/${id}`)).state),
    );
    return send<PipelineRun>('GET', `/pipeline-runs/${id}`);
  };
  const runsOf = async (id: string): Promise<Run[]> =>
    (
      await send<{ items: Run[] }>(
        'GET',
        `/runs?filter=${encodeURIComponent(`tags."millwright.reproduces" = "${id}"`)}`,
      )
    ).items;
  const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}`);

  it('logs to a run of its own, by a token that is worth nothing afterwards, and leaves nothing behind', async () => {
    await start();
    const run = await original(0);
    const { id } = await send<PipelineRun>('POST', `/runs/${run.id}/reproduce`, {});
    const done = await ended(id);
    expect(done.state, JSON.stringify(done.steps)).toBe('succeeded');
    expect(done.steps[1]?.message).toBe('Reproduced exactly: the metric is the same to the last digit.');
    const [again] = await runsOf(run.id);
    expect(again).toMatchObject({ status: 'finished', metrics: { loss: { last: 0.5 } } });
    const said = done.steps[0]?.log.map(({ line }) => line).find((line) => line.startsWith('the token has')) ?? '';
    expect(said).not.toContain('MILLWRIGHT');
    expect(readdirSync(join(data.path, 'processes'))).toEqual([]);
    const token = readFileSync(`${book()}.token`, 'utf8');
    expect(token).toMatch(/^mw_svc_/);
    const reply = await fetch(`${server?.address}${api}/runs`, { headers: { authorization: `Bearer ${token}` } });
    expect(reply.status).toBe(401);
    const log = JSON.stringify(done.steps);
    expect(log).not.toContain(token);
  });

  it('fails with what it wrote when the command fails, and is not tried again', async () => {
    await start();
    const run = await original(0, {
      [runTags.command]: JSON.stringify(['python', '-c', 'import sys; print("oh no"); sys.exit(3)']),
    });
    const { id } = await send<PipelineRun>('POST', `/runs/${run.id}/reproduce`, {});
    const done = await ended(id);
    expect(done).toMatchObject({ state: 'failed', message: expect.stringContaining('ended with 3') });
    expect(done.steps[0]).toMatchObject({ attempts: 1 });
    expect(done.steps[0]?.log.map(({ line }) => line)).toContain('oh no');
    expect(await runsOf(run.id)).toMatchObject([{ status: 'failed' }]);
  });

  it('is ended when its pipeline run is cancelled, and when the server stops', async () => {
    await start();
    const run = await original(60);
    const { id } = await send<PipelineRun>('POST', `/runs/${run.id}/reproduce`, {});
    await until(() => notes().length === 1);
    await send('POST', `/pipeline-runs/${id}/cancel`);
    await until(() => !isRunning(notes()[0]?.[1] ?? 0));
    await until(async () => (await runsOf(run.id))[0]?.status === 'killed');
    await send<PipelineRun>('POST', `/runs/${run.id}/reproduce`, {});
    await until(() => notes().length === 2);
    await server?.stop();
    expect(isRunning(notes()[1]?.[1] ?? 0)).toBe(false);
  });

  it('is begun anew in another run when the server was killed, after the first of it has ended', async () => {
    await start();
    const run = await original(2);
    await server?.stop();
    await start({ failurePoint: 'process.started' });
    const { id } = await send<PipelineRun>('POST', `/runs/${run.id}/reproduce`, {});
    expect(await server?.ended).toBe('SIGKILL');
    await start();
    const done = await ended(id);
    expect(done.state, JSON.stringify(done.steps)).toBe('succeeded');
    const all = await runsOf(run.id);
    expect(all.map(({ status }) => status)).toEqual(['finished', 'killed']);
    // Whatever the first one came to, it never logs beside the second, and never to the same run.
    const began = notes().filter(([what]) => what === 'began');
    const endings = notes().filter(([what]) => what === 'ended');
    expect(endings).toHaveLength(1);
    expect(new Set(began.map(([, , runId]) => runId)).size).toBe(began.length);
    expect(endings[0]?.[2]).toBe(began.at(-1)?.[2]);
  });
});
