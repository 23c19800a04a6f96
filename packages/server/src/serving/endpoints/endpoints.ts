import type { Endpoint, Page } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import { systemCtx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { isUniqueViolation } from '#platform/db';
import { fail, isMillwrightError } from '#platform/errors';
import type { OnnxVersion } from '#registry';
import type { Recorder } from '../capture/recorder.ts';
import { dropsOf } from '../capture/store.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { findRunning } from '../rollouts/store.ts';
import type { EndpointRow } from '../tables.ts';
import type { Router } from './router.ts';
import { allEndpoints, findEndpoint, findEndpointById, insertEndpoint, listEndpoints } from './store.ts';
import { endpointView } from './view.ts';

export interface NewEndpoint {
  name: string;
  description?: string | undefined;
  unitColumn?: string | undefined;
}

export interface PageFilter {
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** Endpoints, and the keeping of the router in step with what the database says of them. */
export class Endpoints {
  readonly #platform: Platform;
  readonly #deps: ServingDependencies;
  readonly #router: Router;
  readonly #recorder: () => Recorder | null;
  /** Readings of one endpoint follow each other, so that an older one never wins. */
  readonly #reading = new Map<string, Promise<void>>();

  constructor(platform: Platform, deps: ServingDependencies, router: Router, recorder: () => Recorder | null) {
    this.#platform = platform;
    this.#deps = deps;
    this.#router = router;
    this.#recorder = recorder;
  }

  async find(ctx: Ctx, ref: string): Promise<EndpointRow> {
    return (
      (await findEndpoint(this.#platform.database.db, ctx.project, ref)) ??
      fail('NOT_FOUND', `There is no endpoint '${ref}' in project '${ctx.project}'.`)
    );
  }

  async findById(endpointId: string): Promise<EndpointRow> {
    return (
      (await findEndpointById(this.#platform.database.db, endpointId)) ??
      fail('NOT_FOUND', `There is no endpoint ${endpointId}.`)
    );
  }

  async view(row: EndpointRow): Promise<Endpoint> {
    return endpointView(row, this.#router.byId(row.id), await this.dropped(row.id));
  }

  async dropped(endpointId: string): Promise<number> {
    const durable = await dropsOf(this.#platform.database.db, [endpointId]);
    return (durable.get(endpointId) ?? 0) + (this.#recorder()?.droppedOf(endpointId) ?? 0);
  }

  async list(ctx: Ctx, filter: PageFilter): Promise<Page<Endpoint>> {
    const page = await listEndpoints(this.#platform.database.db, { project: ctx.project, ...filter });
    return { items: await Promise.all(page.items.map((row) => this.view(row))), nextCursor: page.nextCursor };
  }

  /** Serves the champion of a model. Errors: INVALID_REFERENCE, CONFLICT (no approved champion), NAME_TAKEN. */
  async create(ctx: Ctx, input: NewEndpoint & { model: string }): Promise<Endpoint> {
    const champion = await this.#championOf(ctx, input.model);
    const id = await this.insert(ctx, input, champion, 'endpoint.create', async () => undefined);
    return this.view(await this.findById(id));
  }

  /** `also`: what has to become true in the same change. Answers the id. */
  async insert(
    ctx: Ctx,
    input: NewEndpoint,
    champion: OnnxVersion,
    verb: string,
    also: (change: Change) => Promise<void>,
  ): Promise<string> {
    const { ids, changes } = this.#platform;
    if (champion.approval.state !== 'approved')
      fail(
        'CONFLICT',
        `Version ${champion.number} of '${champion.modelName}' is not approved. Approve it first: millwright model-versions decide.`,
      );
    const id = ids.next('ep');
    try {
      await changes.change(ctx, async (change) => {
        await also(change);
        await insertEndpoint(change.db, {
          id,
          project: ctx.project,
          name: input.name,
          description: input.description ?? '',
          model_id: champion.modelId,
          model_name: champion.modelName,
          unit_column: input.unitColumn ?? null,
          champion_version_id: champion.id,
          previous_version_id: null,
          rollout_id: null,
          evaluation_turn: 0,
          captured: 0,
          label_seq: 0,
          labels: 0,
          owner: ctx.actor.name,
          created_at: change.now,
          updated_at: change.now,
        });
        await this.#deps.lineage.link(change, {
          project: ctx.project,
          from: { type: 'model-version', id: champion.id },
          to: { type: 'endpoint', id },
          kind: 'served-by',
        });
        change.audit({
          verb,
          resourceType: 'endpoint',
          resourceId: id,
          detail: { name: input.name, model: champion.modelName, version: champion.number },
        });
        change.emit('serving.endpoint-changed', id, { name: input.name });
      });
    } catch (error) {
      if (isUniqueViolation(error))
        fail(
          'NAME_TAKEN',
          `There is an endpoint '${input.name}' on this instance already. Names of endpoints are unique over all projects.`,
        );
      throw error;
    }
    await this.refresh(id);
    await this.#router.settled(id);
    return id;
  }

  async #championOf(ctx: Ctx, model: string): Promise<OnnxVersion> {
    const missing = (): never =>
      fail(
        'CONFLICT',
        `The model '${model}' has no champion to serve. Approve a version and point the alias at it: millwright models alias ${model} champion.`,
      );
    try {
      return (await this.#deps.registry.onnxAliasTarget(ctx, model, 'champion')) ?? missing();
    } catch (error) {
      if (isMillwrightError(error) && error.code === 'NOT_FOUND') fail('INVALID_REFERENCE', error.message);
      throw error;
    }
  }

  async currentChampion(endpointId: string): Promise<OnnxVersion> {
    const row = await this.findById(endpointId);
    return this.#deps.registry.onnxVersion(systemCtx('serving', row.project, endpointId), row.champion_version_id);
  }

  async refreshAll(): Promise<void> {
    for (const row of await allEndpoints(this.#platform.database.db)) await this.refresh(row.id);
  }

  /** Makes this process serve what the database says now. */
  refresh(endpointId: string): Promise<void> {
    const reading = (this.#reading.get(endpointId) ?? Promise.resolve()).then(() => this.#read(endpointId));
    const settled = reading
      .catch(() => undefined)
      .finally(() => {
        if (this.#reading.get(endpointId) === settled) this.#reading.delete(endpointId);
      });
    this.#reading.set(endpointId, settled);
    return reading;
  }

  async #read(endpointId: string): Promise<void> {
    const { db } = this.#platform.database;
    const row = await findEndpointById(db, endpointId);
    if (!row) return;
    const rollout = row.rollout_id === null ? undefined : await findRunning(db, row.rollout_id);
    this.#router.set({
      endpointId,
      project: row.project,
      name: row.name,
      unitColumn: row.unit_column,
      championVersionId: row.champion_version_id,
      previousVersionId: row.previous_version_id,
      rollout: rollout
        ? { id: rollout.id, challengerVersionId: rollout.challenger_version_id, weight: Number(rollout.weight) }
        : null,
    });
  }
}
