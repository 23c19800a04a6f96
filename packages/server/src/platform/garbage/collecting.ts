import type { StoredBlob } from '#platform/blobs';
import type { Platform } from '#platform/core';
import { failurePoint } from '#platform/failure-points';
import type { JobContext, JobOutcome } from '#platform/jobs';
import * as store from './store.ts';

const blobsPerPage = 500;
const heldRetryMs = 5000;

interface Judged {
  referenced: string[];
  /** Seen without a reference for the first time, or stored again since. */
  fresh: StoredBlob[];
  waiting: store.Mark[];
  deletable: store.Mark[];
}

/** What is known of a page of blobs, and what follows. A blob must be found unreferenced twice, the grace time apart. */
export const judge = (
  blobs: readonly StoredBlob[],
  used: ReadonlySet<string>,
  marks: ReadonlyMap<string, store.Mark>,
  { now, graceMs }: { now: number; graceMs: number },
): Judged => {
  const judged: Judged = { referenced: [], fresh: [], waiting: [], deletable: [] };
  for (const blob of blobs) {
    const mark = marks.get(blob.digest);
    if (used.has(blob.digest)) judged.referenced.push(blob.digest);
    else if (graceMs === 0) judged.deletable.push({ ...blob, seenAt: now, doomed: true });
    else if (!mark || blob.storedAt >= mark.seenAt) judged.fresh.push(blob);
    else if (mark.seenAt > now - graceMs) judged.waiting.push(mark);
    else judged.deletable.push(mark);
  }
  return judged;
};

const sum = (items: readonly { sizeBytes: number }[]): number => items.reduce((all, item) => all + item.sizeBytes, 0);

/**
 * Goes through all blobs page by page. What is deleted is written down first (`doomed`) and counted afterwards, by what
 * is gone then: killed in between, the page is done again and counts the same.
 */
export const collect = async (platform: Platform, job: JobContext): Promise<JobOutcome> => {
  const { blobs, contents, database } = platform;
  const id = String(job.payload['collectionId']);
  for (;;) {
    job.signal.throwIfAborted();
    const collection = await store.findCollection(database.db, id);
    if (collection?.state !== 'running') return undefined;
    const { position, dryRun, graceMs } = collection;
    const page = await blobs.list({ limit: blobsPerPage, ...(position === '' ? {} : { after: position }) });
    const range = { after: position, to: page.next ?? null };
    const look = async (): Promise<void> => {
      const { judged, gone } = await job.change(async ({ db, now }) => {
        const used = await store.digestsInUse(
          db,
          contents.declared(),
          page.blobs.map(({ digest }) => digest),
        );
        const marks = await store.readMarks(db, range);
        const found = judge(page.blobs, used, marks, { now, graceMs });
        const listed = new Set<string>(page.blobs.map(({ digest }) => digest));
        const missing = [...marks.values()].filter(({ digest }) => !listed.has(digest));
        if (!dryRun) {
          const noted = [...found.fresh, ...(graceMs === 0 ? found.deletable : [])];
          await store.writeMarks(db, noted, now);
          const doomed = found.deletable.map(({ digest }) => digest);
          await store.doomMarks(db, doomed);
          const elsewhere = missing.filter((mark) => !mark.doomed).map(({ digest }) => digest);
          await store.deleteMarks(db, [...found.referenced, ...elsewhere]);
        }
        // Deleted before the process was killed, and not counted yet.
        return { judged: found, gone: missing.filter(({ doomed }) => doomed) };
      });
      failurePoint('garbage.doomed');
      const deleted: store.Mark[] = [...gone];
      const kept: string[] = [];
      if (!dryRun)
        for (const mark of judged.deletable) {
          if (await blobs.delete(mark.digest, { unlessStoredSince: mark.seenAt })) deleted.push(mark);
          else kept.push(mark.digest);
          failurePoint('garbage.half-deleted');
        }
      await job.change(async ({ db, now }) => {
        const { fresh, waiting, deletable } = judged;
        const unreferenced = [...fresh, ...waiting, ...deletable, ...gone];
        const counts: store.Counts = {
          blobs: collection.blobs + page.blobs.length + gone.length,
          bytes: collection.bytes + sum(page.blobs) + sum(gone),
          unreferencedBlobs: collection.unreferencedBlobs + unreferenced.length,
          unreferencedBytes: collection.unreferencedBytes + sum(unreferenced),
          deletableBlobs: collection.deletableBlobs + deletable.length + gone.length,
          deletableBytes: collection.deletableBytes + sum(deletable) + sum(gone),
          deletedBlobs: collection.deletedBlobs + deleted.length,
          deletedBytes: collection.deletedBytes + sum(deleted),
        };
        if (!dryRun) await store.deleteMarks(db, [...deleted.map(({ digest }) => digest), ...kept]);
        await store.moveCollection(db, id, { position: page.next ?? position, counts, now });
        if (page.next === undefined) await store.endCollection(db, id, 'done', now);
      });
    };
    if (dryRun) await look();
    else if (!(await contents.deleting(look))) return { againInMs: heldRetryMs };
    if (page.next === undefined) return undefined;
    await new Promise(setImmediate);
  }
};
