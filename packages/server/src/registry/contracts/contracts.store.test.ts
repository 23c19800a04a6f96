import type { ContractTest, ModelVersion } from '@millwright/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testDatabases } from '#platform/testing';
import { tableFromRows } from '#training';
import { aFraudModel, aLine } from '../fixtures/onnx-models.ts';
import { aRegistry } from '../fixtures/a-registry.ts';

const mlmodel = (columns: string) => `flavors:
  python_function: {loader_module: mlflow.sklearn, python_version: 3.11.2}
signature:
  inputs: '[${columns}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
`;
const column = (name: string, type: string) => `{"type": "${type}", "name": "${name}", "required": true}`;

describe.each(testDatabases)('the tests of a model on %s', (database) => {
  let test: Awaited<ReturnType<typeof aRegistry>>;
  beforeAll(async () => {
    test = await aRegistry({ database });
    test.start();
  });
  afterAll(() => test.close());

  const set = async (model: string, tests: ContractTest[]) => {
    const { revision } = await test.service.contractTests(test.ctx, model);
    return test.service.setContractTests(test.ctx, model, { tests, basedOn: revision });
  };
  const fromFiles = async (model: string, files: Record<string, string | Uint8Array>) => {
    const run = await test.experiments
      .ensureExperiment(test.ctx, 'runs')
      .then(({ id }) => test.experiments.startRun(test.ctx, { experiment: id }));
    for (const [path, content] of Object.entries(files))
      await test.experiments.putFile(
        test.ctx,
        { root: run.id, path: `m/${path}` },
        typeof content === 'string' ? Buffer.from(content) : content,
        'text/plain',
      );
    const version = await test.service.registerSource(test.ctx, model, {
      source: 'runs:/x/m',
      files: { root: run.id, path: 'm' },
      runId: run.id,
    });
    return { version, run };
  };
  const finished = (version: Pick<ModelVersion, 'id'>, revision: number) =>
    vi.waitFor(
      async () => {
        const found = await test.service.findVersion(test.ctx, version.id);
        expect(found.tests).toMatchObject({ revision });
        expect(found.tests?.state).not.toBe('queued');
        return test.service.findVersion(test.ctx, version.id);
      },
      { timeout: 60_000, interval: 50 },
    );
  const resultsOf = async (model: string, version: Pick<ModelVersion, 'id'>) => {
    const { items } = await test.service.listContractRuns(test.ctx, model, { modelVersion: version.id });
    return Object.fromEntries(
      (items[0]?.results ?? []).map(({ name, outcome, message }) => [name, [outcome, message]]),
    );
  };

  it('hold back what would be approved at once until they pass', async () => {
    await test.service.createModel(test.ctx, { name: 'held', approval: 'none' });
    await set('held', [
      { name: 'columns', kind: 'signature', inputs: [{ name: 'amount', type: 'number' }] },
      { name: 'small', kind: 'size', maxBytes: 10_000 },
      { name: 'needed', kind: 'files', paths: ['MLmodel'] },
    ]);
    const { version } = await fromFiles('held', { MLmodel: mlmodel(column('amount', 'double')) });
    expect(version.approval).toMatchObject({ state: 'pending', reason: 'Waiting for the tests of the model.' });
    expect(await finished(version, 1)).toMatchObject({
      tests: { state: 'green', digest: version.digest },
      approval: { state: 'approved', by: 'system:test', digest: version.digest },
    });
    const { version: wrong } = await fromFiles('held', {
      MLmodel: mlmodel(`${column('amount', 'string')}, ${column('country', 'string')}`),
    });
    expect(await finished(wrong, 1)).toMatchObject({ tests: { state: 'red' }, approval: { state: 'pending' } });
    expect((await resultsOf('held', wrong))['columns']).toEqual([
      'failed',
      'It needs country, which callers do not send. It takes amount as string, but callers send number.',
    ]);
    await expect(test.service.setAlias(test.ctx, 'held', 'champion', wrong.id)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(
      test.service.decideApproval(test.person('bob'), wrong.id, {
        decision: 'approve',
        reason: 'x',
        digest: wrong.digest,
      }),
    ).rejects.toMatchObject({ code: 'TESTS_RED' });
    await set('held', [{ name: 'small', kind: 'size', maxBytes: 10_000 }]);
    expect(await finished(wrong, 2)).toMatchObject({ tests: { state: 'green' }, approval: { state: 'approved' } });
    await test.service.setAlias(test.ctx, 'held', 'champion', wrong.id);
    await expect(test.service.setContractTests(test.ctx, 'held', { tests: [], basedOn: 1 })).rejects.toMatchObject({
      code: 'STALE',
    });
  });

  it('run again when the files change, and approve nothing that was not registered', async () => {
    await test.service.createModel(test.ctx, { name: 'changed', approval: 'none' });
    await set('changed', [{ name: 'small', kind: 'size', maxBytes: 10_000 }]);
    const { version, run } = await fromFiles('changed', { MLmodel: 'flavors: {}' });
    await finished(version, 1);
    await test.experiments.putFile(test.ctx, { root: run.id, path: 'm/more' }, Buffer.from('1'), 'text/plain');
    await test.service.versionPlace(test.ctx, version.id);
    await finished(version, 1);
    const { items } = await test.service.listContractRuns(test.ctx, 'changed', { modelVersion: version.id });
    expect(items.map(({ trigger, state }) => [trigger, state])).toEqual([
      ['files-changed', 'green'],
      ['registration', 'green'],
    ]);
    expect((await test.service.findVersion(test.ctx, version.id)).approval.state).toBe('pending');
  });

  it('run a model where it can be run, and say where it cannot', async () => {
    await test.service.createModel(test.ctx, { name: 'run', approval: 'none' });
    const table = 'dsv_0000000000000000000000000A';
    test.sliceTables.set(
      table,
      tableFromRows(
        [{ name: 'amount' }, { name: 'country' }, { name: 'class' }],
        Array.from({ length: 40 }, (_, n) => [n * 10, n % 2 ? 'XX' : 'DE', n % 2 || n > 25 ? 'fraud' : 'ok']),
      ),
    );
    const slice = { kind: 'slice', datasetVersionId: table, target: 'class', metric: 'accuracy' } as const;
    const examples = [
      { inputs: { amount: 1, country: 'DE' }, outputs: { label: 'ok', probabilities: [1, 0] } },
      { inputs: { amount: 1, country: 'XX' }, outputs: { label: 'fraud' } },
    ];
    await set('run', [
      { name: 'golden', kind: 'examples', examples },
      {
        name: 'wrong',
        kind: 'examples',
        weight: 'advisory',
        examples: [{ ...examples[0]!, outputs: { label: 'fraud' } }],
      },
      { name: 'fast', kind: 'latency', row: { amount: 1, country: 'DE' }, maxP95Ms: 10_000, calls: 20 },
      { name: 'slice', ...slice, where: { column: 'country', equals: 'XX' }, atLeast: 0.99 },
      { name: 'others', ...slice, weight: 'advisory', where: { column: 'country', equals: 'DE' }, atLeast: 1 },
    ]);
    const trained = await test.aTrainedRun(aFraudModel);
    const version = await test.service.registerVersion(test.ctx, 'run', { runId: trained.runId });
    expect((await finished(version, 1)).tests?.state).toBe('green');
    const found = await resultsOf('run', version);
    expect(found['golden']?.[0]).toBe('passed');
    expect(found['wrong']).toEqual(['failed', 'Example 1: label is "ok", expected "fraud".']);
    expect(found['fast']?.[0]).toBe('passed');
    expect(found['slice']).toEqual(['passed', 'accuracy is 1.00000 over 20 rows.']);
    expect(found['others']).toEqual(['failed', 'accuracy is 0.650000 over 20 rows, less than 1.']);
    const python = (await fromFiles('run', { MLmodel: mlmodel(column('amount', 'double')), 'model.pkl': 'x' })).version;
    expect((await finished(python, 1)).tests?.state).toBe('red');
    expect((await resultsOf('run', python))['golden']).toEqual([
      'skipped',
      'It cannot be executed here (python_function): there is no ONNX file among its files.',
    ]);
    await set('run', [{ name: 'golden', kind: 'examples', examples, weight: 'where-executable' }]);
    expect((await finished(python, 2)).tests?.state).toBe('green');
  });

  it('run the ONNX file that an MLflow client brought, and outlive one that is none', async () => {
    await test.service.createModel(test.ctx, { name: 'brought', approval: 'none' });
    await set('brought', [
      {
        name: 'golden',
        kind: 'examples',
        examples: [{ inputs: { x: 3 }, outputs: { value: 7.0001 } }],
        tolerance: 0.001,
      },
    ]);
    const good = (await fromFiles('brought', { MLmodel: mlmodel(column('x', 'double')), 'model.onnx': aLine.onnx }))
      .version;
    expect((await finished(good, 1)).tests?.state).toBe('green');
    for (const bytes of ['no model at all', aLine.onnx.slice(0, 40)]) {
      const bad = (await fromFiles('brought', { 'model.onnx': bytes })).version;
      expect((await finished(bad, 1)).tests?.state).toBe('red');
      expect((await resultsOf('brought', bad))['golden']?.[0]).toBe('failed');
    }
  });

  it('are compared with another version, file by file', async () => {
    await test.service.createModel(test.ctx, { name: 'compared', approval: 'none' });
    const one = await fromFiles('compared', {
      MLmodel: mlmodel(column('amount', 'double')),
      'requirements.txt': 'mlflow==3.14.0\nscikit-learn==1.7.2\n',
      'model.pkl': 'one\0',
      gone: 'x',
    });
    const two = await fromFiles('compared', {
      MLmodel: mlmodel(`${column('amount', 'float')}, ${column('country', 'string')}`),
      'requirements.txt': 'mlflow==3.14.0\nscikit-learn==1.8.0\n',
      'model.pkl': 'two\0',
    });
    const found = await test.service.compareVersions(test.ctx, one.version.id, two.version.id);
    expect(found.inputs).toEqual([
      { key: 'amount', difference: 'changed', before: 'double', after: 'float' },
      { key: 'country', difference: 'added', before: null, after: 'string' },
    ]);
    expect(found.environment.filter(({ difference }) => difference !== 'same')).toEqual([
      { key: 'scikit-learn', difference: 'changed', before: '==1.7.2', after: '==1.8.0' },
    ]);
    expect(found.files.map(({ path, difference, lines }) => [path, difference, lines?.length ?? null])).toEqual([
      ['MLmodel', 'changed', 8],
      ['gone', 'removed', null],
      ['model.pkl', 'changed', null],
      ['requirements.txt', 'changed', 4],
    ]);
    const contents = await test.service.versionContents(test.ctx, two.version.id);
    expect(contents).toMatchObject({ python: '3.11.2', flavours: ['python_function'], problem: null });
    expect(contents.files.map(({ path }) => path)).toEqual(['MLmodel', 'model.pkl', 'requirements.txt']);
    const { version: bomb } = await fromFiles('compared', { MLmodel: 'a: &a [1]\nb: [*a, *a]' });
    expect((await test.service.versionContents(test.ctx, bomb.id)).problem).toContain('anchors');
    await expect(test.service.downloadFile(test.ctx, two.version.id, '../m/MLmodel', {})).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
