import type { Run } from '@millwright/contract';
import type { ExperimentsService, FoundRun } from '#experiments';
import type { Ctx } from '#platform/auth';

/** Characters, which is bytes for most: what is kept of runs that were sent lately. */
const mostKept = 24_000_000;
/** Read at once, between which other requests get their turn. */
const runsPerRead = 250;

interface Kept {
  revision: number;
  text: string;
}

/**
 * Runs as they are sent, in JSON. Most runs ended long ago and are asked for again and again: what was made of one at
 * some revision is kept, and good for as long as the run has that revision. `render` makes the texts of some runs.
 */
export const createRunTexts = (
  experiments: ExperimentsService,
  render: (ctx: Ctx, runs: readonly Run[]) => Promise<object[]>,
) => {
  // What was not asked for while `young` filled up is forgotten with `old`.
  let young = new Map<number, Kept>();
  let old = new Map<number, Kept>();
  let youngSize = 0;
  const keep = (number: number, kept: Kept): void => {
    young.set(number, kept);
    youngSize += kept.text.length;
    if (youngSize < mostKept / 2) return;
    old = young;
    young = new Map();
    youngSize = 0;
  };
  const find = ({ number, revision }: FoundRun): string | undefined => {
    const known = young.get(number);
    if (known?.revision === revision) return known.text;
    const older = old.get(number);
    if (older?.revision !== revision) return undefined;
    keep(number, older);
    return older.text;
  };
  /** In the order asked for. What is gone by now is left out. */
  return async (ctx: Ctx, found: readonly FoundRun[]): Promise<string[]> => {
    const texts = found.map(find);
    const missing = found.filter((_run, index) => texts[index] === undefined);
    if (missing.length === 0) return texts as string[];
    const made = new Map<number, string>();
    for (let start = 0; start < missing.length; start += runsPerRead) {
      const part = missing.slice(start, start + runsPerRead);
      const runs = await experiments.readRuns(
        ctx,
        part.map(({ number }) => number),
      );
      const shown = await render(ctx, [...runs.values()]);
      for (const [index, number] of [...runs.keys()].entries()) {
        const text = JSON.stringify(shown[index]);
        made.set(number, text);
        // Read after the revision was: never older than it says.
        keep(number, { revision: part.find((run) => run.number === number)?.revision as number, text });
      }
      await new Promise(setImmediate);
    }
    return found.flatMap(({ number }, index) => texts[index] ?? made.get(number) ?? []);
  };
};
export type RunTexts = ReturnType<typeof createRunTexts>;
