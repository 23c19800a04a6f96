import type { LineageService } from '#lineage';
import type { Change } from '#platform/change';
import type { Ids } from '#platform/ids';
import * as store from './store.ts';

/**
 * Data sets that runs read belong to an experiment: runs that came to another one read the same data sets there. Those
 * of the old experiment stay, as other runs may be about to read them.
 */
export const takeDatasetsAlong = async (
  change: Change,
  { lineage, ids }: { lineage: LineageService; ids: Ids },
  moved: { project: string; experiment: number; runs: readonly { number: number; id: string }[] },
): Promise<void> => {
  const { project, experiment, runs } = moved;
  const numbers = runs.map(({ number }) => number);
  const idOf = new Map(runs.map(({ number, id }) => [number, id]));
  for (const dataset of await store.foreignDatasets(change.db, numbers, experiment)) {
    const there = await store.datasetIn(change.db, experiment, dataset, { id: ids.next('ind'), now: change.now });
    const readers = await store.replaceInput(change.db, numbers, { from: dataset.number, to: there.number });
    for (const reader of readers) {
      const edge = (id: string) => ({
        project,
        from: { type: 'input-dataset', id },
        to: { type: 'run', id: idOf.get(reader) as string },
        kind: 'input',
      });
      await lineage.link(change, edge(there.id));
      await lineage.unlink(change, edge(dataset.id));
    }
  }
};
