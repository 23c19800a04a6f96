import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listAudit } from '#platform/audit';
import { listEvents } from '#platform/events';
import { testDatabases } from '#platform/testing';
import { aRegistry } from './fixtures/a-registry.ts';

describe.each(testDatabases)('the registry on %s', (database) => {
  let test: Awaited<ReturnType<typeof aRegistry>>;
  beforeAll(async () => {
    test = await aRegistry({ database });
    test.start();
  });
  afterAll(() => test.close());

  it('registers the model of a run with its digest, signature and origins', async () => {
    const model = await test.service.createModel(test.ctx, { name: 'first' });
    const run = await test.aTrainedRun();
    const evaluation = test.anEvaluation(run, 'green');
    const version = await test.service.registerVersion(test.ctx, 'first', {
      runId: run.runId,
      evaluationId: evaluation.id,
      note: 'the very first',
    });
    expect(version).toMatchObject({
      modelId: model.id,
      modelName: 'first',
      number: 1,
      digest: run.modelDigest,
      sizeBytes: run.modelSizeBytes,
      signature: run.signature,
      runId: run.runId,
      evaluationId: evaluation.id,
      datasetVersionId: run.datasetVersionId,
      note: 'the very first',
      createdBy: 'system:test',
      aliases: [],
      approval: { state: 'approved', by: `gate:${evaluation.id}`, digest: run.modelDigest },
    });
    const lineage = await test.graph.lineageOf(
      'default',
      { type: 'model-version', id: version.id },
      { direction: 'up', depth: 1 },
    );
    expect(lineage.nodes.map((node) => `${node.type}/${node.id}`).sort()).toEqual(
      [
        `dataset-version/${run.datasetVersionId}`,
        `evaluation/${evaluation.id}`,
        `model-version/${version.id}`,
        `run/${run.runId}`,
      ].sort(),
    );
    expect(lineage.nodes.find((node) => node.type === 'model-version')?.label).toBe('first v1');
    const audit = await listAudit(test.platform.database.db, { resourceType: 'model-version', resourceId: version.id });
    expect(audit.items.map((row) => row.verb)).toEqual(['model-version.decide', 'model-version.create']);
    expect(await readFile(await test.service.modelFile(version.id), 'utf8')).toBe('a model file');
  });

  it('numbers versions without gaps, however many are registered at once', async () => {
    await test.service.createModel(test.ctx, { name: 'numbers' });
    const runs = await Promise.all(Array.from({ length: 12 }, (_, index) => test.aTrainedRun(`model ${index}`)));
    const wrong = test.anEvaluation(runs[0] as never, 'green');
    const outcomes = await Promise.allSettled(
      runs.map((run, index) =>
        test.service.registerVersion(test.ctx, 'numbers', {
          runId: run.runId,
          ...(index % 3 === 1 ? { evaluationId: wrong.id } : {}),
        }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(4);
    const versions = (await test.service.listVersions(test.ctx, 'numbers', {})).items;
    expect(versions.map((version) => version.number)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect((await test.service.getModel(test.ctx, 'numbers')).versionCount).toBe(8);
    const page = await test.service.listVersions(test.ctx, 'numbers', { limit: 3 });
    const next = await test.service.listVersions(test.ctx, 'numbers', {
      limit: 100,
      cursor: page.nextCursor ?? undefined,
    });
    expect([...page.items, ...next.items].map((version) => version.number)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('makes one version for one origin, however often it is asked for', async () => {
    await test.service.createModel(test.ctx, { name: 'origins' });
    const run = await test.aTrainedRun();
    const ask = () => test.service.registerVersion(test.ctx, 'origins', { runId: run.runId, originKey: 'stp_1' });
    const made = await Promise.all([ask(), ask(), ask()]);
    expect(new Set([...made, await ask()].map((version) => version.id)).size).toBe(1);
    expect((await test.service.getModel(test.ctx, 'origins')).versionCount).toBe(1);
  });

  it('refuses what does not exist or does not belong together', async () => {
    const run = await test.aTrainedRun('one');
    const other = test.anEvaluation(await test.aTrainedRun('two'), 'green');
    await test.service.createModel(test.ctx, { name: 'refusals' });
    const register = (request: { runId: string; evaluationId?: string }, model = 'refusals') =>
      test.service.registerVersion(test.ctx, model, request);
    await expect(register({ runId: run.runId }, 'nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(register({ runId: 'run_x' })).rejects.toMatchObject({ code: 'INVALID_REFERENCE' });
    await expect(register({ runId: run.runId, evaluationId: 'evl_x' })).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
    await expect(register({ runId: run.runId, evaluationId: other.id })).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
      message: expect.stringContaining('judged another model'),
    });
    await test.platform.blobs.delete(run.modelDigest);
    await expect(register({ runId: run.runId })).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
    await expect(test.service.createModel(test.ctx, { name: 'refusals' })).rejects.toMatchObject({
      code: 'NAME_TAKEN',
    });
    expect((await test.service.getModel(test.ctx, 'refusals')).versionCount).toBe(0);
    await expect(test.service.getModel({ ...test.ctx, project: 'other' }, 'refusals')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('lets only one of two simultaneous decisions hold', async () => {
    await test.service.createModel(test.ctx, { name: 'four-eyes', approval: 'manual' });
    const run = await test.aTrainedRun();
    const version = await test.service.registerVersion(test.person('ann'), 'four-eyes', {
      runId: run.runId,
      evaluationId: test.anEvaluation(run, 'green').id,
    });
    expect(version.approval.state).toBe('pending');
    const decide = (name: string, decision: 'approve' | 'reject') =>
      test.service.decideApproval(test.person(name), version.id, {
        decision,
        reason: 'because',
        digest: version.digest,
      });
    await expect(decide('ann', 'approve')).rejects.toMatchObject({ code: 'SELF_APPROVAL' });
    const outcomes = await Promise.allSettled([decide('bob', 'approve'), decide('eve', 'reject')]);
    expect(
      outcomes
        .map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : 'held'))
        .sort(),
    ).toEqual(['CONFLICT', 'held']);
    const decided = (
      await listEvents(test.platform.database.db, { project: 'default', type: 'registry.version-decided' })
    ).items.filter((event) => event.subjectId === version.id);
    expect(decided).toHaveLength(1);
  });

  it('points champion and challenger at approved versions only, and tells the champion to who asks', async () => {
    const model = await test.service.createModel(test.ctx, { name: 'aliases' });
    const good = await test.aTrainedRun('good');
    const first = await test.service.registerVersion(test.ctx, 'aliases', {
      runId: good.runId,
      evaluationId: test.anEvaluation(good, 'green').id,
    });
    const second = await test.service.registerVersion(test.ctx, 'aliases', {
      runId: (await test.aTrainedRun('red')).runId,
    });
    expect(await test.champion('aliases')).toBeNull();
    expect(await test.champion('nobody')).toBeNull();
    for (const alias of ['champion', 'challenger'])
      await expect(test.service.setAlias(test.ctx, 'aliases', alias, second.id)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('pending'),
      });
    expect((await test.service.setAlias(test.ctx, 'aliases', 'shadow', second.id)).aliases).toEqual({
      shadow: { versionId: second.id, number: 2 },
    });
    await test.service.setAlias(test.ctx, 'aliases', 'champion', first.id);
    expect(await test.champion('aliases')).toEqual({
      modelVersionId: first.id,
      modelDigest: first.digest,
      signature: first.signature,
    });
    expect((await test.service.aliasTarget(test.ctx, model.id, 'champion'))?.aliases).toEqual(['champion']);

    await test.service.decideApproval(test.ctx, second.id, {
      decision: 'approve',
      reason: 'by hand',
      digest: second.digest,
    });
    await test.service.setAlias(test.ctx, 'aliases', 'champion', second.id);
    await test.service.setAlias(test.ctx, 'aliases', 'champion', second.id);
    expect((await test.service.deleteAlias(test.ctx, 'aliases', 'shadow')).aliases).toEqual({
      champion: { versionId: second.id, number: 2 },
    });
    await expect(test.service.deleteAlias(test.ctx, 'aliases', 'shadow')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const foreign = await test.service.registerVersion(
      test.ctx,
      (await test.service.createModel(test.ctx, { name: 'foreign' })).id,
      { runId: good.runId },
    );
    await expect(test.service.setAlias(test.ctx, 'aliases', 'shadow', foreign.id)).rejects.toMatchObject({
      code: 'INVALID_REFERENCE',
    });
    const history = (await listAudit(test.platform.database.db, { resourceType: 'model', resourceId: model.id })).items
      .reverse()
      .filter((row) => row.verb.startsWith('alias.'));
    expect(
      history.map((row) => [row.verb, row.detail['alias'], row.detail['previousNumber'], row.detail['number']]),
    ).toEqual([
      ['alias.set', 'shadow', null, 2],
      ['alias.set', 'champion', null, 1],
      ['alias.set', 'champion', 1, 2],
      ['alias.delete', 'shadow', 2, undefined],
    ]);
  });

  it('moves an alias with the change of another stage, or not at all', async () => {
    const model = await test.service.createModel(test.ctx, { name: 'within' });
    const run = await test.aTrainedRun();
    const version = await test.service.registerVersion(test.ctx, 'within', {
      runId: run.runId,
      evaluationId: test.anEvaluation(run, 'green').id,
    });
    const failing = test.platform.changes.change(test.ctx, async (change) => {
      await test.service.moveAlias(change, {
        project: 'default',
        modelId: model.id,
        alias: 'champion',
        versionId: version.id,
        by: null,
      });
      throw new Error('the other stage failed');
    });
    await expect(failing).rejects.toThrow('the other stage failed');
    expect(await test.service.aliasTarget(test.ctx, 'within', 'champion')).toBeNull();
  });

  it('as a step registers and hands on what was approved by the gate', async () => {
    const run = await test.aTrainedRun();
    const step = {
      name: 'register',
      kind: 'registry.register',
      with: { runId: run.runId, evaluationId: test.anEvaluation(run, 'green').id, model: 'by-step' },
    };
    await test.pipelines.savePipeline(test.ctx, 'p1', { spec: { steps: [step] } });
    const begun = await test.pipelines.startPipeline(test.ctx, 'p1');
    const ended = await vi.waitFor(
      async () => {
        const found = await test.pipelines.getPipelineRun(test.ctx, begun.id);
        expect(found.state).toBe('succeeded');
        return found;
      },
      { timeout: 10_000 },
    );
    expect(ended.steps[0]).toMatchObject({
      output: { number: 1, approved: true, modelVersionId: expect.stringMatching(/^mv_/) },
    });
  });

  it.each([
    ['approve', 'succeeded', ''],
    [
      'reject',
      'stopped',
      "Step 'register' stopped the run: bob rejected version 1 of 'reject-by-hand': not good enough",
    ],
  ] as const)('as a step waits for a person, who decides to %s', async (decision, state, message) => {
    const run = await test.aTrainedRun();
    const name = `${decision}-by-hand`;
    await test.pipelines.savePipeline(test.ctx, name, {
      spec: {
        steps: [
          { name: 'register', kind: 'registry.register', with: { runId: run.runId, model: name, approval: 'manual' } },
        ],
      },
    });
    const begun = await test.pipelines.startPipeline(test.person('ann'), name);
    const state0 = () => test.pipelines.getPipelineRun(test.ctx, begun.id);
    await vi.waitFor(
      async () =>
        expect((await state0()).steps[0]).toMatchObject({
          state: 'waiting',
          message: `Waiting until somebody other than ann approves version 1 of '${name}'.`,
        }),
      { timeout: 10_000 },
    );
    const version = (await test.service.listVersions(test.ctx, name, {})).items[0];
    const decide = (who: string) =>
      test.service.decideApproval(test.person(who), version?.id ?? '', {
        decision,
        reason: 'not good enough',
        digest: version?.digest ?? '',
      });
    // Who started the pipeline has requested the version.
    if (decision === 'approve') await expect(decide('ann')).rejects.toMatchObject({ code: 'SELF_APPROVAL' });
    await decide('bob');
    await vi.waitFor(async () => expect(await state0()).toMatchObject({ state, message }), { timeout: 10_000 });
    expect((await test.service.getModel(test.ctx, name)).versionCount).toBe(1);
  });

  it('hands out no part of a file that was damaged on the disk', async () => {
    await test.service.createModel(test.ctx, { name: 'damaged' });
    const run = await test.aTrainedRun('bytes that will be damaged');
    const version = await test.service.registerVersion(test.ctx, 'damaged', { runId: run.runId });
    const { chmod } = await import('node:fs/promises');
    const hex = run.modelDigest.slice(7);
    const path = `${test.dir}/blobs/sha256/${hex.slice(0, 2)}/${hex}`;
    await chmod(path, 0o600);
    await writeFile(path, 'bytes that WERE  damaged !');
    await expect(test.service.download(test.ctx, version.id, { range: 'bytes=0-3' })).rejects.toMatchObject({
      code: 'BLOB_CORRUPT',
    });
    await expect(test.service.modelFile(version.id)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
  });
});
