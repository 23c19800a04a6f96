import type { Distribution, Incident, Monitor, MonitorSettings, Page, Window } from '@millwright/contract';
import { type Ctx, systemCtx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import type { ServedEndpoint } from '#serving';
import { createCloser } from './close.ts';
import { asKind } from './column-values.ts';
import type { MonitoringDeps } from './dependencies.ts';
import { compareColumn } from './distribution.ts';
import { healthOf, type IncidentRecord, stepByHand } from './incidents/incident.ts';
import { emitChanged } from './incidents/recording.ts';
import * as incidents from './incidents/store.ts';
import { createJudge } from './judge.ts';
import { createReferences } from './references/references.ts';
import { findReference } from './references/store.ts';
import { completeSettings, defaultSettings } from './settings.ts';
import * as store from './store.ts';

interface PageFilter {
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** `endpointRef`: id or name. Errors of all: NOT_FOUND. */
export interface MonitoringService {
  getMonitor(ctx: Ctx, endpointRef: string): Promise<Monitor>;
  /**
   * Settings hold from the next window on; those left out have their defaults. Watching again after a pause begins
   * with the next prediction. Errors: INVALID_INPUT.
   */
  saveMonitor(
    ctx: Ctx,
    endpointRef: string,
    input: { enabled?: boolean | undefined; settings: MonitorSettings },
  ): Promise<Monitor>;
  listWindows(ctx: Ctx, endpointRef: string, page: PageFilter): Promise<Page<Window>>;
  compareDistribution(ctx: Ctx, windowId: string, column: string): Promise<Distribution>;
  listIncidents(
    ctx: Ctx,
    filter: PageFilter & { endpoint?: string | undefined; state?: Incident['state'] | undefined },
  ): Promise<Page<Incident>>;
  /** Errors: CONFLICT (resolved, or acknowledged already). */
  updateIncident(
    ctx: Ctx,
    incidentId: string,
    input: { state: 'acknowledged' | 'resolved'; note?: string | undefined },
  ): Promise<Incident>;

  /** For jobs. A monitor with the defaults where there is none, and the reference of the champion. */
  ensureMonitor(ctx: Ctx, endpointId: string): Promise<void>;
  /** Closes every window that is full, in order. Answers how many. */
  closeWindows(ctx: Ctx, endpointId: string): Promise<number>;
  /** Restates windows that lack labels from the labels known now. */
  restate(ctx: Ctx, endpointId: string, which: 'recent' | 'older'): Promise<{ older: boolean }>;
}

export const createMonitoring = (platform: Platform, deps: MonitoringDeps): MonitoringService => {
  const { changes, clock, database } = platform;
  const { db } = database;
  const references = createReferences(platform, deps);
  const judge = createJudge(platform, deps, references);
  const closer = createCloser(platform, deps, references, judge);
  deps.lineage.registerLabels('window', (project, found) => store.windowLabels(db, project, found));
  deps.lineage.registerLabels('incident', (project, found) => incidents.incidentLabels(db, project, found));

  const endpointOf = async (ctx: Ctx, ref: string): Promise<ServedEndpoint> =>
    deps.serving.servedEndpoint((await deps.serving.getEndpoint(ctx, ref)).id);

  const ensure = async (ctx: Ctx, endpoint: ServedEndpoint): Promise<void> => {
    if (await store.findMonitor(db, endpoint.id)) return;
    await changes.change(ctx, async (change) => {
      const { id: endpointId, project, championVersionId: seriesVersionId } = endpoint;
      const settings = defaultSettings;
      if (await store.insertMonitor(change.db, { endpointId, project, settings, seriesVersionId, now: change.now }))
        change.audit({
          verb: 'monitor.create',
          resourceType: 'endpoint',
          resourceId: endpointId,
          detail: { settings },
        });
    });
  };

  const show = async (endpoint: ServedEndpoint): Promise<Monitor> => {
    const monitor = await store.findMonitor(db, endpoint.id);
    const reference =
      (await findReference(db, endpoint.id, endpoint.championVersionId)) ??
      (monitor && (await findReference(db, endpoint.id, monitor.seriesVersionId)));
    const windows = (monitor?.nextNumber ?? 1) - 1;
    return {
      endpointId: endpoint.id,
      endpointName: endpoint.name,
      enabled: monitor?.enabled ?? true,
      settings: monitor?.settings ?? defaultSettings,
      referenceVersionId: reference?.datasetVersionId ?? null,
      referenceRows: reference?.rows ?? 0,
      referenceLoss: reference?.loss?.loss ?? null,
      windows,
      health: healthOf(windows, await incidents.openSeverities(db, endpoint.id)),
      updatedAt: monitor?.updatedAt ?? clock.now(),
    };
  };

  const named = async (found: readonly IncidentRecord[]): Promise<Incident[]> => {
    const names = new Map<string, string>();
    for (const { endpointId } of found)
      if (!names.has(endpointId)) names.set(endpointId, (await deps.serving.servedEndpoint(endpointId)).name);
    return found.map(({ quietWindows: _quiet, series: _series, ...incident }) => ({
      ...incident,
      endpointName: names.get(incident.endpointId) ?? incident.endpointId,
    }));
  };

  const ownCtx = (ctx: Ctx, endpoint: ServedEndpoint): Ctx => systemCtx('monitoring', endpoint.project, ctx.requestId);

  return {
    async getMonitor(ctx, endpointRef) {
      return show(await endpointOf(ctx, endpointRef));
    },

    async saveMonitor(ctx, endpointRef, input) {
      const settings = completeSettings(input.settings);
      if (settings.persistWindows > settings.ofWindows)
        fail(
          'INVALID_INPUT',
          `persistWindows (${settings.persistWindows}) must not exceed ofWindows (${settings.ofWindows}).`,
        );
      const endpoint = await endpointOf(ctx, endpointRef);
      await ensure(ownCtx(ctx, endpoint), endpoint);
      const captured = await deps.serving.capturedCount(endpoint.id);
      await changes.change(ctx, async (change) => {
        const monitor = await store.lockMonitor(change.db, endpoint.id);
        const enabled = input.enabled ?? monitor.enabled;
        // What was answered while nobody watched belongs to no window.
        const restart = enabled && !monitor.enabled && captured > monitor.nextRow;
        await store.updateMonitor(change.db, endpoint.id, {
          enabled,
          settings,
          updatedAt: change.now,
          ...(restart
            ? { nextRow: captured, series: monitor.series + 1, seriesVersionId: endpoint.championVersionId }
            : {}),
        });
        change.audit({
          verb: 'monitor.save',
          resourceType: 'endpoint',
          resourceId: endpoint.id,
          detail: { enabled, settings },
        });
      });
      return show(endpoint);
    },

    async listWindows(ctx, endpointRef, page) {
      const { id } = await deps.serving.getEndpoint(ctx, endpointRef);
      const { items, nextCursor } = await store.listWindows(db, id, page);
      const toContract = ({
        series: _series,
        fromRow,
        toRow,
        asOf: _asOf,
        announced: _announced,
        ...window
      }: store.WindowRecord): Window => ({
        ...window,
        rows: toRow - fromRow,
      });
      return { items: items.map(toContract), nextCursor };
    },

    async compareDistribution(ctx, windowId, column) {
      const window =
        (await store.findWindow(db, ctx.project, windowId)) ??
        fail('NOT_FOUND', `There is no window '${windowId}' in project '${ctx.project}'.`);
      const { endpointId, fromRow, toRow } = window;
      const reference = await references.of(
        ownCtx(ctx, await deps.serving.servedEndpoint(endpointId)),
        endpointId,
        window.modelVersionId,
      );
      const feature =
        reference.columns.find(({ name }) => name === column) ??
        fail('NOT_FOUND', `The model takes no column '${column}'.`);
      const prepared = await references.columns(reference);
      if (!Object.hasOwn(prepared, column))
        return fail(
          'NOT_FOUND',
          `Nothing is known of '${column}' in the training data of version ${window.modelVersion}.`,
        );
      const rows = await deps.serving.readCaptured(endpointId, { fromRow, toRow, columns: [column] });
      return compareColumn(column, prepared[column]!, asKind(rows.inputs[column], feature.kind, rows.rows));
    },

    async listIncidents(ctx, filter) {
      const endpoint = filter.endpoint === undefined ? null : await deps.serving.getEndpoint(ctx, filter.endpoint);
      const { items, nextCursor } = await incidents.listIncidents(db, {
        project: ctx.project,
        endpointId: endpoint?.id,
        state: filter.state,
        limit: filter.limit,
        cursor: filter.cursor,
      });
      return { items: await named(items), nextCursor };
    },

    async updateIncident(ctx, incidentId, input) {
      const changed = await changes.change(ctx, async (change) => {
        const missing = () => fail('NOT_FOUND', `There is no incident '${incidentId}' in project '${ctx.project}'.`);
        const seen = (await incidents.findIncident(change.db, ctx.project, incidentId)) ?? missing();
        // A window may be about to write the same incident.
        await store.lockMonitor(change.db, seen.endpointId);
        const incident = (await incidents.findIncident(change.db, ctx.project, incidentId)) ?? missing();
        const next =
          stepByHand(incident, input.state, input.note, change.now, ctx.actor.name) ??
          fail('CONFLICT', `The incident is ${incident.state} already.`);
        await incidents.updateIncident(change.db, ctx.project, next);
        emitChanged(change, next);
        const detail = { state: next.state, note: input.note ?? '' };
        change.audit({ verb: 'incident.update', resourceType: 'incident', resourceId: incidentId, detail });
        return next;
      });
      return (await named([changed]))[0]!;
    },

    async ensureMonitor(ctx, endpointId) {
      const endpoint = await deps.serving.servedEndpoint(endpointId);
      await ensure(ownCtx(ctx, endpoint), endpoint);
      await references.of(ownCtx(ctx, endpoint), endpointId, endpoint.championVersionId);
    },
    async closeWindows(ctx, endpointId) {
      const endpoint = await deps.serving.servedEndpoint(endpointId);
      return closer.closeWindows(ownCtx(ctx, endpoint), endpoint);
    },
    async restate(ctx, endpointId, which) {
      const endpoint = await deps.serving.servedEndpoint(endpointId);
      return judge.restate(ownCtx(ctx, endpoint), endpointId, which);
    },
  };
};
