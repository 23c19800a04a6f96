import type { Performance } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import type { MonitoringDeps } from './dependencies.ts';
import { resolve, stepWorse } from './incidents/incident.ts';
import { recordStep } from './incidents/recording.ts';
import { findOpen } from './incidents/store.ts';
import { confirmWorse, describeLoss, isFineAgain, judgeLoss, lossBetween, type ReferenceLoss } from './performance.ts';
import type { ReferenceSource } from './references/references.ts';
import * as store from './store.ts';

/** Older windows are final, whatever labels may still come. */
const restatedWindows = 200;
/** The newest of them are restated at once, the others by a job of their own that runs less often. */
const recentWindows = 20;
const rowsPerReading = 5000;

export interface Judge {
  /** Restates windows from the labels that are known now. `recent`: answers whether there are older ones to restate. */
  restate(ctx: Ctx, endpointId: string, which: 'recent' | 'older'): Promise<{ older: boolean }>;
  /**
   * Confirms the windows of one series and moves the incident along. `current`: the champion of the series is in
   * service; nothing is raised about one that was replaced.
   */
  settle(
    change: Change,
    monitor: store.MonitorState,
    series: number,
    loss: ReferenceLoss | null,
    current: boolean,
  ): Promise<void>;
}

interface Restated {
  window: store.WaitingWindow;
  performance: Performance;
}

export const createJudge = (platform: Platform, deps: MonitoringDeps, references: ReferenceSource): Judge => {
  const { changes, clock, database, ids } = platform;

  const settle: Judge['settle'] = async (change, monitor, series, loss, current) => {
    const { db } = change;
    const { settings } = monitor;
    const windows = await store.performanceOfSeries(
      db,
      monitor.endpointId,
      series,
      restatedWindows + settings.ofWindows,
    );
    const confirmed = confirmWorse(
      windows.map(({ performance }) => performance),
      settings,
    );
    for (const [index, window] of windows.entries()) {
      const performance = confirmed[index]!;
      if (performance === window.performance) continue;
      windows[index] = { ...window, performance };
      // The first of those read lack the windows before them.
      if (index >= windows.length - restatedWindows) await store.restateWindow(db, window.id, performance);
    }
    if (!current || loss === null) return;
    const judged = windows.filter(({ performance }) => performance.state === 'judged');
    if (judged.at(-1)?.performance.confirmed) {
      for (const window of judged.slice(-settings.ofWindows)) {
        if (window.performance.worse && window.performance.confirmed && !window.announced)
          await announce(change, monitor, series, window, loss);
      }
      return;
    }
    const incident = await findOpen(db, monitor.endpointId, 'performance');
    const judgements = judged.map(({ performance }) => performance);
    if (incident === null || !isFineAgain(judgements, settings)) return;
    const reason = `Not worse than the hold-out in at least ${settings.persistWindows} of the last ${settings.ofWindows} judged windows, up to window ${judged.at(-1)?.number}.`;
    await recordStep(change, monitor.project, resolve(incident, change.now, 'monitoring', reason));
  };

  const announce = async (
    change: Change,
    monitor: store.MonitorState,
    series: number,
    window: store.SeriesWindow,
    loss: ReferenceLoss,
  ): Promise<void> => {
    const { endpointId, project, settings } = monitor;
    const reason = describeLoss(window.performance, loss, window, settings);
    const open = await findOpen(change.db, endpointId, 'performance');
    const time = { id: ids.next('inc'), endpointId, at: change.now, by: 'monitoring' };
    const title =
      loss.task === 'classification'
        ? 'The model errs more often than on its hold-out'
        : 'The squared error is above that of the hold-out';
    const step = stepWorse(open, { number: window.number, series }, time, title, reason);
    await recordStep(change, project, step);
    if (step.kind === 'opened') await linkOpening(change, deps, project, endpointId, window.id, step.incident.id);
    await store.markAnnounced(change.db, window.id);
    change.emit('monitoring.performance-degraded', endpointId, {
      window: window.number,
      windowId: window.id,
      incidentId: step.incident.id,
      loss: window.performance.loss,
      referenceLoss: window.performance.referenceLoss,
      reason,
    });
  };

  const restateChunk = async (
    ctx: Ctx,
    monitor: store.MonitorState,
    chunk: readonly store.WaitingWindow[],
  ): Promise<void> => {
    const { endpointId } = monitor;
    const fromRow = Math.min(...chunk.map((window) => window.fromRow));
    const toRow = Math.max(...chunk.map((window) => window.toRow));
    const asOf = clock.now();
    const rows = await deps.serving.readCaptured(endpointId, { fromRow, toRow, columns: [] });
    const restated: Restated[] = [];
    for (const window of chunk) {
      const reference = await references.of(ctx, endpointId, window.modelVersionId);
      const loss = lossBetween(
        rows,
        reference.task,
        window.modelVersionId,
        window.fromRow - fromRow,
        window.toRow - fromRow,
      );
      const before = window.performance;
      const performance = { ...judgeLoss(loss, reference.loss, monitor.settings, asOf), confirmed: before.confirmed };
      if (
        performance.labelled !== before.labelled ||
        performance.loss !== before.loss ||
        performance.state !== before.state
      )
        restated.push({ window, performance });
    }
    if (restated.length > 0) await write(ctx, endpointId, restated);
  };

  const write = async (ctx: Ctx, endpointId: string, restated: readonly Restated[]): Promise<void> => {
    const series = new Map<number, string>();
    for (const { window } of restated) series.set(window.series, window.modelVersionId);
    const losses = new Map<number, ReferenceLoss | null>();
    for (const [number, modelVersionId] of series)
      losses.set(number, (await references.of(ctx, endpointId, modelVersionId)).loss);
    await changes.change(ctx, async (change) => {
      const monitor = await store.lockMonitor(change.db, endpointId);
      for (const { window, performance } of restated) {
        if (!(await store.restateWindow(change.db, window.id, performance))) continue;
        if (performance.state === window.performance.state && performance.worse === window.performance.worse) continue;
        change.emit('monitoring.window-judged', endpointId, {
          window: window.number,
          windowId: window.id,
          state: performance.state,
          loss: performance.loss,
          worse: performance.worse,
        });
      }
      for (const [number, loss] of losses) await settle(change, monitor, number, loss, number === monitor.series);
    });
  };

  return {
    settle,
    async restate(ctx, endpointId, which) {
      const monitor = await store.findMonitor(database.db, endpointId);
      if (!monitor?.enabled) return { older: false };
      const newest = monitor.nextNumber - 1;
      const waiting = await store.windowsWaiting(database.db, endpointId, newest - restatedWindows);
      const isRecent = ({ number }: store.WaitingWindow) => number > newest - recentWindows;
      const wanted = waiting.filter((window) => isRecent(window) === (which === 'recent'));
      // Oldest first, so that a window is judged after those before it.
      for (const chunk of chunksOf(wanted.toReversed())) await restateChunk(ctx, monitor, chunk);
      return { older: wanted.length < waiting.length };
    },
  };
};

/** Runs of windows that are read together. */
const chunksOf = (windows: readonly store.WaitingWindow[]): store.WaitingWindow[][] => {
  const chunks: store.WaitingWindow[][] = [];
  for (const window of windows) {
    const chunk = chunks.at(-1);
    if (chunk && window.toRow - chunk[0]!.fromRow <= rowsPerReading) chunk.push(window);
    else chunks.push([window]);
  }
  return chunks;
};

/** An incident hangs in the lineage on the window that opened it, and that on its endpoint. */
export const linkOpening = async (
  change: Change,
  { lineage }: MonitoringDeps,
  project: string,
  endpointId: string,
  windowId: string,
  incidentId: string,
): Promise<void> => {
  const window = { type: 'window', id: windowId };
  await lineage.link(change, { project, from: { type: 'endpoint', id: endpointId }, to: window, kind: 'observed' });
  await lineage.link(change, { project, from: window, to: { type: 'incident', id: incidentId }, kind: 'raised' });
};
