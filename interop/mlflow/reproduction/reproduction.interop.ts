import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mlflowFolder, needs, pythonClientFolder } from '../../../scripts/testing/needs.ts';
import { clientOf, mlflowVersions } from '../environment.ts';
import { type OurServer, startOurs } from '../our-server.ts';
import { anOrigin, aWheel, type Origin } from './origin.ts';

const withinMs = 600_000;
const [newest = ''] = mlflowVersions;

interface Run {
  id: string;
  status: string;
  tags: Record<string, string>;
  metrics: Record<string, { last: number; points: number }>;
}

needs('mlflow')('a run that MLflow’s client logged', { timeout: withinMs }, () => {
  let python: string;
  let env: Record<string, string>;
  const wheels = mkdtempSync(join(tmpdir(), 'millwright-wheels-'));
  let origin: Origin;
  let server: OurServer;
  beforeAll(async () => {
    ({ python, env } = clientOf(mlflowFolder(), newest));
    origin = anOrigin();
    aWheel(python, wheels);
    server = await startOurs({
      flags: [
        '--allow-local-processes',
        '--process-repositories',
        origin.folder,
        '--process-pythons',
        python,
        '--process-environment',
        'PYTHONPATH,PIP_NO_INDEX,PIP_FIND_LINKS',
      ],
      env: { ...env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels },
    });
  });
  afterAll(async () => {
    await server?.stop();
    origin?.remove();
    rmSync(wheels, { recursive: true, force: true });
  });

  const send = async <T>(method: string, path: string, body?: unknown, type = 'application/json'): Promise<T> => {
    const response = await fetch(`${server.address}/api/v1/projects/default${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': type }, body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(response.status, text).toBeLessThan(300);
    return JSON.parse(text) as T;
  };
  /** What the Python package records, told by hand. */
  const record = async (id: string, told: { command: string[]; packages: string; seed: number }): Promise<void> => {
    await send('PATCH', `/runs/${id}`, {
      tags: {
        'millwright.git.commit': origin.commit,
        'millwright.git.repository': origin.folder,
        'millwright.git.dirty': 'true',
        'millwright.git.diff': 'whole',
        'millwright.command': JSON.stringify(told.command),
        'millwright.workdir': 'src',
        'millwright.python': execFileSync(python, ['-c', 'import platform; print(platform.python_version())'])
          .toString()
          .trim(),
        'millwright.seeds': JSON.stringify({ random: told.seed }),
      },
    });
    const put = (path: string, content: string) =>
      send('PUT', `/runs/${id}/artifacts?path=${encodeURIComponent(path)}`, content, 'application/octet-stream');
    await put('millwright/diff.patch', origin.diff);
    await put('millwright/packages.txt', told.packages);
  };
  const reproduced = async (id: string) => {
    const started = await send<{ id: string }>('POST', `/runs/${id}/reproduce`, {});
    for (;;) {
      const run = await send<{
        state: string;
        message: string;
        steps: { message: string; output: { outcome: string } | null; log: { line: string }[] }[];
      }>('GET', `/pipeline-runs/${started.id}`);
      if (run.state !== 'queued' && run.state !== 'running') return run;
      await later(200);
    }
  };

  it('is run again by one call: same commit, changes, packages and seed, and the same metrics to the last digit', async () => {
    execFileSync(python, ['-W', 'ignore', 'train.py', '11'], {
      cwd: join(origin.folder, 'src'),
      env: { ...process.env, ...env, MLFLOW_TRACKING_URI: server.address },
    });
    const { items } = await send<{ items: Run[] }>('GET', '/runs?experiment=boats');
    const original = items[0] as Run;
    const packages = execFileSync(
      python,
      [
        '-c',
        'import importlib.metadata as m\nfor d in m.distributions(): print(d.metadata["Name"] + "==" + d.version)',
      ],
      { env: { ...process.env, ...env } },
    ).toString();
    await record(original.id, { command: ['python3', 'train.py', '11'], packages, seed: 11 });

    const score = await send<{ score: number; rerun: { method: string } }>(
      'GET',
      `/runs/${original.id}/reproducibility`,
    );
    expect(score.rerun.method).toBe('process');
    // All but the data, which the program does not name.
    expect(score.score).toBe(75);

    const run = await reproduced(original.id);
    expect(run.state, JSON.stringify(run, null, 1)).toBe('succeeded');
    expect(run.message).toBe('');
    expect(run.steps[0]?.message).toContain('which has the recorded packages');
    expect(run.steps[1]?.output?.outcome).toBe('same');
    const { items: again } = await send<{ items: { runId: string; metrics: { key: string; outcome: string }[] }[] }>(
      'GET',
      `/runs/${original.id}/reproductions`,
    );
    expect(again[0]?.metrics.map(({ key, outcome }) => [key, outcome])).toEqual([
      ['accuracy', 'same'],
      ['loss', 'same'],
    ]);
    const made = await send<Run>('GET', `/runs/${again[0]?.runId}`);
    expect(made.metrics['loss']).toMatchObject({ last: original.metrics['loss']?.last, points: 5 });
    expect(made.tags['millwright.reproduces']).toBe(original.id);
  });

  it('gets an environment of its own with the recorded packages where no interpreter has them', async () => {
    await send('POST', '/experiments', { name: 'small' });
    const { id } = await send<Run>('POST', '/runs', { experiment: 'small' });
    const program = [
      'import json, os, urllib.request, tinydep, sys',
      'body = dict(run_id=os.environ["MLFLOW_RUN_ID"], key="factor", value=tinydep.FACTOR, timestamp=1, step=0)',
      'urllib.request.urlopen(urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric",',
      '    json.dumps(body).encode(), {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}))',
    ].join('\n');
    await record(id, { command: ['python3', '-c', program], packages: 'tinydep==1.2\n', seed: 1 });
    const run = await reproduced(id);
    expect(run.state, JSON.stringify(run, null, 1)).toBe('succeeded');
    expect(run.steps[0]?.message).toContain('an environment made with 1 recorded packages');
    const { items } = await send<{ items: { metrics: { key: string; reproduced: number }[] }[] }>(
      'GET',
      `/runs/${id}/reproductions`,
    );
    expect(items[0]?.metrics).toMatchObject([{ key: 'factor', reproduced: 2 }]);
  });

  it('leaves nothing in the folder of the program, which was not run there', () => {
    expect(readdirSync(join(origin.folder, 'src'))).toEqual(['train.py']);
    expect(existsSync(join(origin.folder, 'src', 'mlruns'))).toBe(false);
  });
});

needs('mlflow', 'pythonClient')('a run that our Python package recorded', { timeout: withinMs }, () => {
  it('is run again from what it says of itself', async () => {
    const { python, env } = clientOf(mlflowFolder(), newest);
    const origin = anOrigin();
    const PYTHONPATH = [pythonClientFolder(), env['PYTHONPATH']].filter(Boolean).join(delimiter);
    execFileSync('git', ['remote', 'add', 'origin', origin.folder], { cwd: origin.folder });
    const server = await startOurs({
      flags: ['--allow-local-processes', '--process-repositories', origin.folder, '--process-pythons', python].concat([
        '--process-environment',
        'PYTHONPATH',
      ]),
      env: { PYTHONPATH },
    });
    const get = async <T>(path: string, method = 'GET'): Promise<T> => {
      const response = await fetch(`${server.address}/api/v1/projects/default${path}`, {
        method,
        ...(method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: '{}' }),
      });
      const text = await response.text();
      expect(response.status, text).toBeLessThan(300);
      return JSON.parse(text) as T;
    };
    try {
      execFileSync(python, ['-W', 'ignore', 'train.py', '5'], {
        cwd: join(origin.folder, 'src'),
        env: { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1', MLFLOW_TRACKING_URI: server.address },
      });
      const { items } = await get<{ items: Run[] }>('/runs?experiment=boats');
      const id = items[0]?.id ?? '';
      const score = await get<{ parts: { part: string; state: string }[]; rerun: { method: string; reason: string } }>(
        `/runs/${id}/reproducibility`,
      );
      expect(score.rerun.method, score.rerun.reason).toBe('process');
      expect(score.parts.map(({ part, state }) => [part, state])).toContainEqual(['code', 'pinned']);
      const started = await get<{ id: string }>(`/runs/${id}/reproduce`, 'POST');
      let state = 'queued';
      while (state === 'queued' || state === 'running') {
        await later(200);
        ({ state } = await get<{ state: string }>(`/pipeline-runs/${started.id}`));
      }
      const { items: again } = await get<{ items: { outcome: string; sentence: string }[] }>(
        `/runs/${id}/reproductions`,
      );
      expect(again[0]?.outcome, JSON.stringify([state, again])).toBe('same');
    } finally {
      await server.stop();
      origin.remove();
    }
  });
});
