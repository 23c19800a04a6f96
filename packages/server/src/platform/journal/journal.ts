import { mkdir, rm } from 'node:fs/promises';
import type { SegmentFolder } from './segment-file.ts';
import { cutTornLine } from './segment-file.ts';
import { type Durability, SegmentWriter } from './segment-writer.ts';

export interface JournalOptions {
  dir: string;
  /** Lower-case letters, digits and dashes. One process at a time owns the journal of that name in that folder. */
  name: string;
  durability: Durability;
  /** A segment that has grown to this size is sealed. */
  segmentBytes: number;
  /** Records beyond this many bytes that wait for the disk are dropped and counted. */
  maxPendingBytes: number;
  /** Unique ids that sort by time, such as `ids.next('seg')`. */
  newSegmentId(): string;
  /** Called after a segment was sealed; must not throw. For left-overs of an earlier process call `drain` after opening. */
  onSealed?(segmentId: string): void;
}

export type DropReason = 'queue-full' | 'disk' | 'line-break' | 'closed';

/** `written + dropped` is the number of records given. */
export interface AppendResult {
  written: number;
  dropped: number;
  reason?: DropReason;
}

export interface SealedSegment {
  segmentId: string;
  /** One record per line. */
  path: string;
  recordCount: number;
}

export interface JournalStats {
  writtenRecords: number;
  droppedRecords: Record<DropReason, number>;
  /** What the disk said when it last refused; null once a write succeeds again. */
  diskError: string | null;
  pendingBytes: number;
  currentSegmentBytes: number;
  sealedSegments: number;
}

interface Pending {
  bytes: Buffer;
  recordCount: number;
  settle(result: AppendResult): void;
}

/**
 * A durable append log of lines, handed over in sealed segments. Appends that come in while the disk is busy share the next
 * write. Neither a full queue nor a full disk ever throws at the caller: both are counted.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #folder: SegmentFolder;
  /** Sealed segments in order, with the number of their records. */
  readonly #sealed = new Map<string, number>();
  readonly #dropped: Record<DropReason, number> = { 'queue-full': 0, disk: 0, 'line-break': 0, closed: 0 };
  #pending: Pending[] = [];
  #pendingBytes = 0;
  #writtenRecords = 0;
  #diskError: string | null = null;
  #current: SegmentWriter | undefined;
  #closed = false;
  /** Everything that touches files runs one after the other on this chain. */
  #work: Promise<unknown> = Promise.resolve();
  #flushQueued = false;
  #drain: Promise<unknown> = Promise.resolve();

  constructor(options: JournalOptions, folder: SegmentFolder) {
    this.#options = options;
    this.#folder = folder;
  }

  /** Takes over what earlier processes left: whole segments, and open ones without their torn last line. */
  async recover(): Promise<this> {
    await mkdir(this.#options.dir, { recursive: true });
    for (const id of await this.#folder.openIds()) {
      const path = this.#folder.openPath(id);
      if ((await cutTornLine(path)) > 0) await this.#folder.seal(id);
      else await rm(path);
    }
    for (const id of await this.#folder.sealedIds()) {
      this.#sealed.set(id, await cutTornLine(this.#folder.sealedPath(id)));
    }
    return this;
  }

  /** Resolves, and never rejects, once the records are as durable as the journal is, or were dropped. All or none are. */
  append(records: readonly string[]): Promise<AppendResult> {
    const recordCount = records.length;
    if (recordCount === 0) return Promise.resolve({ written: 0, dropped: 0 });
    if (this.#closed) return Promise.resolve(this.#drop(recordCount, 'closed'));
    if (records.some((record) => record.includes('\n'))) return Promise.resolve(this.#drop(recordCount, 'line-break'));
    const bytes = Buffer.from(`${records.join('\n')}\n`);
    if (this.#pendingBytes + bytes.byteLength > this.#options.maxPendingBytes) {
      return Promise.resolve(this.#drop(recordCount, 'queue-full'));
    }
    this.#pendingBytes += bytes.byteLength;
    return new Promise((settle) => {
      this.#pending.push({ bytes, recordCount, settle });
      this.#queueFlush();
    });
  }

  /** Seals the current segment if it holds anything, after all that was appended before this call. */
  async rotate(): Promise<void> {
    await this.#enqueue(() => this.#sealCurrent());
  }

  /**
   * Hands sealed segments over, oldest first, and deletes each after the consumer resolved. When it throws, the segment and
   * the later ones stay, and the error is passed on. A process that dies between the two hands the segment over once more:
   * consumers recognise it by its id. Calls queue up behind each other.
   */
  drain(consume: (segment: SealedSegment) => Promise<void>): Promise<number> {
    const drained = this.#drain.then(() => this.#drainNow(consume));
    this.#drain = drained.catch(() => undefined);
    return drained;
  }

  async #drainNow(consume: (segment: SealedSegment) => Promise<void>): Promise<number> {
    let drainedCount = 0;
    for (const [segmentId, recordCount] of this.#sealed) {
      await consume({ segmentId, path: this.#folder.sealedPath(segmentId), recordCount });
      await this.#folder.remove(segmentId);
      if (this.#options.durability === 'disk') await this.#folder.flush();
      this.#sealed.delete(segmentId);
      drainedCount++;
    }
    return drainedCount;
  }

  stats(): JournalStats {
    return {
      writtenRecords: this.#writtenRecords,
      droppedRecords: { ...this.#dropped },
      diskError: this.#diskError,
      pendingBytes: this.#pendingBytes,
      currentSegmentBytes: this.#current?.sizeBytes ?? 0,
      sealedSegments: this.#sealed.size,
    };
  }

  /** Writes what is pending and seals it. Later appends are dropped. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#enqueue(() => this.#sealCurrent());
    await this.#current?.close();
    await this.#drain;
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(async () => {
      await this.#writePending();
      return work();
    });
    this.#work = done.catch(() => undefined);
    return done;
  }

  #queueFlush(): void {
    if (this.#flushQueued) return;
    this.#flushQueued = true;
    this.#work = this.#work.then(() => {
      this.#flushQueued = false;
      return this.#writePending();
    });
  }

  async #writePending(): Promise<void> {
    const batch = this.#pending;
    if (batch.length === 0) return;
    this.#pending = [];
    const bytes = Buffer.concat(batch.map((pending) => pending.bytes));
    const recordCount = batch.reduce((sum, pending) => sum + pending.recordCount, 0);
    try {
      this.#current ??= await this.#newSegment();
      await this.#current.write(bytes, recordCount);
      this.#writtenRecords += recordCount;
      this.#diskError = null;
      for (const pending of batch) pending.settle({ written: pending.recordCount, dropped: 0 });
    } catch (error) {
      this.#diskError = error instanceof Error ? error.message : String(error);
      for (const pending of batch) pending.settle(this.#drop(pending.recordCount, 'disk'));
    } finally {
      this.#pendingBytes -= bytes.byteLength;
    }
    if ((this.#current?.sizeBytes ?? 0) >= this.#options.segmentBytes) {
      await this.#sealCurrent().catch((error: unknown) => {
        this.#diskError = String(error);
      });
    }
  }

  #newSegment(): Promise<SegmentWriter> {
    return SegmentWriter.create(this.#options.newSegmentId(), this.#folder, this.#options.durability);
  }

  async #sealCurrent(): Promise<void> {
    const segment = this.#current;
    if (!segment || segment.recordCount === 0) return;
    await segment.seal();
    this.#current = undefined;
    this.#sealed.set(segment.id, segment.recordCount);
    this.#options.onSealed?.(segment.id);
  }

  #drop(recordCount: number, reason: DropReason): AppendResult {
    this.#dropped[reason] += recordCount;
    return { written: 0, dropped: recordCount, reason };
  }
}
