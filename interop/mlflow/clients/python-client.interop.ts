import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { createDataset, getLineage, listRunInputs, listRuns, uploadVersion } from '@millwright/contract';
import { type Client, createClient } from '@millwright/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mlflowFolder, needs, pythonClientFolder } from '../../../scripts/testing/needs.ts';
import { clientOf, mlflowVersions } from '../environment.ts';
import { type MlflowServer, startMlflow } from '../mlflow-server.ts';
import { type OurServer, startOurs } from '../our-server.ts';
import { runFlow } from './run-flow.ts';

const withinMs = 300_000;
const project = 'default';
const [newest = ''] = mlflowVersions;
const tests = join(import.meta.dirname, '..', '..', '..', 'clients', 'python', 'tests');

const pathsOf = (version: string): string =>
  [pythonClientFolder(), clientOf(mlflowFolder(), version).env['PYTHONPATH']].filter(Boolean).join(delimiter);

needs('mlflow', 'pythonClient')('our Python package beside MLflow’s client', { timeout: withinMs }, () => {
  let ours: OurServer | undefined;
  let theirs: MlflowServer | undefined;
  let client: Client;
  let cache = '';
  const flow = (name: string, address: string, version = newest, env: Record<string, string> = {}) =>
    runFlow({
      folder: mlflowFolder(),
      version,
      flow: name,
      address,
      env: { PYTHONPATH: pathsOf(version), XDG_CACHE_HOME: cache, ...env },
    });
  beforeAll(async () => {
    cache = mkdtempSync(join(tmpdir(), 'millwright-cache-'));
    ours = await startOurs();
    client = createClient({ baseUrl: ours.address });
    theirs = await startMlflow({ folder: mlflowFolder(), workers: 1 });
  }, withinMs);
  afterAll(async () => {
    await Promise.all([ours?.stop(), theirs?.stop()]);
    rmSync(cache, { recursive: true, force: true });
  });

  it.each(mlflowVersions)('records what a run ran on, here (client %s)', async (version) => {
    const { code, output } = await flow('context_of_a_run', ours?.address ?? '', version);
    expect(code, output).toBe(0);
  });

  it('records the same on a server of MLflow', async () => {
    const { code, output } = await flow('context_of_a_run', theirs?.address ?? '');
    expect(code, output).toBe(0);
  });

  it('logs media here and on a server of MLflow', async () => {
    for (const address of [ours?.address, theirs?.address]) {
      const { code, output } = await flow('media_of_a_run', address ?? '');
      expect(code, output).toBe(0);
    }
  });

  it('reads versions of our data sets, checked, and says so in the run', async () => {
    const { id } = await client.call(createDataset, { params: { project }, body: { name: 'read-by-python' } });
    const versions: string[] = [];
    for (const csv of ['amount\n1\n2\n', 'amount\n1\n2\n3\n']) {
      const input = { params: { project, dataset: id }, query: {} };
      versions.push(
        (await client.call(uploadVersion, input, { content: new Blob([csv]), contentType: 'text/csv' })).id,
      );
    }
    const { code, output } = await flow('dataset_of_a_run', ours?.address ?? '', newest, { DATASET: 'read-by-python' });
    expect(code, output).toBe(0);
    const { items: runs } = await client.call(listRuns, { params: { project }, query: { limit: 1 } });
    const run = runs[0]?.id ?? '';
    const { items } = await client.call(listRunInputs, { params: { project, run } });
    expect(items.map(({ name, context, datasetVersionId }) => [name, context, datasetVersionId])).toEqual([
      ['read-by-python', 'train', versions[0]],
      ['read-by-python', 'validation', versions[1]],
    ]);
    const graph = await client.call(getLineage, {
      params: { project, type: 'run', id: run },
      query: { direction: 'up', depth: 1 },
    });
    expect(graph.nodes.filter(({ depth }) => depth < 0).map(({ id: node }) => node)).toEqual(
      expect.arrayContaining(versions),
    );
  });

  it('says what was tried already, before it is tried again', async () => {
    const { code, output } = await flow('tried_before', ours?.address ?? '');
    expect(code, output).toBe(0);
  });

  it('says nothing and breaks nothing where it is switched off', async () => {
    const { code, output } = await flow('fluent', ours?.address ?? '', newest, { MILLWRIGHT_CONTEXT: 'off' });
    expect(code, output).toBe(0);
  });

  it('does what its own tests say', async () => {
    const { python } = clientOf(mlflowFolder(), newest);
    const env = { PATH: process.env['PATH'], PYTHONPATH: pathsOf(newest), PYTHONDONTWRITEBYTECODE: '1' };
    const { stderr } = await promisify(execFile)(python, ['-m', 'unittest', 'discover', '-s', tests], { env });
    expect(stderr).toMatch(/Ran \d{2,} tests/);
  });
});
