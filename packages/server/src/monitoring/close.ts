import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import type { CapturedRows, ServedEndpoint } from '#serving';
import { asKind } from './column-values.ts';
import type { MonitoringDeps } from './dependencies.ts';
import { confirmedOf, describeDrift, driftedOf, judgeColumns } from './drift.ts';
import { resolve, stepCaptured, stepDrift, stepDropped } from './incidents/incident.ts';
import { recordStep } from './incidents/recording.ts';
import { findOpen } from './incidents/store.ts';
import { enqueueJudge } from './jobs.ts';
import { type Judge, linkOpening } from './judge.ts';
import { judgeLoss, lossBetween } from './performance.ts';
import type { ReferenceSource } from './references/references.ts';
import type { ReferenceRecord } from './references/store.ts';
import * as store from './store.ts';
import { type Cut, cutWindow } from './window.ts';

/** So far is looked for the answers that tell whether the champion has changed. */
const lookAheadRows = 5000;

export interface Closer {
  /** Closes every window that is full, in order. Answers how many. */
  closeWindows(ctx: Ctx, endpoint: ServedEndpoint): Promise<number>;
}

interface Candidate {
  monitor: store.MonitorState;
  asOf: number;
  rows: CapturedRows;
  cut: Exclude<Cut, { kind: 'wait' }>;
}

export const createCloser = (
  platform: Platform,
  deps: MonitoringDeps,
  references: ReferenceSource,
  judge: Judge,
): Closer => {
  const { changes, clock, database, ids } = platform;
  const { serving } = deps;

  const nextCandidate = async (endpoint: ServedEndpoint): Promise<Candidate | null> => {
    const monitor = await store.findMonitor(database.db, endpoint.id);
    if (!monitor?.enabled) return null;
    const { nextRow: fromRow, seriesVersionId, settings } = monitor;
    const available = (await serving.capturedCount(endpoint.id)) - fromRow;
    // Less than a window can only be cut short by a change of champion.
    if (available <= 0 || (available < settings.windowRows && endpoint.championVersionId === seriesVersionId))
      return null;
    const asOf = clock.now();
    const read = (rows: number, columns?: readonly string[]) =>
      serving.readCaptured(endpoint.id, { fromRow, toRow: fromRow + rows, ...(columns ? { columns } : {}) });
    let rows = await read(settings.windowRows);
    let cut = cutWindow(rows, seriesVersionId, settings.windowRows);
    if (cut.kind === 'wait' && available > settings.windowRows)
      cut = cutWindow(await read(settings.windowRows + lookAheadRows, []), seriesVersionId, settings.windowRows);
    if (cut.kind === 'wait') return null;
    if (cut.kind === 'window' && cut.rows < rows.rows) rows = await read(cut.rows);
    return { monitor, asOf, rows, cut };
  };

  /** False when another worker was faster, or somebody has changed the monitor: look again. */
  const advance = async (change: Change, { monitor, cut }: Candidate): Promise<store.MonitorState | null> => {
    const now = await store.lockMonitor(change.db, monitor.endpointId);
    const same =
      now.nextRow === monitor.nextRow && now.nextNumber === monitor.nextNumber && now.series === monitor.series;
    if (!same || !now.enabled) return null;
    await store.updateMonitor(change.db, monitor.endpointId, {
      nextRow: monitor.nextRow + cut.rows,
      updatedAt: change.now,
      ...(cut.kind === 'window' ? { nextNumber: monitor.nextNumber + 1 } : {}),
      ...(cut.next === null ? {} : { series: monitor.series + 1, seriesVersionId: cut.next }),
    });
    return now;
  };

  const endSeries = async (change: Change, monitor: store.MonitorState, newVersion: ReferenceRecord): Promise<void> => {
    const incident = await findOpen(change.db, monitor.endpointId, 'performance');
    if (incident === null) return;
    const reason = `Version ${newVersion.modelVersion} is champion now and is judged by its own windows.`;
    await recordStep(change, monitor.project, resolve(incident, change.now, 'monitoring', reason));
  };

  const skip = async (ctx: Ctx, candidate: Candidate): Promise<void> => {
    const { monitor, cut } = candidate;
    const next = await references.of(ctx, monitor.endpointId, cut.next ?? monitor.seriesVersionId);
    await changes.change(ctx, async (change) => {
      if (await advance(change, candidate)) await endSeries(change, monitor, next);
    });
  };

  const close = async (ctx: Ctx, endpoint: ServedEndpoint, candidate: Candidate): Promise<void> => {
    const { monitor, rows, asOf, cut } = candidate;
    const { endpointId, settings, seriesVersionId } = monitor;
    const reference = await references.of(ctx, endpointId, seriesVersionId);
    const next = cut.next === null ? null : await references.of(ctx, endpointId, cut.next);
    const before = await store.newestOfSeries(database.db, endpointId, monitor.series, settings.ofWindows - 1);
    const watched = reference.columns.filter(({ name }) => !settings.ignoreColumns.includes(name));
    const values = new Map(watched.map(({ name, kind }) => [name, asKind(rows.inputs[name], kind, rows.rows)]));
    const columns = judgeColumns(
      values,
      await references.columns(reference),
      before.map((window) => new Set(driftedOf(window.columns))),
      settings,
    );
    const loss = lossBetween(rows, reference.task, seriesVersionId, 0, rows.rows);
    const performance = judgeLoss(loss, reference.loss, settings, asOf);
    const window: store.WindowRecord = {
      id: ids.next('win'),
      endpointId,
      number: monitor.nextNumber,
      series: monitor.series,
      fromRow: monitor.nextRow,
      toRow: monitor.nextRow + cut.rows,
      startAt: rows.at.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
      endAt: rows.at.reduce((a, b) => Math.max(a, b), 0),
      modelVersionId: seriesVersionId,
      modelVersion: reference.modelVersion,
      columns,
      performance,
      failures: rows.failed.reduce((sum, failed) => sum + failed, 0),
      dropped: Math.max(0, endpoint.dropped - monitor.droppedWindowed),
      asOf,
      announced: false,
    };
    const confirmedBefore = confirmedOf(before.at(-1)?.columns ?? []);
    await changes.change(ctx, async (change) => {
      const now = await advance(change, candidate);
      if (now === null) return;
      await store.insertWindow(change.db, ctx.project, window);
      await store.updateMonitor(change.db, endpointId, {
        droppedWindowed: Math.max(endpoint.dropped, monitor.droppedWindowed),
      });
      change.emit('monitoring.window-closed', endpointId, {
        window: window.number,
        windowId: window.id,
        rows: rows.rows,
        drifted: driftedOf(columns),
      });
      await stepDriftIncident(change, monitor, window, confirmedBefore);
      const open = await findOpen(change.db, endpointId, 'capture-loss');
      const time = { at: change.now, by: 'monitoring' };
      await recordStep(change, ctx.project, stepCaptured(open, window, time, settings.ofWindows));
      await judge.settle(change, monitor, monitor.series, reference.loss, next === null);
      if (next !== null) await endSeries(change, monitor, next);
      // Labels that were looked for before this window existed.
      if (now.labelTurn !== monitor.labelTurn) enqueueJudge(change, now);
    });
  };

  const stepDriftIncident = async (
    change: Change,
    monitor: store.MonitorState,
    window: store.WindowRecord,
    confirmedBefore: readonly string[],
  ): Promise<void> => {
    const { endpointId, project, settings } = monitor;
    const { columns, number, series, modelVersion } = window;
    const open = await findOpen(change.db, endpointId, 'drift');
    const time = { id: ids.next('inc'), endpointId, at: change.now, by: 'monitoring' };
    const seen = {
      number,
      series,
      modelVersion,
      drifted: driftedOf(columns),
      confirmed: confirmedOf(columns),
      confirmedBefore,
    };
    const describe = (names: readonly string[]) =>
      `${describeDrift(columns, names)}, in at least ${settings.persistWindows} of the last ${settings.ofWindows} windows`;
    const step = stepDrift(open, seen, time, settings.ofWindows, describe);
    await recordStep(change, project, step);
    if (step.kind === 'opened') await linkOpening(change, deps, project, endpointId, window.id, step.incident.id);
    if (step.kind === 'unchanged' || step.newColumns.length === 0) return;
    change.emit('monitoring.drift-confirmed', endpointId, {
      columns: step.newColumns,
      window: number,
      windowId: window.id,
      incidentId: step.incident.id,
      reason: step.reason,
    });
  };

  const noticeDrops = async (ctx: Ctx, endpoint: ServedEndpoint): Promise<void> => {
    const known = await store.findMonitor(database.db, endpoint.id);
    if (!known?.enabled || endpoint.dropped <= known.droppedSeen) return;
    await changes.change(ctx, async (change) => {
      const monitor = await store.lockMonitor(change.db, endpoint.id);
      const grewBy = endpoint.dropped - monitor.droppedSeen;
      if (grewBy <= 0) return;
      await store.updateMonitor(change.db, endpoint.id, { droppedSeen: endpoint.dropped });
      const open = await findOpen(change.db, endpoint.id, 'capture-loss');
      const time = { id: ids.next('inc'), endpointId: endpoint.id, at: change.now, by: 'monitoring' };
      const dropped = { grewBy, total: endpoint.dropped, window: monitor.nextNumber, series: monitor.series };
      await recordStep(change, ctx.project, stepDropped(open, dropped, time));
    });
  };

  return {
    async closeWindows(ctx, endpoint) {
      await noticeDrops(ctx, endpoint);
      for (let closed = 0; ; ) {
        const candidate = await nextCandidate(endpoint);
        if (candidate === null) return closed;
        if (candidate.cut.kind === 'skip') await skip(ctx, candidate);
        else {
          await close(ctx, endpoint, candidate);
          closed++;
        }
      }
    },
  };
};
