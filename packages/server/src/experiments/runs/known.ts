/**
 * What is known of runs that were logged to lately, as it is at a revision of each. Whoever changes a run moves its
 * revision, in this process or in another one: what is known at one is right for as long as the run has it. So what
 * comes next for a run that only we log to need not be told from the database how it stands.
 */
export interface Known<Value> {
  /** What is known at that revision, by key; null: nothing. */
  at(run: number, revision: number): ReadonlyMap<string, Value> | null;
  /** The revision was moved by a change that left what is known alone. */
  moved(run: number, revision: number): void;
  /** After the change that moved the run to that revision: adds to what was known before it, if anything was. */
  keep(run: number, revision: number, entries: ReadonlyMap<string, Value>): void;
}

/** `most`: the sizes of all that is kept, together. */
export const createKnown = <Value>(most: number, sizeOf: (key: string, value: Value) => number): Known<Value> => {
  // The one that was used last stands last.
  const runs = new Map<number, { revision: number; size: number; entries: Map<string, Value> }>();
  let total = 0;
  const forget = (run: number): void => {
    total -= runs.get(run)?.size ?? 0;
    runs.delete(run);
  };
  return {
    at(run, revision) {
      const known = runs.get(run);
      return known?.revision === revision ? known.entries : null;
    },
    moved(run, revision) {
      const known = runs.get(run);
      if (known?.revision === revision - 1) known.revision = revision;
    },
    keep(run, revision, added) {
      const known = runs.get(run);
      const isNext = known !== undefined && (known.revision === revision || known.revision === revision - 1);
      const kept = isNext ? known : { size: 0, entries: new Map<string, Value>() };
      forget(run);
      let { size } = kept;
      for (const [key, value] of added) {
        if (!kept.entries.has(key)) size += sizeOf(key, value);
        kept.entries.set(key, value);
      }
      runs.set(run, { revision, size, entries: kept.entries });
      total += size;
      while (total > most) forget(runs.keys().next().value as number);
    },
  };
};
