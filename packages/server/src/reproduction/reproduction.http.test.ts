import type { PipelineRun, Reproducibility, Reproduction, TrainResult } from '@millwright/contract';
import { runTags } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aServer, type TestServer } from '../testing/server.ts';

const csv = ['at,size,good']
  .concat(
    Array.from({ length: 400 }, (_none, i) => {
      const size = ((i * 7919) % 1000) / 1000;
      return `${new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString()},${size},${(i % 9 === 0 ? 1 - size : size) > 0.5}`;
    }),
  )
  .join('\n');

describe('reproducing runs', () => {
  let server: TestServer;
  const api = '/api/v1/projects/default';
  const owner = async <T>(
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    payload?: object | string,
    type?: string,
  ): Promise<T> => {
    const response = await server.asOwner({
      method,
      url: api + url,
      ...(payload === undefined ? {} : { payload }),
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
    });
    expect(response.statusCode, response.body).toBeLessThan(300);
    return response.json() as T;
  };
  const ended = async (id: string): Promise<PipelineRun> => {
    for (;;) {
      const run = await owner<PipelineRun>('GET', `/pipeline-runs/${id}`);
      if (!['queued', 'running'].includes(run.state)) return run;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const aRun = (tags: Record<string, string>) => owner<{ id: string }>('POST', '/runs', { experiment: 'goods', tags });
  const recorded = {
    [runTags.gitCommit]: 'a'.repeat(40),
    [runTags.gitRepository]: 'https://host/team/project',
    [runTags.gitDirty]: 'false',
    [runTags.command]: '["python", "train.py"]',
    [runTags.workdir]: '.',
  };
  let trained: TrainResult;

  beforeAll(async () => {
    server = await aServer();
    server.app.start();
    await owner('POST', '/experiments', { name: 'goods' });
    await owner('POST', '/datasets', { name: 'goods' });
    const version = await owner<{ id: string }>('POST', '/datasets/goods/versions', csv, 'text/csv');
    trained = await owner<TrainResult>('POST', '/train', {
      datasetVersionId: version.id,
      experiment: 'goods',
      trainer: 'logistic',
      target: 'good',
      features: ['size'],
      timeColumn: 'at',
      parameters: { lambda: 0.5 },
      seed: 7,
    });
  });
  afterAll(() => server.close());

  it('trains what was trained here again, to the same model, and says that every metric is the same', async () => {
    const score = await owner<Reproducibility>('GET', `/runs/${trained.runId}/reproducibility`);
    expect(score).toMatchObject({ score: 100, rerun: { method: 'training' } });
    const started = await owner<PipelineRun>('POST', `/runs/${trained.runId}/reproduce`, {});
    const run = await ended(started.id);
    expect(run.state, run.message).toBe('succeeded');
    const compared = run.steps.at(-1);
    expect(compared?.message).toMatch(/^Reproduced exactly: all \d metrics/);
    const { items } = await owner<{ items: Reproduction[] }>('GET', `/runs/${trained.runId}/reproductions`);
    expect(items).toMatchObject([{ outcome: 'same', status: 'finished', pipelineRunId: run.id }]);
    expect(items[0]?.runId).not.toBe(trained.runId);
    const again = items[0]?.runId ?? '';
    const files = async (id: string) =>
      (await owner<{ items: { path: string; digest: string }[] }>('GET', `/runs/${id}/artifacts`)).items.find(
        ({ path }) => path === 'model.onnx',
      )?.digest;
    expect(await files(again)).toBe(await files(trained.runId));
    const lineage = await owner<{ edges: { kind: string }[] }>(
      'GET',
      `/lineage/run/${trained.runId}?direction=down&depth=1`,
    );
    expect(lineage.edges.map(({ kind }) => kind)).toContain('reproduction');
    // What was tried already knows both.
    const tried = await owner<{ items: { runId: string; same: boolean }[] }>('POST', '/runs/similar', { run: again });
    expect(tried.items[0]).toMatchObject({ runId: trained.runId, same: true });
    // Again under the same definition, as its second run.
    const second = await owner<PipelineRun>('POST', `/runs/${trained.runId}/reproduce`, { reason: 'Once more.' });
    expect(second).toMatchObject({ number: 2, revision: 1, trigger: { reason: 'Once more.' } });
    await ended(second.id);
  });

  it('runs no recorded command unless the operator allows it', async () => {
    const { id } = await aRun(recorded);
    const score = await owner<Reproducibility>('GET', `/runs/${id}/reproducibility`);
    expect(score.rerun.method).toBe('none');
    expect(score.rerun.reason).toContain('--allow-local-processes');
    const response = await server.asOwner({ method: 'POST', url: `${api}/runs/${id}/reproduce`, payload: {} });
    expect([response.statusCode, response.json().code]).toEqual([422, 'NOT_REPRODUCIBLE']);
    // Nor by a pipeline of one's own.
    await owner('PUT', '/pipelines/trick', {
      spec: { steps: [{ name: 'run', kind: 'reproduction.run', with: { originalRunId: id } }] },
    });
    const started = await owner<PipelineRun>('POST', '/pipelines/trick/runs', {});
    expect(await ended(started.id)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('--allow-local-processes'),
    });
  });

  it.each([
    ['without a command', { [runTags.command]: '' }],
    ['from a repository that is not allowed', { [runTags.gitRepository]: 'ext::sh -c id' }],
    ['from a folder outside', { [runTags.workdir]: '../..' }],
    ['at no commit', { [runTags.gitCommit]: '--output=/tmp/x' }],
    ['with changes that were not kept', { [runTags.gitDirty]: 'true' }],
  ])('refuses a run %s, and says why', async (_what, tags) => {
    const { id } = await aRun({ ...recorded, ...tags });
    const response = await server.asOwner({ method: 'POST', url: `${api}/runs/${id}/reproduce`, payload: {} });
    expect([response.statusCode, response.json().code], response.body).toEqual([422, 'NOT_REPRODUCIBLE']);
  });

  it('is for those who may run pipelines', async () => {
    const { id } = await aRun({});
    const post = (headers: Record<string, string>) =>
      server.inject({ method: 'POST', url: `${api}/runs/${id}/reproduce`, payload: {}, headers });
    expect((await post({})).statusCode).toBe(401);
    expect((await post(await server.token('viewer'))).statusCode).toBe(403);
    expect((await post(await server.token('editor'))).statusCode).toBe(422);
    const score = await server.inject({
      method: 'GET',
      url: `${api}/runs/${id}/reproducibility`,
      headers: await server.token('viewer'),
    });
    expect(score.json()).toMatchObject({ score: 0 });
  });

  it('compares by the tolerance that is asked for', async () => {
    const { items } = await owner<{ items: Reproduction[] }>(
      'GET',
      `/runs/${trained.runId}/reproductions?tolerance=0.5`,
    );
    expect(items.length).toBeGreaterThan(0);
    expect(items.every(({ outcome }) => outcome === 'same')).toBe(true);
    const missing = await server.asOwner({
      method: 'GET',
      url: `${api}/runs/run_01K9ZQ3M5D8V7W2X4Y6Z8A0B1C/reproductions`,
    });
    expect(missing.statusCode).toBe(404);
  });
});
