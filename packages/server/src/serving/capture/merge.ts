import type { Platform } from '#platform/core';
import type { JobContext } from '#platform/jobs';
import { mergedInputs, planMerge } from './merge-plan.ts';
import { forgetSegments, isPart, replaceParts, smallParts, writeMerged } from './merge/store.ts';

export const deleteJob = 'serving.delete-merged-parts';
/** Whoever has looked up a part has read it by then, a backup included. */
const graceMs = 3_600_000;
/** A segment that a crash left in a journal after it was taken comes back at the next start of that server. */
const rememberSegmentsMs = 7 * 24 * 3_600_000;

/** Merges small parts of one endpoint into larger ones. Rows keep their numbers, so nobody needs to know. */
export const mergeParts = async (platform: Platform, job: JobContext, endpointId: string): Promise<void> => {
  const { blobs, clock, database, ids, tables } = platform;
  await forgetSegments(database.db, endpointId, clock.now() - rememberSegmentsMs);
  for (;;) {
    const run = planMerge(await smallParts(database.db, endpointId));
    const inputs = run && mergedInputs(run.map((part) => part.inputs));
    if (!run || !inputs) return;
    await using file = await blobs.openTemp('.parquet');
    const sources = [];
    for (const part of run) sources.push({ part, path: await blobs.localPath(part.digest) });
    await writeMerged(tables, { sources, inputs, outPath: file.path });
    const { digest, sizeBytes } = await blobs.putFile(file.path);
    await job.change(async (change) => {
      const merged = { id: ids.next('cap'), digest, sizeBytes, inputs, now: change.now };
      await replaceParts(change.db, run, merged);
      const digests = run.map((part) => part.digest);
      change.enqueue(deleteJob, { digests }, { delayMs: graceMs });
    });
  }
};

/** Deletes files that no part refers to any more. */
export const deleteMerged = async ({ blobs, database }: Platform, digests: readonly string[]): Promise<void> => {
  for (const digest of digests) if (!(await isPart(database.db, digest))) await blobs.delete(digest);
};
