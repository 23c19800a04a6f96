import type { Rollout } from '@millwright/contract';
import type { Change, ChangeContext } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import type { ServingDependencies } from '../dependencies.ts';
import type { Endpoints } from '../endpoints/endpoints.ts';
import { findEndpointById, setChampion, setRollout } from '../endpoints/store.ts';
import type { EndpointRow } from '../tables.ts';
import { type StoredRollout, updateRollout } from './store.ts';

type Step = Pick<Rollout['decisions'][number], 'decision' | 'weight' | 'reason'>;

/** What decisions write: the rollout, and what its end means for the endpoint, the aliases and the lineage. */
export class RolloutWrites {
  readonly #platform: Platform;
  readonly #deps: ServingDependencies;
  readonly #endpoints: Endpoints;

  constructor(platform: Platform, deps: ServingDependencies, endpoints: Endpoints) {
    this.#platform = platform;
    this.#deps = deps;
    this.#endpoints = endpoints;
  }

  async replaceChampion(
    change: Change,
    endpoint: Pick<EndpointRow, 'id' | 'champion_version_id'>,
    to: string,
  ): Promise<void> {
    const moved = await setChampion(change.db, endpoint.id, {
      from: endpoint.champion_version_id,
      to,
      previous: endpoint.champion_version_id,
      now: change.now,
    });
    if (!moved) fail('STALE', 'The champion was changed in the meantime. Look at the endpoint and try again.');
  }

  async abort(change: Change, rollout: StoredRollout, by: string, reason: string): Promise<void> {
    await this.#write(change, { ...rollout, state: 'aborted', weight: 0 }, by, [
      { decision: 'abort', weight: 0, reason },
    ]);
  }

  /** One change: the rollout, and what its end means for the endpoint and the aliases. `verb` null: nobody but the tests decided. */
  async commit(
    context: ChangeContext,
    rollout: StoredRollout,
    steps: readonly Step[],
    verb: string | null,
  ): Promise<void> {
    const { state, endpointId } = rollout;
    await this.#platform.changes.change(context, async (change) => {
      await this.#write(change, rollout, context.actor.name, steps);
      if (state === 'promoted') {
        await this.replaceChampion(
          change,
          { id: endpointId, champion_version_id: rollout.champion.modelVersionId },
          rollout.challenger.modelVersionId,
        );
        await this.#deps.lineage.link(change, {
          project: rollout.project,
          from: { type: 'model-version', id: rollout.challenger.modelVersionId },
          to: { type: 'endpoint', id: endpointId },
          kind: 'served-by',
        });
        // What ends by itself was tested when it began.
        await this.#moveAlias(change, rollout, 'champion', rollout.challenger.modelVersionId, verb === null);
      }
      for (const step of steps)
        change.audit({
          verb: verb ?? `rollout.${step.decision}`,
          resourceType: 'rollout',
          resourceId: rollout.id,
          detail: { decision: step.decision, reason: step.reason, weight: step.weight },
        });
      if (steps.length > 0) change.emit('serving.endpoint-changed', endpointId, { name: rollout.endpointName });
      failurePoint('rollout.before-commit');
    });
    failurePoint('rollout.after-commit');
    if (steps.length > 0) await this.#endpoints.refresh(endpointId);
  }

  async #write(change: Change, rollout: StoredRollout, by: string, steps: readonly Step[]): Promise<void> {
    const isOver = rollout.state !== 'running' && rollout.state !== 'paused';
    const reason = steps.at(-1)?.reason ?? rollout.reason;
    const decisions = [...rollout.decisions, ...steps.map((step) => ({ at: change.now, by, ...step }))];
    if (!(await updateRollout(change.db, { ...rollout, reason, decisions, endedAt: isOver ? change.now : null })))
      fail('STALE', 'The rollout was changed in the meantime. Look at it and decide again.');
    change.emit('serving.rollout-changed', rollout.id, { endpointId: rollout.endpointId, state: rollout.state });
    if (!isOver) return;
    await setRollout(change.db, rollout.endpointId, { from: rollout.id, to: null, now: change.now });
    await this.#moveAlias(change, rollout, 'challenger', null);
    change.emit('serving.rollout-ended', rollout.id, { endpointId: rollout.endpointId, state: rollout.state, reason });
  }

  async #moveAlias(
    change: Change,
    rollout: StoredRollout,
    alias: string,
    versionId: string | null,
    isReturn = false,
  ): Promise<void> {
    const endpoint = await findEndpointById(change.db, rollout.endpointId);
    if (endpoint)
      await this.#deps.registry.moveAlias(change, {
        project: rollout.project,
        modelId: endpoint.model_id,
        alias,
        versionId,
        by: null,
        isReturn,
      });
  }
}
