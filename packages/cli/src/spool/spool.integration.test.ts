import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlflowFolder, needs } from '../../../../scripts/testing/needs.ts';
import { spoolFailurePoints } from './failure-points.ts';

const bin = join(import.meta.dirname, '..', '..', 'bin', 'millwright.mjs');

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createSocket().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

interface Program {
  output(): string;
  ended: Promise<number | NodeJS.Signals>;
  kill(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

const start = (command: string, argv: readonly string[], env: Record<string, string> = {}): Program => {
  const child: ChildProcess = spawn(command, argv, {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (written += String(chunk)));
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code ?? -1)),
  );
  return {
    output: () => written,
    ended,
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return ended;
    },
  };
};

const millwright = (argv: readonly string[], env?: Record<string, string>): Program =>
  start(process.execPath, [bin, ...argv], env);

const until = async (isSo: () => Promise<boolean> | boolean, program?: Program): Promise<void> => {
  const end = Date.now() + 40_000;
  while (!(await Promise.resolve(isSo()).catch(() => false))) {
    if (Date.now() > end) throw new Error(`never came true\n${program?.output() ?? ''}`);
    await sleep(50);
  }
};

const startServer = async (dataDir: string, port: number): Promise<Program> => {
  const program = millwright(['up', '--data-dir', dataDir, '--port', String(port)]);
  await until(() => program.output().includes('ready: '), program);
  return program;
};

/** A spool that is started again whenever it dies; the failure point only kills the first one. */
const keepSpool = async (options: { to: string; port: number; dataDir: string; failurePoint?: string }) => {
  const argv = ['spool', '--to', options.to, '--port', String(options.port), '--data-dir', options.dataDir];
  let isOver = false;
  let deaths = 0;
  let program = millwright(argv, options.failurePoint ? { MILLWRIGHT_FAILURE_POINT: options.failurePoint } : {});
  const keeping = (async () => {
    for (;;) {
      await program.ended;
      if (isOver) return;
      deaths += 1;
      program = millwright(argv);
    }
  })();
  await until(() => program.output().includes('ready: '), program);
  return {
    deaths: () => deaths,
    kill: () => program.kill(),
    async stop() {
      isOver = true;
      await program.kill('SIGTERM');
      await keeping;
    },
  };
};

/** As MLflow's client: again while nobody answers. Only what was answered counts as sent. */
const createClient = (address: string) => {
  const send = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: never }> => {
    for (const end = Date.now() + 40_000; ; await sleep(50))
      try {
        const reply = await fetch(address + path, {
          method,
          ...(body === undefined
            ? {}
            : typeof body === 'string'
              ? { body }
              : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        });
        const answered = await reply.text();
        return { status: reply.status, body: (answered.startsWith('{') ? JSON.parse(answered) : answered) as never };
      } catch (error) {
        if (Date.now() > end) throw error;
      }
  };
  const mlflow = async (method: string, route: string, body?: unknown): Promise<Record<string, never>> => {
    const reply = await send(method, `/api/2.0/mlflow/${route}`, body);
    if (reply.status !== 200) throw new Error(`${route}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  return { send, mlflow };
};

const points = 30;

/** Logs as training does, and answers the ids that it was given. */
const train = async (address: string, experimentName: string, onStep: (step: number) => Promise<void> | void) => {
  const { send, mlflow } = createClient(address);
  const made = await send('POST', '/api/2.0/mlflow/experiments/create', { name: experimentName });
  const experiment =
    made.status === 200
      ? String(made.body['experiment_id'])
      : (await mlflow('GET', `experiments/get-by-name?experiment_name=${experimentName}`))['experiment']?.[
          'experiment_id'
        ];
  const { run } = await mlflow('POST', 'runs/create', { experiment_id: experiment, start_time: Date.now() });
  const info = (run as unknown as { info: Record<string, string> }).info;
  const id = info['run_id'] as string;
  await mlflow('POST', 'runs/log-parameter', { run_id: id, key: 'lr', value: '0.1' });
  for (let step = 0; step < points; step++) {
    await onStep(step);
    await mlflow('POST', 'runs/log-metric', {
      run_id: id,
      key: 'loss',
      value: 1 / (step + 1),
      timestamp: 1000 + step,
      step,
    });
  }
  const path = (info['artifact_uri'] as string).replace('mlflow-artifacts:', '/api/2.0/mlflow-artifacts/artifacts');
  const upload = await send('PUT', `${path}/notes/a.txt`, 'hello '.repeat(1000));
  expect(upload.status).toBe(200);
  const asked = { experiment_id: experiment, name: 'model', source_run_id: id };
  const { model } = await mlflow('POST', 'logged-models', asked);
  const modelId = (model as unknown as { info: { model_id: string } }).info.model_id;
  await mlflow('PATCH', `logged-models/${modelId}`, { model_id: modelId, status: 'LOGGED_MODEL_READY' });
  await mlflow('POST', 'runs/update', { run_id: id, status: 'FINISHED', end_time: 5000 });
  return { id, modelId };
};

const dir = mkdtempSync(join(tmpdir(), 'millwright-spool-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the spool', () => {
  let server: Program;
  let port: number;
  let address: string;
  const dataDir = join(dir, 'server');
  beforeAll(async () => {
    port = await freePort();
    address = `http://127.0.0.1:${port}`;
    server = await startServer(dataDir, port);
  });
  afterAll(() => server.kill('SIGTERM'));

  const drain = async (spoolDir: string): Promise<Program> => {
    const program = millwright(['spool', 'drain', '--data-dir', spoolDir, '--timeout', '60']);
    await program.ended;
    return program;
  };

  const expectOnce = async (experimentName: string, { id, modelId }: { id: string; modelId: string }) => {
    const { mlflow, send } = createClient(address);
    const { experiment } = await mlflow('GET', `experiments/get-by-name?experiment_name=${experimentName}`);
    const number = (experiment as unknown as { experiment_id: string }).experiment_id;
    const { runs } = await mlflow('POST', 'runs/search', { experiment_ids: [number] });
    expect(runs).toMatchObject([{ info: { run_id: id, status: 'FINISHED' } }]);
    const [run] = runs as unknown as { data: { params: unknown; tags: { key: string }[] } }[];
    expect(run?.data.params).toEqual([{ key: 'lr', value: '0.1' }]);
    expect(run?.data.tags.some(({ key }) => key === 'millwright.spool.refused')).toBe(false);
    const { metrics } = await mlflow('GET', `metrics/get-history?run_id=${id}&metric_key=loss`);
    expect((metrics as unknown as { step: number }[]).map(({ step }) => step)).toEqual(
      Array.from({ length: points }, (_, step) => step),
    );
    const { models } = await mlflow('POST', 'logged-models/search', { experiment_ids: [number] });
    expect(models).toMatchObject([{ info: { model_id: modelId, status: 'LOGGED_MODEL_READY' } }]);
    const file = await send('GET', `/get-artifact?run_id=${id}&path=notes/a.txt`);
    expect(file.body).toBe('hello '.repeat(1000));
  };

  it.each([
    ...spoolFailurePoints.filter((name) => name !== 'spool.file-written').map((name) => `${name}:1`),
    'spool.file-written',
    'spool.before-commit:9',
    'spool.after-commit:3',
    'spool.after-commit:4',
    'spool.after-forward:3',
    'spool.after-remembered:2',
  ])('killed at %s, brings everything it acknowledged to the server once', async (failurePoint) => {
    const name = failurePoint.replace(/\W/g, '-');
    const spoolPort = await freePort();
    const spoolDir = join(dir, name);
    const spool = await keepSpool({ to: address, port: spoolPort, dataDir: spoolDir, failurePoint });
    try {
      const made = await train(`http://127.0.0.1:${spoolPort}`, name, () => undefined);
      await until(() => spool.deaths() > 0);
      const drained = await drain(spoolDir);
      expect(await drained.ended, drained.output()).toBe(0);
      expect(spool.deaths()).toBe(1);
      await expectOnce(name, made);
    } finally {
      await spool.stop();
    }
  });

  it('puts aside what the server refuses, tells the run, and goes on', async () => {
    const spoolPort = await freePort();
    const spoolDir = join(dir, 'refused');
    const spool = await keepSpool({ to: address, port: spoolPort, dataDir: spoolDir });
    try {
      const { mlflow } = createClient(`http://127.0.0.1:${spoolPort}`);
      const direct = createClient(address);
      const { run } = await mlflow('POST', 'runs/create', { experiment_id: '0' });
      const id = (run as unknown as { info: { run_id: string } }).info.run_id;
      expect((await drain(spoolDir)).output()).toContain('waiting   0');
      await direct.mlflow('POST', 'runs/log-parameter', { run_id: id, key: 'lr', value: 'set by somebody else' });
      await mlflow('POST', 'runs/log-parameter', { run_id: id, key: 'lr', value: '0.1' });
      await mlflow('POST', 'runs/log-metric', { run_id: id, key: 'loss', value: 1, timestamp: 1 });
      const drained = await drain(spoolDir);
      expect(await drained.ended).toBe(1);
      expect(drained.output()).toMatch(/refused {3}1 [^]*runs\/log-parameter[^]*400/);
      const there = (await direct.mlflow('GET', `runs/get?run_id=${id}`))['run'] as unknown as {
        data: { metrics: unknown[]; tags: { key: string; value: string }[] };
      };
      expect(there.data.metrics).toHaveLength(1);
      expect(there.data.tags.find(({ key }) => key === 'millwright.spool.refused')?.value).toMatch(/^1 refused.*400/);
    } finally {
      await spool.stop();
    }
  });

  needs('mlflow')('with the real client', () => {
    it('keeps training going while the server is killed and comes back, and itself too', async () => {
      const script = join(dir, 'train.py');
      writeFileSync(
        script,
        `
import sys, time, mlflow
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("outage")
with mlflow.start_run(run_name="through the outage") as run:
    mlflow.log_params({"lr": 0.1, "depth": 6})
    for step in range(100):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
        if step in (20, 60):
            print("step", step, flush=True)
            time.sleep(0.5)
        if step == 50:
            mlflow.log_text("half way", "notes/half.txt")
            again = mlflow.MlflowClient().get_run(run.info.run_id)
            assert again.data.params == {"lr": "0.1", "depth": "6"}, again
            assert again.info.status == "RUNNING" and again.data.metrics["loss"] == 1 / 51, again
    with mlflow.start_run(nested=True, run_name="child"):
        mlflow.log_metric("x", 1)
print("run", run.info.run_id, flush=True)
`,
      );
      const spoolPort = await freePort();
      const spoolDir = join(dir, 'outage');
      const spool = await keepSpool({ to: address, port: spoolPort, dataDir: spoolDir });
      try {
        const client = start(join(mlflowFolder(), 'bin', 'python'), [
          '-W',
          'ignore',
          script,
          `http://127.0.0.1:${spoolPort}`,
        ]);
        await until(() => client.output().includes('step 20'), client);
        await server.kill();
        await until(() => client.output().includes('step 60'), client);
        await spool.kill();
        expect(await client.ended, client.output()).toBe(0);
        server = await startServer(dataDir, port);
        const drained = await drain(spoolDir);
        expect(await drained.ended, drained.output()).toBe(0);
        const id = /run ([0-9a-f]{32})/.exec(client.output())?.[1];
        const { mlflow, send } = createClient(address);
        const { metrics } = await mlflow('GET', `metrics/get-history?run_id=${id}&metric_key=loss`);
        expect((metrics as unknown as { step: number }[]).map(({ step }) => step)).toEqual(
          Array.from({ length: 100 }, (_, step) => step),
        );
        const { experiment } = await mlflow('GET', 'experiments/get-by-name?experiment_name=outage');
        const number = (experiment as unknown as { experiment_id: string }).experiment_id;
        const { runs } = await mlflow('POST', 'runs/search', { experiment_ids: [number] });
        const infos = (runs as unknown as { info: { run_name: string; status: string } }[]).map(({ info }) => info);
        expect(infos.map(({ run_name: runName, status }) => [runName, status]).sort()).toEqual([
          ['child', 'FINISHED'],
          ['through the outage', 'FINISHED'],
        ]);
        expect((await send('GET', `/get-artifact?run_id=${id}&path=notes/half.txt`)).body).toBe('half way');
      } finally {
        await spool.stop();
      }
    });
  });
});

describe('a server that gives its own ids', () => {
  it.each(['spool.before-forward:2', 'spool.after-forward:2'])(
    'has one run when the spool is killed at %s',
    async (failurePoint) => {
      const runs: { id: string; tag: string; metrics: number[] }[] = [];
      const foreign = createServer(async (request, response) => {
        const raw = await text(request);
        const body = (raw === '' ? {} : JSON.parse(raw)) as Record<string, unknown>;
        const route = (request.url ?? '').replace('/api/2.0/mlflow/', '').split('?')[0];
        const shown = runs.map(({ id }) => ({ info: { run_id: id, status: 'RUNNING' }, data: {} }));
        let answer: unknown = {};
        if (route === 'experiments/create') answer = { experiment_id: '12' };
        if (route === 'experiments/get-by-name') answer = null;
        if (route === 'runs/create') {
          expect(body['experiment_id']).toBe('12');
          const tag = (body['tags'] as { key: string; value: string }[]).find(
            ({ key }) => key === 'millwright.spool.id',
          );
          runs.push({ id: String(runs.length + 1).repeat(32), tag: tag?.value ?? '', metrics: [] });
          answer = { run: { info: { run_id: runs.at(-1)?.id } } };
        }
        if (route === 'runs/search')
          answer = { runs: shown.filter((_run, index) => String(body['filter']).includes(runs[index]?.tag ?? '-')) };
        if (route?.startsWith('runs/log-')) {
          const run = runs.find(({ id }) => id === body['run_id']);
          const logged = (body['metrics'] ?? [body]) as { step: number }[];
          run?.metrics.push(...logged.map(({ step }) => step));
        }
        response.writeHead(answer === null ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer ?? { error_code: 'RESOURCE_DOES_NOT_EXIST' }));
      });
      await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
      // Away at first, so that the experiment is made by the spool.
      const later = await freePort();
      const to = `http://127.0.0.1:${later}`;
      const spoolPort = await freePort();
      const spoolDir = join(dir, `foreign-${failurePoint.replace(/\W/g, '-')}`);
      const spool = await keepSpool({ to, port: spoolPort, dataDir: spoolDir, failurePoint });
      try {
        const { mlflow } = createClient(`http://127.0.0.1:${spoolPort}`);
        const { experiment_id: experiment } = await mlflow('POST', 'experiments/create', { name: 'foreign' });
        const { run } = await mlflow('POST', 'runs/create', { experiment_id: experiment });
        const id = (run as unknown as { info: { run_id: string } }).info.run_id;
        for (const step of [1, 2, 3])
          await mlflow('POST', 'runs/log-metric', { run_id: id, key: 'x', value: 1, timestamp: 1, step });
        await new Promise<void>((resolve) => foreign.close(() => resolve()));
        await new Promise<void>((resolve) => foreign.listen(later, '127.0.0.1', resolve));
        const drained = millwright(['spool', 'drain', '--data-dir', spoolDir, '--timeout', '60']);
        expect(await drained.ended, drained.output()).toBe(0);
        expect(spool.deaths()).toBe(1);
        expect(runs).toEqual([{ id: '1'.repeat(32), tag: id, metrics: [1, 2, 3] }]);
        const there = await mlflow('GET', `runs/get?run_id=${id}`);
        expect(JSON.stringify(there)).not.toContain('1'.repeat(32));
      } finally {
        await spool.stop();
        foreign.closeAllConnections();
        foreign.close();
      }
    },
  );
});
