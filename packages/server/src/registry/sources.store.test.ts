import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '#platform/audit';
import { testDatabases } from '#platform/testing';
import { aRegistry } from './fixtures/a-registry.ts';

describe.each(testDatabases)('versions that clients bring on %s', (database) => {
  let test: Awaited<ReturnType<typeof aRegistry>>;
  beforeAll(async () => {
    test = await aRegistry({ database });
  });
  afterAll(() => test.close());

  const audits = async (resourceId: string) =>
    (await listAudit(test.platform.database.db, { resourceId, limit: 1000 })).items.map((row) => row.verb).reverse();
  const aRun = () =>
    test.experiments
      .ensureExperiment(test.ctx, 'runs')
      .then(({ id }) => test.experiments.startRun(test.ctx, { experiment: id }));
  const put = (root: string, path: string, content: string) =>
    test.experiments.putFile(test.ctx, { root, path }, Buffer.from(content), 'application/octet-stream');
  const fromRun = (runId: string, path = 'model') => ({
    source: `runs:/x/${path}`,
    files: { root: runId, path },
    runId,
  });
  const elsewhere = { source: 's3://bucket/model', files: null };

  it('is bound to the list of its files, wherever they lie', async () => {
    await test.service.createModel(test.ctx, { name: 'files', approval: 'none' });
    const [first, second] = [await aRun(), await aRun()];
    await put(first.id, 'model/MLmodel', 'flavors: {}');
    await put(first.id, 'model/data/weights.bin', '12345');
    await put(first.id, 'modelling/other', 'not below it');
    await put(second.id, 'copy/data/weights.bin', '12345');
    await put(second.id, 'copy/MLmodel', 'flavors: {}');
    const version = await test.service.registerSource(test.ctx, 'files', fromRun(first.id));
    expect(version).toMatchObject({
      number: 1,
      format: 'mlflow',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      sizeBytes: 16,
      signature: null,
      source: 'runs:/x/model',
      runId: first.id,
      namedRun: first.id,
      stage: 'None',
      status: 'ready',
      approval: { state: 'approved', by: 'system:test', reason: 'This model asks for no approval.' },
    });
    expect(version.approval.digest).toBe(version.digest);
    const copy = await test.service.registerSource(test.ctx, 'files', fromRun(second.id, 'copy'));
    expect(copy.digest).toBe(version.digest);
    const one = await test.service.registerSource(test.ctx, 'files', fromRun(first.id, 'model/MLmodel'));
    expect([one.sizeBytes, one.digest === version.digest]).toEqual([11, false]);
    expect(await audits(version.id)).toEqual(['model-version.create', 'model-version.decide']);
    const lineage = await test.graph.lineageOf(
      'default',
      { type: 'model-version', id: version.id },
      { direction: 'up', depth: 1 },
    );
    expect(lineage.nodes.map((node) => node.id).sort()).toEqual([version.id, first.id].sort());
  });

  it('keeps no digest of files that lie elsewhere, and the name of a run it does not know', async () => {
    await test.service.createModel(test.ctx, { name: 'elsewhere' });
    const version = await test.service.registerSource(test.ctx, 'elsewhere', {
      ...elsewhere,
      runId: 'somebody-elses-run',
      runLink: 'https://example.com/run',
      note: 'from afar',
      tags: { team: 'risk' },
    });
    expect(version).toMatchObject({
      digest: null,
      sizeBytes: null,
      runId: null,
      namedRun: 'somebody-elses-run',
      runLink: 'https://example.com/run',
      note: 'from afar',
      tags: { team: 'risk' },
      approval: { state: 'pending' },
    });
    const decided = await test.service.decideApproval(test.ctx, version.id, {
      decision: 'approve',
      reason: 'known to me',
      digest: null,
    });
    expect(decided.approval).toMatchObject({ state: 'approved', digest: null });
  });

  it('gives clear errors to whoever needs an ONNX file', async () => {
    await test.service.createModel(test.ctx, { name: 'no-onnx', approval: 'none' });
    const version = await test.service.registerSource(test.ctx, 'no-onnx', elsewhere);
    await test.service.setAlias(test.ctx, 'no-onnx', 'champion', version.id);
    const refused = {
      code: 'MODEL_REFUSED',
      message: expect.stringContaining("Version 1 of 'no-onnx' has no ONNX file"),
    };
    await expect(test.service.onnxVersion(test.ctx, version.id)).rejects.toMatchObject(refused);
    await expect(test.service.onnxAliasTarget(test.ctx, 'no-onnx', 'champion')).rejects.toMatchObject(refused);
    await expect(test.service.modelFile(version.id)).rejects.toMatchObject(refused);
    await expect(test.service.download(test.ctx, version.id, {})).rejects.toMatchObject(refused);
    await expect(test.champion('no-onnx')).rejects.toMatchObject(refused);
  });

  it('loses its approval and its place as champion when its files are changed', async () => {
    await test.service.createModel(test.ctx, { name: 'changed', approval: 'manual' });
    const run = await aRun();
    await put(run.id, 'model/MLmodel', 'as it was');
    const version = await test.service.registerSource(test.person('ann'), 'changed', fromRun(run.id));
    const decide = (digest: string | null) =>
      test.service.decideApproval(test.person('bob'), version.id, { decision: 'approve', reason: 'seen', digest });
    await decide(version.digest);
    await test.service.setAlias(test.ctx, 'changed', 'champion', version.id);
    await test.service.setAlias(test.ctx, 'changed', 'shadow', version.id);
    expect((await test.service.versionPlace(test.ctx, version.id)).version.approval.state).toBe('approved');

    await put(run.id, 'model/MLmodel', 'something else');
    const { version: voided, uri } = await test.service.versionPlace(test.ctx, version.id);
    expect(uri).toBe('runs:/x/model');
    expect(voided.approval).toMatchObject({
      state: 'pending',
      by: null,
      digest: null,
      reason: expect.stringContaining(version.digest ?? ''),
    });
    expect(voided.digest).not.toBe(version.digest);
    expect(voided.aliases).toEqual(['shadow']);
    expect(await audits(version.id)).toEqual(['model-version.create', 'model-version.decide', 'model-version.void']);
    await expect(test.service.setAlias(test.ctx, 'changed', 'champion', version.id)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('Somebody other than ann who has the permission model:approve'),
    });

    // Changed again between the look and the decision: the decision is about files that are gone.
    await put(run.id, 'model/extra', 'more');
    await expect(decide(voided.digest)).rejects.toMatchObject({ code: 'STALE' });
    const now = await test.service.findVersion(test.ctx, version.id);
    expect((await decide(now.digest)).approval.state).toBe('approved');
  });

  it('keeps what its aliases name where nobody is asked for an approval', async () => {
    await test.service.createModel(test.ctx, { name: 'unasked', approval: 'none' });
    const run = await aRun();
    await put(run.id, 'model/MLmodel', 'as it was');
    const version = await test.service.registerSource(test.ctx, 'unasked', fromRun(run.id));
    await test.service.setAlias(test.ctx, 'unasked', 'champion', version.id);
    await test.experiments.deleteFiles(test.ctx, { root: run.id, path: 'model' });
    const { version: voided } = await test.service.versionPlace(test.ctx, version.id);
    expect(voided).toMatchObject({
      digest: null,
      sizeBytes: null,
      aliases: ['champion'],
      approval: { state: 'pending' },
    });
  });

  it('gives numbers once, also after versions are deleted', async () => {
    const model = await test.service.createModel(test.ctx, { name: 'numbers-once', approval: 'none' });
    const made: { id: string }[] = [];
    for (let index = 0; index < 3; index++)
      made.push(await test.service.registerSource(test.ctx, 'numbers-once', elsewhere));
    const last = made[2]?.id ?? '';
    await test.service.setAlias(test.ctx, 'numbers-once', 'champion', last);
    await test.service.deleteVersion(test.ctx, last);
    await expect(test.service.deleteVersion(test.ctx, last)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(test.service.updateVersion(test.ctx, last, { note: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(test.service.setAlias(test.ctx, 'numbers-once', 'shadow', last)).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
    expect(await test.service.findVersion(test.ctx, last)).toMatchObject({
      deletedAt: expect.any(Number),
      aliases: [],
    });
    expect(await test.service.versionNumbered(test.ctx, model.id, 3)).toBeNull();
    expect((await test.service.registerSource(test.ctx, 'numbers-once', elsewhere)).number).toBe(4);
    const { items } = await test.service.listVersions(test.ctx, 'numbers-once', {});
    expect(items.map((version) => version.number)).toEqual([4, 2, 1]);
    expect((await test.service.getModel(test.ctx, 'numbers-once')).aliases).toEqual({});
  });

  it('goes with its model, whose name is free again', async () => {
    const model = await test.service.createModel(test.ctx, { name: 'short-lived', approval: 'none', tags: { a: '1' } });
    const version = await test.service.registerSource(test.ctx, 'short-lived', elsewhere);
    await test.service.setAlias(test.ctx, 'short-lived', 'champion', version.id);
    await test.service.deleteModel(test.ctx, 'short-lived');
    for (const ref of ['short-lived', model.id])
      await expect(test.service.getModel(test.ctx, ref)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await test.service.aliasTarget(test.ctx, model.id, 'champion')).toBeNull();
    expect(await audits(model.id)).toEqual(['model.create', 'alias.set', 'model.delete']);
    const again = await test.service.createModel(test.ctx, { name: 'short-lived' });
    expect([again.id === model.id, again.tags]).toEqual([false, {}]);
    expect((await test.service.registerSource(test.ctx, 'short-lived', elsewhere)).number).toBe(1);
    expect(await test.service.findVersion(test.ctx, version.id)).toMatchObject({ modelName: 'short-lived' });
  });

  it('renames, describes and tags a model, and asks an approver about approvals', async () => {
    const { id } = await test.service.createModel(test.ctx, { name: 'old name' });
    await test.service.createModel(test.ctx, { name: 'taken' });
    await expect(test.service.updateModel(test.ctx, id, { name: 'taken' })).rejects.toMatchObject({
      code: 'NAME_TAKEN',
    });
    expect(
      await test.service.updateModel(test.ctx, 'old name', {
        name: 'ünï çöde',
        description: 'd',
        tags: { a: '1', b: '2' },
      }),
    ).toMatchObject({ id, name: 'ünï çöde', description: 'd', tags: { a: '1', b: '2' } });
    expect(
      (await test.service.updateModel(test.ctx, 'ünï çöde', { tags: { a: null, nothing: null, b: '' } })).tags,
    ).toEqual({
      b: '',
    });
    expect(await test.service.modelNamed(test.ctx, 'old name')).toBeNull();
    const writer = test.as({
      ...test.ctx.actor,
      kind: 'user',
      grants: [{ role: 'editor', project: 'default', resource: null }],
    });
    await expect(test.service.updateModel(writer, id, { approval: 'none' })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect((await test.service.updateModel(test.ctx, id, { approval: 'manual' })).approval).toBe('manual');
  });

  it('finds a model by its id although another one is called like that', async () => {
    const first = await test.service.createModel(test.ctx, { name: 'the first' });
    const second = await test.service.createModel(test.ctx, { name: first.id });
    expect((await test.service.getModel(test.ctx, first.id)).name).toBe('the first');
    expect((await test.service.modelNamed(test.ctx, first.id))?.id).toBe(second.id);
  });

  it('moves versions from stage to stage and tells the newest of each', async () => {
    const { id } = await test.service.createModel(test.ctx, { name: 'stages', approval: 'none' });
    const made: { id: string }[] = [];
    for (let index = 0; index < 4; index++) made.push(await test.service.registerSource(test.ctx, id, elsewhere));
    const move = (index: number, stage: 'Staging' | 'Production', archiveOthers = false) =>
      test.service.updateVersion(test.ctx, made[index]?.id ?? '', { stage, archiveOthers });
    await move(0, 'Production');
    await move(1, 'Production');
    const latest = async () =>
      (await test.service.latestVersions(test.ctx, [id])).map(({ number, stage }) => `${number} ${stage}`);
    expect(await latest()).toEqual(['2 Production', '4 None']);
    expect(await move(2, 'Production', true)).toMatchObject({ stage: 'Production', number: 3 });
    expect(await latest()).toEqual(['2 Archived', '3 Production', '4 None']);
    await test.service.deleteVersion(test.ctx, made[3]?.id ?? '');
    expect(await latest()).toEqual(['2 Archived', '3 Production']);
  });

  it('searches models and versions in any order, page by page', async () => {
    const ctx = { ...test.ctx, project: 'search' };
    for (const [index, name] of ['b', 'a', 'd', 'c'].entries()) {
      await test.service.createModel(ctx, {
        name,
        approval: 'none',
        tags: index % 2 === 0 ? { hidden: 'true' } : { team: 'x' },
      });
      for (let count = 0; count <= index; count++)
        await test.service.registerSource(ctx, name, {
          ...elsewhere,
          runId: `run-${count}`,
          tags: { count: String(count) },
        });
    }
    const all = { filter: null, order: [], limit: 100 };
    const names = async (query: Partial<Parameters<typeof test.service.searchModels>[1]>) =>
      (await test.service.searchModels(ctx, { ...all, ...query })).items.map(({ name }) => name).join('');
    expect(await names({})).toBe('abcd');
    expect(await names({ order: [{ path: ['name'], descending: true }] })).toBe('dcba');
    expect(await names({ order: [{ path: ['updatedAt'], descending: true }] })).toMatch(/^[abcd]{4}$/);
    expect(await names({ exceptTagged: ['hidden', 'true'] })).toBe('ac');
    expect(await names({ filter: { kind: 'compare', path: ['tags', 'team'], operator: '=', value: 'x' } })).toBe('ac');
    await expect(names({ order: [{ path: ['owner'], descending: false }] })).rejects.toMatchObject({
      code: 'INVALID_FILTER',
    });

    const found: string[] = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await test.service.searchVersions(ctx, {
        ...all,
        order: [{ path: ['number'], descending: true }],
        limit: 3,
        cursor,
      });
      found.push(...page.items.map(({ modelName, number }) => `${modelName}${number}`));
      cursor = page.nextCursor ?? undefined;
      more = cursor !== undefined;
    }
    expect(found.join(' ')).toBe('c4 c3 d3 a2 c2 d2 a1 b1 c1 d1');
    const versions = async (query: Partial<Parameters<typeof test.service.searchVersions>[1]>) =>
      (
        await test.service.searchVersions(ctx, { ...all, order: [{ path: ['name'], descending: false }], ...query })
      ).items
        .map(({ modelName, number }) => `${modelName}${number}`)
        .join(' ');
    expect(await versions({ filter: { kind: 'in', path: ['runId'], values: ['run-1', 'run-3'] } })).toBe('a2 c4 c2 d2');
    expect(await versions({ filter: { kind: 'compare', path: ['tags', 'count'], operator: '=', value: '2' } })).toBe(
      'c3 d3',
    );
    expect(await versions({ exceptTagged: ['hidden', 'true'] })).toBe('a2 a1 c4 c3 c2 c1');
    expect(await versions({ exceptTagged: ['count', '0'] })).toBe('a2 c4 c3 c2 d3 d2');
    await expect(versions({ cursor: 'WzFd' })).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
  });
});
