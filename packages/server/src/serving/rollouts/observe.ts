import type { Signature } from '@millwright/contract';
import type { CapturedRows } from '../capture/captured-rows.ts';
import { type CapturedSource, findCaptured, readRows } from '../capture/read.ts';
import { labelsBetween, labelsOf } from '../capture/store.ts';
import { type ArmObservations, lossOf } from './rollout.ts';
import type { StoredRollout } from './store.ts';

export interface Observations {
  champion: ArmObservations;
  challenger: ArmObservations;
  rowCursor: number;
  labelCursor: number;
  /** There are more captured rows than were read. */
  hasMore: boolean;
}

const rowsAtOnce = 20_000;
const nothing = (): ArmObservations => ({ requests: 0, failures: 0, losses: [] });

/**
 * What is new since the rollout's cursors. A prediction and its label count when both are first seen together: new rows with
 * every label so far, and rows read earlier with new labels. So each labelled prediction counts once, whatever came first;
 * a label that is corrected after it was counted does not count again.
 */
export const observe = async (
  source: CapturedSource,
  task: Signature['task'],
  rollout: StoredRollout,
  now: { captured: number; labelSeq: number },
): Promise<Observations> => {
  const { db } = source.database;
  const { endpointId } = rollout;
  const rowCursor = Math.min(now.captured, rollout.rowCursor + rowsAtOnce);
  const seen: Observations = {
    champion: nothing(),
    challenger: nothing(),
    rowCursor,
    labelCursor: now.labelSeq,
    hasMore: rowCursor < now.captured,
  };

  const fresh = await readRows(source, endpointId, { fromRow: rollout.rowCursor, toRow: rowCursor, columns: [] });
  const labels = await labelsOf(db, endpointId, fresh.predictionId, now.labelSeq);
  forEachAssigned(rollout, fresh, (arm, row) => {
    seen[arm].requests++;
    if (fresh.failed[row]) seen[arm].failures++;
    else addLoss(seen[arm], task, fresh, row, labels);
  });

  const late = await labelsBetween(db, endpointId, rollout.labelCursor, now.labelSeq);
  const earlier = await findCaptured(source, endpointId, {
    fromRow: rollout.firstRow,
    toRow: rollout.rowCursor,
    predictionIds: [...late.keys()],
  });
  forEachAssigned(rollout, earlier, (arm, row) => {
    if (!earlier.failed[row]) addLoss(seen[arm], task, earlier, row, late);
  });
  return seen;
};

/** Rows that chance assigned to an arm since the rollout began. */
const forEachAssigned = (
  rollout: StoredRollout,
  rows: CapturedRows,
  visit: (arm: 'champion' | 'challenger', row: number) => void,
): void => {
  for (let row = 0; row < rows.rows; row++) {
    const arm = rows.variant[row] as 'champion' | 'challenger';
    if (
      rows.forced[row] === 0 &&
      (rows.at[row] as number) >= rollout.startedAt &&
      rows.modelVersionId[row] === rollout[arm].modelVersionId
    )
      visit(arm, row);
  }
};

const addLoss = (
  arm: ArmObservations,
  task: Signature['task'],
  rows: CapturedRows,
  row: number,
  labels: ReadonlyMap<string, string>,
): void => {
  const label = labels.get(rows.predictionId[row] as string);
  if (label === undefined) return;
  const loss = lossOf(
    task,
    { label: rows.predictedLabel?.[row] ?? null, value: rows.predictedValue?.[row] ?? Number.NaN },
    label,
  );
  if (loss !== null) arm.losses.push(loss);
};
