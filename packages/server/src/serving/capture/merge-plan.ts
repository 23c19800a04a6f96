import type { Change } from '#platform/change';
import { type CapturedColumn, inputColumn } from './part-builder.ts';

export const mergeJob = 'serving.merge-parts';
/** So many small parts become one. */
export const mergeFanOut = 8;
const maxRows = 50_000;
const maxBytes = 32 * 1024 * 1024;

export const enqueueMerge = (change: Change, endpointId: string): void =>
  change.enqueue(mergeJob, { endpointId }, { dedupeKey: `${mergeJob}:${endpointId}` });

export interface MergeablePart {
  fromRow: number;
  toRow: number;
  sizeBytes: number;
  inputs: readonly CapturedColumn[];
}

const rowsOf = ({ fromRow, toRow }: MergeablePart): number => toRow - fromRow;
/** Parts of 8 to 63 rows have the level 1, of 64 to 511 the level 2, and so on. */
const levelOf = (part: MergeablePart): number => Math.floor(Math.log2(rowsOf(part)) / Math.log2(mergeFanOut));

/**
 * The next neighbours to merge, given in the order of their rows: at least eight of one level or below. Each time a row is
 * rewritten its part is at least twice as large, so that happens a few times however many parts there were.
 */
export const planMerge = <P extends MergeablePart>(parts: readonly P[]): P[] | null => {
  const highest = parts.reduce((most, part) => Math.max(most, levelOf(part)), 0);
  for (let level = 0; level <= highest; level++) {
    let run: P[] = [];
    for (const part of parts) {
      if (levelOf(part) <= level && follows(run, part)) {
        run.push(part);
        continue;
      }
      const found = worthwhile(run);
      if (found) return found;
      run = levelOf(part) <= level ? [part] : [];
    }
    const found = worthwhile(run);
    if (found) return found;
  }
  return null;
};

const follows = (run: readonly MergeablePart[], part: MergeablePart): boolean => {
  const last = run.at(-1);
  if (!last) return true;
  const rows = run.reduce((sum, one) => sum + rowsOf(one), rowsOf(part));
  const sizeBytes = run.reduce((sum, one) => sum + one.sizeBytes, part.sizeBytes);
  return (
    last.toRow === part.fromRow &&
    rows <= maxRows &&
    sizeBytes <= maxBytes &&
    mergedInputs([...run, part].map(({ inputs }) => inputs)) !== null
  );
};

/** Of a run, what can be merged so that no row comes into a part less than twice as large as its own. */
const worthwhile = <P extends MergeablePart>(run: readonly P[]): P[] | null => {
  let rest = [...run];
  while (rest.length >= mergeFanOut) {
    const half = rest.reduce((sum, part) => sum + rowsOf(part), 0) / 2;
    const large = rest.findLastIndex((part) => rowsOf(part) > half);
    if (large < 0) return rest;
    rest = rest.slice(large + 1);
  }
  return null;
};

/** The inputs of several parts together; null where one is a number in one part and a category in another. */
export const mergedInputs = (layouts: readonly (readonly CapturedColumn[])[]): CapturedColumn[] | null => {
  const kinds = new Map<string, CapturedColumn['kind']>();
  for (const { name, kind } of layouts.flat()) {
    const known = kinds.get(name) ?? 'empty';
    if (known !== 'empty' && kind !== 'empty' && known !== kind) return null;
    kinds.set(name, known === 'empty' ? kind : known);
  }
  const taken = new Set<string>();
  return [...kinds].map(([name, kind]) => ({ name, kind, column: inputColumn(name, taken) }));
};
