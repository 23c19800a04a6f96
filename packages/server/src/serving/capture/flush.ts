import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemCtx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { failurePoint } from '#platform/failure-points';
import type { Journal, SealedSegment } from '#platform/journal';
import { findEndpointById } from '../endpoints/store.ts';
import { enqueueEvaluation } from '../rollouts/evaluation-job.ts';
import type { CaptureLine } from './capture-line.ts';
import { enqueueMerge, mergeFanOut } from './merge-plan.ts';
import { PartBuilder } from './part-builder.ts';
import type { RecentRows } from './recent-rows.ts';
import type { Recorder } from './recorder.ts';
import { addDrops, hasPart, insertPart } from './store.ts';

/** After so many lines the server answers others. */
const linesPerTurn = 500;

/** Moves captured predictions from the journal to Parquet: each segment exactly once, whenever the process dies. */
export class CaptureFlush {
  readonly #platform: Platform;
  readonly #journal: Journal;
  readonly #recorder: Recorder;
  readonly #recent: RecentRows;
  /** Parts per endpoint since it was last asked to merge them. */
  readonly #unmerged = new Map<string, number>();
  #running: Promise<void> = Promise.resolve();

  constructor(platform: Platform, journal: Journal, recorder: Recorder, recent: RecentRows) {
    this.#platform = platform;
    this.#journal = journal;
    this.#recorder = recorder;
    this.#recent = recent;
  }

  /** Everything that was recorded before this call. A failure leaves the segment for the next time. */
  flush(): Promise<void> {
    const next = this.#running.then(() => this.#flushNow());
    this.#running = next.catch(() => undefined);
    return next;
  }

  async #flushNow(): Promise<void> {
    await this.#journal.rotate();
    await this.#journal.drain((segment) => this.#take(segment));
    const drops = this.#recorder.pendingDrops().map((drop) => ({ ...drop }));
    if (drops.length === 0) return;
    await this.#platform.database.transaction((db) => addDrops(db, drops));
    this.#recorder.settleDrops(drops);
  }

  async #take(segment: SealedSegment): Promise<void> {
    for (const [endpointId, builder] of await this.#read(segment))
      await this.#store(segment.segmentId, endpointId, builder);
  }

  async #read(segment: SealedSegment): Promise<Map<string, PartBuilder>> {
    const builders = new Map<string, PartBuilder>();
    let count = 0;
    let unreadable = 0;
    for await (const text of createInterface({
      input: createReadStream(segment.path),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      if (++count % linesPerTurn === 0) await nextTurn();
      try {
        const line = JSON.parse(text) as CaptureLine;
        const builder = builders.get(line.e) ?? new PartBuilder();
        builders.set(line.e, builder);
        builder.add(line);
      } catch {
        unreadable++;
      }
    }
    if (unreadable > 0)
      this.#platform.log.error('lines of the capture journal cannot be read and are left out', {
        segment: segment.segmentId,
        lines: unreadable,
      });
    return builders;
  }

  async #store(segmentId: string, endpointId: string, builder: PartBuilder): Promise<void> {
    const { database, blobs, tables, changes, ids } = this.#platform;
    const endpoint = await findEndpointById(database.db, endpointId);
    if (!endpoint || (await hasPart(database.db, endpointId, segmentId))) return;
    const { columns, inputs } = builder.finish();
    await using file = await blobs.openTemp('.parquet');
    await tables.writeColumns(columns, file.path);
    const { digest, sizeBytes } = await blobs.putFile(file.path);
    const unmerged = (this.#unmerged.get(endpointId) ?? 0) + 1;
    const part = await changes.change(systemCtx('serving', endpoint.project, segmentId), async (change) => {
      if (await hasPart(change.db, endpointId, segmentId)) return null;
      const inserted = await insertPart(change.db, {
        id: ids.next('cap'),
        project: endpoint.project,
        endpointId,
        segmentId,
        rows: builder.rows,
        digest,
        sizeBytes,
        inputs,
        now: change.now,
      });
      if (!inserted) return null;
      change.emit('serving.predictions-captured', endpointId, { endpointId, toRow: inserted.toRow });
      enqueueEvaluation(change, inserted);
      if (unmerged >= mergeFanOut) enqueueMerge(change, endpointId);
      failurePoint('capture.before-commit');
      return inserted;
    });
    this.#unmerged.set(endpointId, unmerged >= mergeFanOut ? 0 : unmerged);
    if (part) this.#recent.add(endpointId, { fromRow: part.toRow - builder.rows, toRow: part.toRow, inputs }, columns);
    failurePoint('capture.after-commit');
  }
}
