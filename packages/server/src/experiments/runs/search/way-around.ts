import { type Db, kindOf } from '#platform/db';
import { countCandidates } from '../candidates/store.ts';
import { type Part, partsByText, type RunSelection, type Uncounted } from '../selection/store.ts';

/** So many texts of an index are asked in the time in which one row of a walk is read, with what belongs to its run. */
const textsPerRow = { sqlite: 80, postgres: 200 };
/** A walk is followed for this share of what the other way takes, before anything is concluded from what it found. */
const trialShare = 1 / 16;

/** So many rows are read at most before others get their turn. */
const rowsAtOnce = 16_000;

export interface WayAround {
  /** How many rows a walk should read next that passed so many more, and found so many runs in all; null: none. */
  goesOn(rows: number, found: number): Promise<number | null>;
  /** What to look up instead. */
  part(): Uncounted | Part;
}

/**
 * Watches a walk: where it finds so few runs that it would pass more rows than another way takes, that one is better.
 * What costs something to find out is found out only then.
 */
export const wayAround = (
  db: Db,
  search: RunSelection,
  experiment: number,
  /** `fewest`: the part with the fewest candidates, where it has few. `runs`: of the experiment. */
  known: {
    fewest: Part | null;
    uncounted: readonly Uncounted[];
    runs: number;
    limit: number;
    mostCandidates: number;
    rowsAtFirst: number;
  },
): WayAround => {
  const { fewest, uncounted, runs, limit, mostCandidates, rowsAtFirst } = known;
  let best: { part: Uncounted | Part; rows: number } | null = null;
  const offer = (part: Uncounted | Part, rows: number): void => {
    if (rows < (best?.rows ?? Number.POSITIVE_INFINITY)) best = { part, rows };
  };
  const count = async (part: Uncounted): Promise<void> => {
    const most = Math.min(mostCandidates, best?.rows ?? mostCandidates);
    const rows = await countCandidates(db, part.candidates, most);
    if (rows <= most) offer({ ...part, count: rows }, rows);
  };
  if (fewest) offer(fewest, fewest.count);
  let isAsked = false;
  let passed = 0;
  return {
    async goesOn(rows, found) {
      passed += rows;
      // Others get their turn.
      await new Promise(setImmediate);
      const expected = Math.min(runs, ((limit - found) * passed) / Math.max(found, 0.5));
      if (!isAsked && expected > 4 * rowsAtFirst) {
        isAsked = true;
        for (const part of uncounted) await count(part);
        const { few, every } = await partsByText(db, search, experiment);
        for (const part of few) await count(part);
        const matching = ((found + 1) * runs) / passed;
        for (const part of every)
          if (matching <= mostCandidates) offer(part, runs / textsPerRow[kindOf(db)] + matching);
      }
      const isTrial = best !== null && passed < best.rows * trialShare;
      if (best !== null && (passed > 2 * best.rows || (expected > best.rows && !isTrial))) return null;
      // A few more than are expected, and not all of them on what was found by chance.
      const next = Math.min(1.2 * expected, isTrial ? rowsAtFirst : 4 * passed, rowsAtOnce);
      return Math.ceil(Math.max(next, rowsAtFirst));
    },
    part: () => (best as { part: Uncounted | Part } | null)?.part as Uncounted | Part,
  };
};
