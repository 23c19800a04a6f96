import type { Rollout, RolloutPolicy } from '@millwright/contract';
import { type Ctx, systemCtx } from '#platform/auth';
import type { ChangeContext } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail, isMillwrightError } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import type { CapturedSource } from '../capture/read.ts';
import type { ServingDependencies } from '../dependencies.ts';
import type { Endpoints } from '../endpoints/endpoints.ts';
import { modelFileOf } from '../endpoints/held-models.ts';
import { beginEvaluation, findEndpointById, setRollout } from '../endpoints/store.ts';
import type { InferencePool } from '../runtimes/inference-pool.ts';
import { findChallenger } from './challenger.ts';
import { observe } from './observe.ts';
import { advanceRollout, beginRollout, completePolicy, percent } from './rollout.ts';
import { type StoredRollout, findActive, findByOrigin, findRollout, insertRollout, listRollouts } from './store.ts';
import { rolloutView } from './view.ts';
import type { RolloutWrites } from './writes.ts';

export interface StartRollout {
  modelVersionId: string;
  policy?: RolloutPolicy | undefined;
  pipelineRunId?: string | undefined;
  originKey?: string | undefined;
}

export type ManualDecision = 'promote' | 'roll-back' | 'pause' | 'resume';

const ended: Record<string, Rollout['state']> = { promote: 'promoted', 'roll-back': 'rolled-back', abort: 'aborted' };

/** Canaries: their beginning, their decisions, and what these change. */
export class Rollouts {
  readonly #platform: Platform;
  readonly #deps: ServingDependencies;
  readonly #endpoints: Endpoints;
  readonly #pool: InferencePool;
  readonly #captured: CapturedSource;
  readonly #writes: RolloutWrites;

  constructor(
    platform: Platform,
    deps: ServingDependencies,
    parts: { endpoints: Endpoints; pool: InferencePool; captured: CapturedSource; writes: RolloutWrites },
  ) {
    this.#platform = platform;
    this.#deps = deps;
    this.#endpoints = parts.endpoints;
    this.#pool = parts.pool;
    this.#captured = parts.captured;
    this.#writes = parts.writes;
  }

  async get(ctx: Ctx, id: string): Promise<Rollout> {
    return this.#view(await this.#find(ctx, id));
  }

  async byOrigin(ctx: Ctx, originKey: string): Promise<Rollout | null> {
    const found = await findByOrigin(this.#platform.database.db, ctx.project, originKey);
    return found ? this.#view(found) : null;
  }

  async list(
    ctx: Ctx,
    query: { endpoint?: string | undefined; limit?: number | undefined; cursor?: string | undefined },
  ) {
    const endpointId = query.endpoint === undefined ? null : (await this.#endpoints.find(ctx, query.endpoint)).id;
    const page = await listRollouts(this.#platform.database.db, {
      project: ctx.project,
      endpointId,
      limit: query.limit,
      cursor: query.cursor,
    });
    return { items: await Promise.all(page.items.map((rollout) => this.#view(rollout))), nextCursor: page.nextCursor };
  }

  /** Errors: NOT_FOUND, INVALID_REFERENCE (version), INVALID_INPUT (policy), MODEL_REFUSED (other inputs, does not load), CONFLICT. */
  async start(ctx: Ctx, endpointRef: string, input: StartRollout): Promise<Rollout> {
    const known = input.originKey === undefined ? null : await this.byOrigin(ctx, input.originKey);
    if (known) return known;
    const endpoint = await this.#endpoints.find(ctx, endpointRef);
    const { policy, problem } = completePolicy(input.policy);
    if (problem !== null) fail('INVALID_INPUT', problem, { problems: [{ path: 'body.policy', message: problem }] });
    const champion = await this.#deps.registry.onnxVersion(ctx, endpoint.champion_version_id);
    const challenger = await findChallenger(this.#deps.registry, ctx, {
      endpoint,
      champion,
      versionId: input.modelVersionId,
    });
    // Whoever begins it lets it end by itself: with a new champion, perhaps.
    for (const alias of ['challenger', 'champion'])
      await this.#deps.registry.demandAlias(ctx, endpoint.model_id, alias, challenger.id);
    const file = modelFileOf(challenger, this.#deps.registry);
    await this.#pool.load(file);
    try {
      const progress = beginRollout(champion.signature.task, policy, { champion, challenger });
      const id = this.#platform.ids.next('rol');
      const reason = `Version ${challenger.number} begins with ${percent(progress.weight)} of the units, against version ${champion.number}.`;
      await this.#platform.changes.change(ctx, async (change) => {
        const now = await findEndpointById(change.db, endpoint.id);
        if (!now || !(await setRollout(change.db, endpoint.id, { from: null, to: id, now: change.now })))
          fail(
            'CONFLICT',
            `A rollout of '${endpoint.name}' is under way already. Decide it first: millwright rollouts decide.`,
          );
        await insertRollout(
          change.db,
          {
            ...progress,
            id,
            project: ctx.project,
            endpointId: endpoint.id,
            endpointName: endpoint.name,
            policy,
            reason,
            decisions: [{ at: change.now, decision: 'start', by: ctx.actor.name, reason, weight: progress.weight }],
            firstRow: Number(now?.captured),
            rowCursor: Number(now?.captured),
            labelCursor: Number(now?.label_seq),
            revision: 1,
            pipelineRunId: input.pipelineRunId ?? null,
            startedAt: change.now,
            endedAt: null,
          },
          input.originKey ?? null,
        );
        await this.#deps.registry.moveAlias(change, {
          project: ctx.project,
          modelId: endpoint.model_id,
          alias: 'challenger',
          versionId: challenger.id,
          by: ctx.actor,
        });
        await this.#deps.lineage.link(change, {
          project: ctx.project,
          from: { type: 'model-version', id: challenger.id },
          to: { type: 'rollout', id },
          kind: 'tried-by',
        });
        await this.#deps.lineage.link(change, {
          project: ctx.project,
          from: { type: 'rollout', id },
          to: { type: 'endpoint', id: endpoint.id },
          kind: 'decides',
        });
        change.audit({
          verb: 'rollout.start',
          resourceType: 'rollout',
          resourceId: id,
          detail: { endpoint: endpoint.name, champion: champion.number, challenger: challenger.number, policy },
        });
        change.emit('serving.rollout-changed', id, { endpointId: endpoint.id, state: 'running' });
        change.emit('serving.endpoint-changed', endpoint.id, { name: endpoint.name });
        failurePoint('rollout.before-commit');
      });
      failurePoint('rollout.after-commit');
      await this.#endpoints.refresh(endpoint.id);
      return this.get(ctx, id);
    } finally {
      this.#pool.release(file.digest);
    }
  }

  /** By hand. Errors: NOT_FOUND, CONFLICT when the state does not allow it. */
  async decide(ctx: Ctx, id: string, input: { decision: ManualDecision; reason: string }): Promise<Rollout> {
    const rollout = await this.#find(ctx, id);
    const allowed: Record<ManualDecision, Rollout['state'][]> = {
      promote: ['running', 'paused'],
      'roll-back': ['running', 'paused'],
      pause: ['running'],
      resume: ['paused'],
    };
    if (!allowed[input.decision].includes(rollout.state))
      fail('CONFLICT', `The rollout is ${rollout.state}: it cannot be changed by '${input.decision}'.`);
    const endpoint = await findEndpointById(this.#platform.database.db, rollout.endpointId);
    if (input.decision === 'promote' && endpoint)
      await this.#deps.registry.demandAlias(ctx, endpoint.model_id, 'champion', rollout.challenger.modelVersionId);
    const weight = input.decision === 'promote' ? 1 : input.decision === 'roll-back' ? 0 : rollout.weight;
    const state = ended[input.decision] ?? (input.decision === 'pause' ? 'paused' : 'running');
    // Resumed after it ran out of labels: as many again.
    const { policy } = rollout;
    const maxLabels =
      input.decision === 'resume'
        ? policy.maxLabels + rollout.champion.labelled + rollout.challenger.labelled
        : policy.maxLabels;
    await this.#writes.commit(
      ctx,
      { ...rollout, state, weight, policy: { ...policy, maxLabels } },
      [{ decision: input.decision, weight, reason: input.reason }],
      'rollout.decide',
    );
    return this.get(ctx, id);
  }

  /** Too many requests of the challenger failed in this process: faster than labels or tests could tell. */
  async trip(project: string, id: string, counts: { requests: number; failed: number }): Promise<void> {
    const rollout = await findActive(this.#platform.database.db, id);
    if (!rollout) return;
    const reason = `${counts.failed} of ${counts.requests} successive challenger requests failed.`;
    await this.#writes.commit(
      systemCtx('circuit-breaker', project, id),
      { ...rollout, state: 'rolled-back', weight: 0 },
      [{ decision: 'roll-back', weight: 0, reason }],
      'rollout.roll-back',
    );
  }

  /** Counts what is new and decides. Called by the job; safe to repeat at any time. */
  async evaluate(context: ChangeContext, id: string): Promise<void> {
    const { database, changes } = this.#platform;
    for (let hasMore = true; hasMore; ) {
      const rollout = await findActive(database.db, id);
      if (!rollout) return;
      await changes.change(context, (change) => beginEvaluation(change.db, rollout.endpointId));
      const endpoint = await findEndpointById(database.db, rollout.endpointId);
      if (!endpoint) return;
      const champion = await this.#deps.registry.onnxVersion(
        systemCtx('rollout', rollout.project, id),
        rollout.champion.modelVersionId,
      );
      const { task } = champion.signature;
      const seen = await observe(this.#captured, task, rollout, {
        captured: Number(endpoint.captured),
        labelSeq: Number(endpoint.label_seq),
      });
      hasMore = seen.hasMore;
      if (seen.rowCursor === rollout.rowCursor && seen.labelCursor === rollout.labelCursor) return;
      const { progress, steps } = advanceRollout(task, rollout.policy, rollout, seen);
      try {
        await this.#writes.commit(
          { ...context, project: rollout.project },
          { ...rollout, ...progress, rowCursor: seen.rowCursor, labelCursor: seen.labelCursor },
          steps,
          null,
        );
      } catch (error) {
        // Somebody decided by hand meanwhile: look at what they left.
        if (!isMillwrightError(error) || error.code !== 'STALE') throw error;
        hasMore = true;
      }
    }
  }

  async #find(ctx: Ctx, id: string): Promise<StoredRollout> {
    return (
      (await findRollout(this.#platform.database.db, ctx.project, id)) ??
      fail('NOT_FOUND', `There is no rollout ${id} in project '${ctx.project}'.`)
    );
  }

  async #view(rollout: StoredRollout): Promise<Rollout> {
    const champion = await this.#deps.registry.onnxVersion(
      systemCtx('serving', rollout.project, rollout.id),
      rollout.champion.modelVersionId,
    );
    return rolloutView(rollout, champion.signature.task);
  }
}
