import type { Ctx } from '#platform/auth';
import type { ChangeContext } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import type { OnnxVersion } from '#registry';
import type { ServingDependencies } from '../dependencies.ts';
import type { Endpoints } from '../endpoints/endpoints.ts';
import type { EndpointRow } from '../tables.ts';
import { findActive } from './store.ts';
import type { RolloutWrites } from './writes.ts';

/** A new champion without a rollout: the one before, or one that somebody named. */
export class ChampionChanges {
  readonly #platform: Platform;
  readonly #deps: ServingDependencies;
  readonly #endpoints: Endpoints;
  readonly #writes: RolloutWrites;

  constructor(platform: Platform, deps: ServingDependencies, endpoints: Endpoints, writes: RolloutWrites) {
    this.#platform = platform;
    this.#deps = deps;
    this.#endpoints = endpoints;
    this.#writes = writes;
  }

  /** Goes back to the champion before this one; a running rollout is aborted. Errors: NOT_FOUND, CONFLICT. */
  async rollBack(ctx: Ctx, endpointRef: string, reason: string): Promise<EndpointRow> {
    const endpoint = await this.#endpoints.find(ctx, endpointRef);
    const previous =
      endpoint.previous_version_id ??
      fail('CONFLICT', `'${endpoint.name}' has had one champion only: there is none to go back to.`);
    const running =
      endpoint.rollout_id === null ? undefined : await findActive(this.#platform.database.db, endpoint.rollout_id);
    await this.#platform.changes.change(ctx, async (change) => {
      await this.#writes.replaceChampion(change, endpoint, previous);
      await this.#deps.registry.moveAlias(change, {
        project: ctx.project,
        modelId: endpoint.model_id,
        alias: 'champion',
        versionId: previous,
        by: ctx.actor,
        isReturn: true,
      });
      if (running)
        await this.#writes.abort(
          change,
          running,
          ctx.actor.name,
          `The endpoint went back to the champion before: ${reason}`,
        );
      change.audit({
        verb: 'endpoint.roll-back',
        resourceType: 'endpoint',
        resourceId: endpoint.id,
        detail: { from: endpoint.champion_version_id, to: previous, reason },
      });
      change.emit('serving.endpoint-changed', endpoint.id, { name: endpoint.name });
    });
    await this.#endpoints.refresh(endpoint.id);
    return this.#endpoints.findById(endpoint.id);
  }

  /** The champion alias was moved outside of a rollout: the endpoint follows, and a rollout against the old champion ends. */
  async followAlias(context: ChangeContext, endpoint: EndpointRow, target: OnnxVersion): Promise<void> {
    if (target.id === endpoint.champion_version_id) return;
    const running =
      endpoint.rollout_id === null ? undefined : await findActive(this.#platform.database.db, endpoint.rollout_id);
    await this.#platform.changes.change({ ...context, project: endpoint.project }, async (change) => {
      await this.#writes.replaceChampion(change, endpoint, target.id);
      if (running)
        await this.#writes.abort(
          change,
          running,
          context.actor.name,
          `The alias champion was moved to version ${target.number}.`,
        );
      await this.#deps.lineage.link(change, {
        project: endpoint.project,
        from: { type: 'model-version', id: target.id },
        to: { type: 'endpoint', id: endpoint.id },
        kind: 'served-by',
      });
      change.audit({
        verb: 'endpoint.follow-alias',
        resourceType: 'endpoint',
        resourceId: endpoint.id,
        detail: { from: endpoint.champion_version_id, to: target.id },
      });
      change.emit('serving.endpoint-changed', endpoint.id, { name: endpoint.name });
    });
    await this.#endpoints.refresh(endpoint.id);
  }
}
