import type {
  ApprovalRequest,
  ApprovalThread,
  ModelStage,
  Page,
  RegistryPolicy,
  RequestState,
} from '@millwright/contract';
import { type Ctx, demand, mayDo } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { moveAlias } from '../aliases.ts';
import { demandTests } from '../contracts/gate.ts';
import { lockModel, type SavedModel } from '../models/store.ts';
import { approvingRoles } from '../policies/policy.ts';
import { policyOf } from '../policies/service.ts';
import { putApproval } from '../versions/deciding.ts';
import { setStage } from '../versions/stages.ts';
import { findVersion, findVersions, type SavedVersion } from '../versions/store.ts';
import { close, closeOpen, isOfVersion, toldOf } from './closing.ts';
import { bindingOf, checkDecision, isMet, progressOf, rulesFor, waitsFor } from './request.ts';
import * as store from './store.ts';

export interface Requests {
  /** Errors: NOT_FOUND, CONFLICT, TESTS_RED. */
  requestApproval(
    ctx: Ctx,
    versionId: string,
    input: { reason: string; alias?: string | undefined; stage?: ModelStage | undefined },
  ): Promise<ApprovalThread>;
  listRequests(
    ctx: Ctx,
    query: {
      state?: RequestState | undefined;
      model?: string | undefined;
      modelVersion?: string | undefined;
      waitsForMe?: boolean | undefined;
      limit?: number | undefined;
      cursor?: string | undefined;
    },
  ): Promise<Page<ApprovalRequest>>;
  /** Errors: NOT_FOUND. */
  getRequest(ctx: Ctx, id: string): Promise<ApprovalThread>;
  comment(ctx: Ctx, id: string, text: string): Promise<ApprovalThread>;
  /** Errors: NOT_FOUND, SELF_APPROVAL, STALE, CONFLICT, TESTS_RED. */
  decideRequest(
    ctx: Ctx,
    id: string,
    input: { decision: 'approve' | 'reject'; reason: string; digest: string | null },
  ): Promise<ApprovalThread>;
  /** Errors: NOT_FOUND, CONFLICT, PERMISSION_DENIED. */
  withdrawRequest(ctx: Ctx, id: string, reason: string): Promise<ApprovalThread>;
}

export interface RequestSources {
  model(ctx: Ctx, ref: string): Promise<SavedModel>;
  /** With the digest that its files have now; what is void because of them is closed. */
  rechecked(ctx: Ctx, versionId: string): Promise<SavedVersion>;
}

const dayMs = 24 * 3_600_000;
const expiryJob = 'registry.expire-requests';
const expiredAtATime = 100;

export const createRequests = (platform: Platform, sources: RequestSources): Requests => {
  const { changes, ids, jobs, scheduler, clock } = platform;
  const { db } = platform.database;

  const deciderOf = ({ actor, project }: Ctx, modelId: string) => ({
    id: actor.id,
    name: actor.name,
    roles: approvingRoles(actor, project, modelId),
    mayApprove: mayDo(actor, 'model:approve', { project, resource: { type: 'model', ref: modelId } }),
  });
  const found = async (ctx: Ctx, id: string): Promise<store.SavedRequest> =>
    (await store.findRequest(db, ctx.project, id)) ??
    fail('NOT_FOUND', `There is no request for approval '${id}' in project '${ctx.project}'.`);

  const shown = async (ctx: Ctx, requests: readonly store.SavedRequest[]): Promise<ApprovalRequest[]> => {
    const votes = await store.votesOf(
      db,
      requests.map(({ id }) => id),
    );
    const versions = await findVersions(
      db,
      ctx.project,
      requests.map(({ modelVersionId }) => modelVersionId),
    );
    const policies = new Map<string, RegistryPolicy>();
    for (const { modelId } of requests)
      if (!policies.has(modelId)) policies.set(modelId, await policyOf(db, ctx.project, modelId));
    const answer: ApprovalRequest[] = [];
    for (const saved of requests) {
      const version = versions.get(saved.modelVersionId);
      const policy = policies.get(saved.modelId);
      if (!version || !policy) continue;
      const isOver = saved.state === 'open' && saved.expiresAt <= clock.now();
      const request = isOver ? { ...saved, state: 'expired' as const } : saved;
      const given = votes.get(saved.id) ?? [];
      const rules = progressOf(rulesFor(policy, saved), given);
      const { project: _project, requestedById: _requestedById, ...rest } = request;
      answer.push({
        ...rest,
        modelName: version.modelName,
        number: version.number,
        rules,
        votes: given.map(({ voter, voterId: _voterId, ...vote }) => ({ by: voter, ...vote })),
        waitsForMe: waitsFor(request, version, given, rules, deciderOf(ctx, saved.modelId)),
      });
    }
    return answer;
  };
  const thread = async (ctx: Ctx, id: string): Promise<ApprovalThread> => {
    const [request] = await shown(ctx, [await found(ctx, id)]);
    return { ...(request as ApprovalRequest), comments: await store.commentsOf(db, id) };
  };

  /** Under the lock of its model: one decision after the other. */
  const changing = async (
    ctx: Ctx,
    id: string,
    run: (change: Change, request: store.SavedRequest, version: SavedVersion, model: SavedModel) => Promise<void>,
  ): Promise<ApprovalThread> => {
    const { modelId, modelVersionId } = await found(ctx, id);
    await changes.change(ctx, async (change) => {
      const model = await lockModel(change.db, ctx.project, modelId);
      const request = await store.findRequest(change.db, ctx.project, id);
      const version = await findVersion(change.db, ctx.project, modelVersionId);
      if (!model || !request || !version || version.deletedAt !== null)
        return fail('NOT_FOUND', 'The version that this request is about is deleted.');
      return run(change, request, version, model);
    });
    return thread(ctx, id);
  };

  /** What was asked for, once the last approval is there, in the change of that approval. */
  const carryOut = async (
    change: Change,
    request: store.SavedRequest,
    version: SavedVersion,
    approvers: readonly string[],
    reason: string,
  ): Promise<void> => {
    await demandTests(change.db, version);
    const by = approvers.join(', ');
    const { digest } = version;
    const approval =
      version.approval.state === 'pending'
        ? { state: 'approved' as const, by, at: change.now, reason, digest }
        : version.approval;
    if (approval !== version.approval) await putApproval(change, version, approval);
    const closed = { state: 'approved' as const, by, reason };
    await close(change, request, version, closed);
    await closeOpen(change, version, closed, isOfVersion);
    const { project, modelId, alias, stage } = request;
    if (alias !== null) await moveAlias(change, { project, modelId, alias, versionId: version.id, by: null });
    if (stage === null) return;
    await setStage(change, { ...version, approval }, { stage, archiveOthers: false, by: null });
    change.audit({
      verb: 'model-version.update',
      resourceType: 'model-version',
      resourceId: version.id,
      detail: { stage, previousStage: version.stage, requestId: request.id },
    });
  };

  const refuseWish = (
    version: SavedVersion,
    { alias = null, stage = null }: { alias?: string | undefined | null; stage?: ModelStage | undefined | null },
  ): void => {
    const title = `Version ${version.number} of '${version.modelName}'`;
    if (version.deletedAt !== null) fail('NOT_FOUND', `${title} is deleted.`);
    if (alias !== null && stage !== null)
      fail('INVALID_INPUT', 'Ask for an alias or for a stage, not for both at once.');
    if (version.approval.state === 'rejected')
      fail(
        'CONFLICT',
        `${title} was rejected by ${version.approval.by}. Register a new version to have it decided anew.`,
      );
    if (version.approval.state === 'approved' && alias === null && stage === null)
      fail('CONFLICT', `${title} is approved already. Ask for an alias or a stage, where one is protected.`);
  };

  const requests: Requests = {
    async requestApproval(ctx, versionId, input) {
      const { reason, alias = null, stage = null } = input;
      await sources.rechecked(ctx, versionId);
      const id = ids.next('apr');
      await changes.change(ctx, async (change) => {
        const before = await findVersion(change.db, ctx.project, versionId);
        if (!before || !(await lockModel(change.db, ctx.project, before.modelId)))
          return fail('NOT_FOUND', `There is no model version '${versionId}' in project '${ctx.project}'.`);
        const version = (await findVersion(change.db, ctx.project, versionId)) as SavedVersion;
        refuseWish(version, input);
        const same = (await store.openRequests(change.db, ctx.project, versionId)).find(
          (one) => one.alias === alias && one.stage === stage && one.expiresAt > change.now,
        );
        if (same) fail('CONFLICT', `${same.requestedBy} asked for this already: ${same.id}.`, { request: same.id });
        const policy = await policyOf(change.db, ctx.project, version.modelId);
        const request: store.SavedRequest = {
          id,
          project: ctx.project,
          modelId: version.modelId,
          modelVersionId: version.id,
          alias,
          stage,
          digest: version.digest,
          boundTo: bindingOf(version),
          reason,
          requestedBy: ctx.actor.name,
          requestedById: ctx.actor.id,
          requestedAt: change.now,
          expiresAt: change.now + policy.requestDays * dayMs,
          state: 'open',
          closedBy: null,
          closedAt: null,
          closedReason: '',
        };
        await store.insertRequest(change.db, request);
        const told = { ...toldOf(request, version), by: ctx.actor.name, reason };
        change.audit({
          verb: 'approval.request',
          resourceType: 'model-version',
          resourceId: version.id,
          detail: { requestId: id, ...told, digest: version.digest, boundTo: request.boundTo },
        });
        change.emit('registry.approval-requested', id, told);
      });
      return thread(ctx, id);
    },
    async listRequests(ctx, { model, waitsForMe = false, limit = 100, cursor, ...query }) {
      const modelId = model === undefined ? undefined : (await sources.model(ctx, model)).id;
      const page = (from: string | undefined) =>
        store.listRequests(db, ctx.project, {
          ...query,
          ...(waitsForMe ? { state: 'open' as const } : {}),
          modelId,
          limit,
          cursor: from,
        });
      let { items, nextCursor } = await page(cursor);
      let kept = await shown(ctx, items);
      if (!waitsForMe) return { items: kept, nextCursor };
      kept = kept.filter((one) => one.waitsForMe);
      // Whoever may decide little still gets what there is, not an empty page with another one behind it.
      for (let reads = 1; kept.length === 0 && nextCursor !== null && reads < 10; reads++) {
        ({ items, nextCursor } = await page(nextCursor));
        kept = (await shown(ctx, items)).filter((one) => one.waitsForMe);
      }
      return { items: kept, nextCursor };
    },
    getRequest: thread,
    comment: (ctx, id, text) =>
      changing(ctx, id, async (change, request, version) => {
        const comment = { id: ids.next('apc'), by: ctx.actor.name, byId: ctx.actor.id, at: change.now, text };
        await store.insertComment(change.db, id, comment);
        change.audit({
          verb: 'approval.comment',
          resourceType: 'model-version',
          resourceId: version.id,
          detail: { requestId: id, commentId: comment.id },
        });
        const told = { ...toldOf(request, version), by: ctx.actor.name, text: text.slice(0, 500) };
        change.emit('registry.approval-commented', id, told);
      }),
    async decideRequest(ctx, id, input) {
      const { modelVersionId } = await found(ctx, id);
      await sources.rechecked(ctx, modelVersionId);
      return changing(ctx, id, async (change, request, version) => {
        if (request.state === 'open' && request.expiresAt <= change.now)
          fail('CONFLICT', 'This request has expired. Ask again.');
        if (request.state === 'open' && request.boundTo !== bindingOf(version))
          fail('STALE', 'The version is not what it was when this was asked for. Ask again.');
        const votes = (await store.votesOf(change.db, [id])).get(id) ?? [];
        const decider = deciderOf(ctx, request.modelId);
        checkDecision(request, version, votes, decider, input);
        const { decision, reason } = input;
        const vote = {
          voterId: decider.id,
          voter: decider.name,
          decision,
          reason,
          at: change.now,
          roles: decider.roles,
        };
        await store.insertVote(change.db, id, vote);
        const told = { ...toldOf(request, version), by: decider.name, decision, reason };
        change.audit({
          verb: 'approval.decide',
          resourceType: 'model-version',
          resourceId: version.id,
          detail: { requestId: id, ...told, roles: decider.roles, digest: version.digest, boundTo: request.boundTo },
        });
        change.emit('registry.approval-voted', id, told);
        if (decision === 'reject') {
          await close(change, request, version, { state: 'rejected', by: decider.name, reason });
          // Who refuses an alias does not refuse the version.
          if (isOfVersion(request) && version.approval.state === 'pending')
            await putApproval(change, version, {
              state: 'rejected',
              by: decider.name,
              at: change.now,
              reason,
              digest: version.digest,
            });
          return;
        }
        const all = [...votes, vote];
        const rules = rulesFor(await policyOf(change.db, ctx.project, request.modelId), request);
        if (isMet(progressOf(rules, all)))
          await carryOut(
            change,
            request,
            version,
            all.map(({ voter }) => voter),
            reason,
          );
      });
    },
    withdrawRequest: (ctx, id, reason) =>
      changing(ctx, id, async (change, request, version) => {
        if (request.state !== 'open') fail('CONFLICT', `This request is ${request.state} already.`);
        if (request.requestedById !== ctx.actor.id)
          demand(ctx.actor, 'model:approve', {
            project: ctx.project,
            resource: { type: 'model', ref: request.modelId },
          });
        await close(change, request, version, { state: 'withdrawn', by: ctx.actor.name, reason });
      }),
  };

  jobs.handle(expiryJob, async (job) => {
    for (;;) {
      const overdue = await store.overdueRequests(db, clock.now(), expiredAtATime);
      for (const request of overdue)
        await changes.change({ ...job.context, project: request.project }, async (change) => {
          const version = await findVersion(change.db, request.project, request.modelVersionId);
          if (version)
            await close(change, request, version, {
              state: 'expired',
              by: job.context.actor.name,
              reason: 'Nobody decided in time.',
            });
        });
      if (overdue.length < expiredAtATime) return;
    }
  });
  scheduler.declare({ key: expiryJob, cron: '*/5 * * * *', jobKind: expiryJob });
  return requests;
};
