import type { RunOutcomes } from '@millwright/contract';
import type { LineageService } from '#lineage';
import type { Ctx } from '#platform/auth';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { fail, referred } from '#platform/errors';
import type { Catalog } from '../../catalog.ts';
import { writeFingerprints } from '../../tried/store.ts';
import { takeDatasetsAlong } from '../moving/datasets.ts';
import {
  checkTarget,
  decide,
  lockPlaces,
  outcomesInOrder,
  placeOfRun,
  type RunOutcome,
  withChildren,
} from '../moving/placing.ts';
import type { Placing } from '../moving/service.ts';
import type { RunState } from '../run.ts';
import { writeTags } from '../entries/store.ts';
import { countStarted, insertRuns } from '../store.ts';
import { copyingJob, copyingTag, copyPiece } from './piecewise.ts';
import * as store from './store.ts';

export interface Copying {
  /**
   * Makes new runs with everything that runs have; their files are shared, not stored again. A long history follows in
   * the background: until then the copy has the tag `millwright.copying`. Errors: INVALID_REFERENCE, CONFLICT.
   */
  copyRuns(ctx: Ctx, runIds: readonly string[], to: Placing): Promise<RunOutcomes>;
}

/** The run that a copy was made from. */
const originTag = 'millwright.copiedFrom';
const runsPerTransaction = 20;
/** Points and files that are copied at once; what is longer follows in the background. */
const rowsPerTransaction = 20_000;

export const createCopying = (
  { database: { db }, changes, ids }: Platform,
  { lineage, catalog }: { lineage: LineageService; catalog: Catalog },
): Copying => {
  const linkCopy = async (change: Change, copied: store.Copied, datasetVersionId: string | null): Promise<void> => {
    const { project } = copied;
    const to = { type: 'run', id: copied.to.id };
    const link = (type: string, id: string, kind: string) =>
      lineage.link(change, { project, from: { type, id }, to, kind });
    await link('run', copied.from.id, 'copy');
    if (datasetVersionId !== null) await link('dataset-version', datasetVersionId, 'input');
    await takeDatasetsAlong(change, { lineage, ids }, { project, experiment: copied.experiment, runs: [copied.to] });
    const { datasets, models } = await store.readSources(change.db, copied.to.number);
    for (const id of datasets) await link('input-dataset', id, 'input');
    for (const id of models) await link('logged-model', id, 'input');
  };

  /** Answers what was refused. `copies`: the id of the copy of each run. */
  const copySome = (
    ctx: Ctx,
    runIds: readonly string[],
    target: number | null,
    copies: ReadonlyMap<string, string>,
  ): Promise<RunOutcome[]> =>
    changes.change(ctx, async (change) => {
      const { project } = ctx;
      const locked = await lockPlaces(change, project, runIds, target === null ? [] : [target]);
      const { accepted, refused } = decide(runIds, (id) => {
        const { run, experiment } = placeOfRun(locked, project, id);
        if (run.endedAt === null) fail('CONFLICT', `The run '${id}' is under way. Copy it after it has ended.`);
        const to = checkTarget(experiment, target === null ? experiment : locked.experiments.get(target));
        return { run, experiment: to.number };
      });
      const runs = [...accepted.values()];
      if (runs.length === 0) return refused;
      const counts = new Map<number, number>();
      for (const { experiment } of runs) counts.set(experiment, (counts.get(experiment) ?? 0) + 1);
      await countStarted(change.db, counts, change.now);
      const weights = await store.weigh(
        change.db,
        project,
        runs.map(({ run }) => run.number),
      );
      const copyOf = (id: string) => copies.get(id) as string;
      const made = await insertRuns(
        change.db,
        runs.map(({ run, experiment }) => ({
          ...run,
          id: copyOf(run.id),
          experiment,
          // A child goes with its parent where that one is copied, too; a copy in another experiment has none else.
          parentRunId: parentOf(run, experiment, copies),
          owner: ctx.actor.name,
          datasetVersionId: weights.get(run.number)?.datasetVersionId ?? null,
          originKey: null,
        })),
      );
      const numberOf = (run: RunState) => made.get(copyOf(run.id)) as number;
      let left = rowsPerTransaction;
      for (const { run, experiment } of runs) {
        const { datasetVersionId = null, rows = 0 } = weights.get(run.number) ?? {};
        const id = copyOf(run.id);
        const number = numberOf(run);
        const copied: store.Copied = { from: run, to: { number, id }, experiment, project };
        await store.beginCopy(change.db, copied, change.now);
        const isLong = rows > left;
        const entry = { run: number, experiment, startedAt: run.startedAt };
        await writeTags(change.db, [
          { ...entry, key: originTag, value: run.id },
          ...(isLong ? [{ ...entry, key: copyingTag, value: 'true' }] : []),
        ]);
        await linkCopy(change, copied, datasetVersionId);
        change.audit({
          verb: 'run.copy',
          resourceType: 'run',
          resourceId: id,
          detail: { copiedFrom: run.id, name: run.name },
        });
        if (isLong) change.enqueue(copyingJob, {});
        else {
          left -= rows;
          for (let more = true; more; ) {
            const copy = await store.nextCopy(change.db, number);
            more = copy !== null && (await copyPiece(change, copy, rowsPerTransaction));
          }
        }
      }
      await writeFingerprints(
        change.db,
        runs.map(({ run, experiment }) => ({ number: numberOf(run), project, experiment })),
      );
      return refused;
    });

  return {
    async copyRuns(ctx, runIds, { experiment, children = false }) {
      const target = experiment === undefined ? null : (await referred(catalog.findExperiment(ctx, experiment))).number;
      const all = await withChildren(db, ctx.project, runIds, children);
      const copies = new Map(all.map((id) => [id, ids.next('run')]));
      const outcomes: RunOutcome[] = [];
      for (let start = 0; start < all.length; start += runsPerTransaction)
        outcomes.push(...(await copySome(ctx, all.slice(start, start + runsPerTransaction), target, copies)));
      const { outcomes: ordered, ...counts } = outcomesInOrder(all, outcomes);
      return {
        ...counts,
        outcomes: ordered.map((one) => (one.code === null ? { ...one, copy: copies.get(one.run) as string } : one)),
      };
    },
  };
};

const parentOf = (run: RunState, experiment: number, copies: ReadonlyMap<string, string>): string | null => {
  if (run.parentRunId === null) return null;
  return copies.get(run.parentRunId) ?? (run.experiment === experiment ? run.parentRunId : null);
};
