import type { ContractRun, ContractSuite, ContractTest, Page, TestResult, VersionContents } from '@millwright/contract';
import type { EvaluationService } from '#evaluation';
import { type Ctx, systemCtx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import type { JobContext } from '#platform/jobs';
import type { TrainingService } from '#training';
import { firstApproval, redTests } from '../approval.ts';
import { lockModel, type SavedModel } from '../models/store.ts';
import { policyOf } from '../policies/service.ts';
import { putApproval } from '../versions/deciding.ts';
import * as versions from '../versions/store.ts';
import { judgeByRunning } from './executing.ts';
import { beginRun, contractJob, suiteShown } from './gate.ts';
import { checkTests, isGreen, judgeByLooking, resultOf } from './judge.ts';
import * as store from './store.ts';

export interface Contracts {
  /** Errors: NOT_FOUND also for a revision there is not. */
  contractTests(ctx: Ctx, modelRef: string, revision?: number): Promise<ContractSuite>;
  /** Errors: NOT_FOUND, INVALID_INPUT, STALE. */
  setContractTests(
    ctx: Ctx,
    modelRef: string,
    input: { tests: ContractTest[]; basedOn: number },
  ): Promise<ContractSuite>;
  /** Errors: NOT_FOUND, CONFLICT (the model has no tests). */
  runContractTests(ctx: Ctx, versionId: string): Promise<ContractRun>;
  listContractRuns(
    ctx: Ctx,
    modelRef: string,
    query: {
      modelVersion?: string | undefined;
      latest?: boolean | undefined;
      limit?: number | undefined;
      cursor?: string | undefined;
    },
  ): Promise<Page<ContractRun>>;
}

export interface ContractSources {
  evaluation: Pick<EvaluationService, 'getEvaluation'>;
  training: Pick<TrainingService, 'readTable'>;
  model(ctx: Ctx, ref: string): Promise<SavedModel>;
  /** With the digest that its files have now. */
  rechecked(ctx: Ctx, versionId: string): Promise<versions.SavedVersion>;
  contentsOf(ctx: Ctx, versionId: string): Promise<VersionContents>;
}

const suiteJob = 'registry.contract-suite';
const versionsAtATime = 50;

/** What would have been approved at registration is once its tests pass, unless somebody decided or files changed since. */
const settle = async (
  change: Change,
  sources: ContractSources,
  ctx: Ctx,
  run: ContractRun,
  { state, digest }: { state: 'green' | 'red'; digest: string | null },
): Promise<void> => {
  const model = await lockModel(change.db, ctx.project, run.modelId);
  const version = await versions.findVersion(change.db, ctx.project, run.modelVersionId);
  const first = await store.findFirstRun(change.db, run.modelVersionId);
  if (!model || !version || version.deletedAt !== null || !first) return;
  if (version.approval.state !== 'pending' || version.digest !== digest || first.digest !== digest) return;
  const suite = await store.findSuite(change.db, model.id);
  if (suite?.revision !== run.revision) return;
  if (state === 'red') return versions.updateApproval(change.db, ctx.project, version.id, redTests);
  const evaluation =
    version.evaluationId === null ? null : await sources.evaluation.getEvaluation(ctx, version.evaluationId);
  const policy = await policyOf(change.db, ctx.project, model.id);
  const approval = firstApproval(model, policy, { name: version.createdBy }, evaluation, digest, change.now);
  if (approval.state !== 'pending') await putApproval(change, version, approval);
  else await versions.updateApproval(change.db, ctx.project, version.id, approval);
};

export const createContracts = (platform: Platform, sources: ContractSources): Contracts => {
  const { changes, ids, jobs } = platform;
  const { db } = platform.database;

  const runTests = async (job: JobContext): Promise<void> => {
    const ctx = systemCtx('contract-tests', job.project ?? '', job.id);
    const run = await store.findRun(db, ctx.project, String(job.payload['runId']));
    if (run?.state !== 'queued') return;
    const suite = await store.findSuite(db, run.modelId, run.revision);
    const version = await sources.rechecked(ctx, run.modelVersionId);
    const subject = { version, contents: await sources.contentsOf(ctx, version.id) };
    const executing = { platform, training: sources.training, signal: job.signal };
    const results: TestResult[] = [];
    for (const test of suite?.tests ?? [])
      results.push(
        resultOf(test, judgeByLooking(test, subject) ?? (await judgeByRunning(executing, ctx, test, subject))),
      );
    const state = isGreen(results) ? 'green' : 'red';
    await job.finish(async (change) => {
      if (!(await store.finishRun(change.db, run.id, { state, results, digest: version.digest, now: change.now })))
        return;
      const { modelId, number, revision } = run;
      const failed = results.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
      const skipped = results.filter(({ outcome }) => outcome === 'skipped').map(({ name }) => name);
      const about = { modelId, modelName: version.modelName, number, runId: run.id, revision, state };
      change.audit({
        verb: 'contract-tests.finish',
        resourceType: 'model-version',
        resourceId: version.id,
        detail: { ...about, digest: version.digest, failed, skipped },
      });
      change.emit('registry.tests-finished', version.id, { ...about, failed: failed.join(', ') });
      await settle(change, sources, ctx, run, { state, digest: version.digest });
    });
  };

  /** Every version of a model, the newest first, a few per change. */
  const retestAll = async (job: JobContext): Promise<void> => {
    const project = job.project ?? '';
    const [modelId, revision] = [String(job.payload['modelId']), Number(job.payload['revision'])];
    let cursor: string | undefined;
    do {
      if ((await store.findSuite(db, modelId))?.revision !== revision) return;
      const page = await versions.listVersions(db, project, modelId, { limit: versionsAtATime, cursor });
      await job.change(async (change) => {
        const done = await store.latestRuns(
          change.db,
          page.items.map(({ id }) => id),
        );
        // One that was queued before a crash is there already.
        for (const version of page.items)
          if (done.get(version.id)?.revision !== revision)
            await beginRun(change, ids, version, { trigger: 'tests-changed', startedBy: String(job.payload['by']) });
      });
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  };

  jobs.handle(contractJob, runTests, { concurrency: 1 });
  jobs.handle(suiteJob, retestAll, { concurrency: 1 });

  return {
    async contractTests(ctx, modelRef, revision) {
      const model = await sources.model(ctx, modelRef);
      return (
        (await suiteShown(db, model, revision)) ??
        fail('NOT_FOUND', `The tests of '${model.name}' have no revision ${revision}.`)
      );
    },
    async setContractTests(ctx, modelRef, { tests, basedOn }) {
      checkTests(tests);
      const { id, name } = await sources.model(ctx, modelRef);
      await changes.change(ctx, async (change) => {
        if (!(await lockModel(change.db, ctx.project, id))) fail('NOT_FOUND', `There is no model '${modelRef}'.`);
        const before = (await store.findSuite(change.db, id))?.revision ?? 0;
        if (before !== basedOn)
          fail('STALE', `The tests of '${name}' are at revision ${before} now, not ${basedOn}. Look at them again.`, {
            revision: before,
          });
        const suite = { revision: before + 1, tests, createdBy: ctx.actor.name, createdAt: change.now };
        await store.insertSuite(change.db, ctx.project, id, suite);
        change.audit({
          verb: 'contract-tests.set',
          resourceType: 'model',
          resourceId: id,
          detail: { revision: suite.revision, tests: tests.map((test) => `${test.name} (${test.kind})`) },
        });
        if (tests.length > 0) change.enqueue(suiteJob, { modelId: id, revision: suite.revision, by: ctx.actor.name });
      });
      return (await suiteShown(db, { id, name })) as ContractSuite;
    },
    async runContractTests(ctx, versionId) {
      const { id, deletedAt, number, modelName } = await sources.rechecked(ctx, versionId);
      if (deletedAt !== null) fail('NOT_FOUND', `Version ${number} of '${modelName}' is deleted.`);
      return changes.change(ctx, async (change) => {
        const version = (await versions.findVersion(change.db, ctx.project, id)) as versions.SavedVersion;
        const begun = await beginRun(change, ids, version, { trigger: 'on-demand', startedBy: ctx.actor.name });
        if (!begun)
          return fail(
            'CONFLICT',
            `The model '${modelName}' has no tests. Set them first: millwright models set-tests '${modelName}' --based-on 0 --tests JSON.`,
          );
        change.audit({
          verb: 'contract-tests.start',
          resourceType: 'model-version',
          resourceId: id,
          detail: { runId: begun.run.id, revision: begun.run.revision },
        });
        return begun.run;
      });
    },
    async listContractRuns(ctx, modelRef, query) {
      const model = await sources.model(ctx, modelRef);
      return store.listRuns(db, ctx.project, model.id, query);
    },
  };
};
