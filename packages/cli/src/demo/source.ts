/** One value of a table as JSON has it; null is missing. */
export type Value = number | string | null;

export interface SourceColumn {
  name: string;
  kind: 'number' | 'category';
}

/** A change the generator knows of. `harmless`: the inputs move, what they mean does not. */
export interface KnownChange {
  kind: 'harmless' | 'pattern';
  /** Position in the replayed part, counted from 0. */
  at: number;
  what: string;
}

/** A table in time order: the first `historyRows` are known at the start, the rest is replayed as traffic. */
export interface Source {
  name: string;
  /** What one row is, in the plural: payments, half-hours, rows. */
  unit: string;
  target: string;
  task: 'classification' | 'regression';
  timeColumn: string | null;
  features: readonly SourceColumn[];
  historyRows: number;
  rows: readonly Value[][];
  /** True outcome of each row, as the label that is sent. */
  labels: readonly (string | number)[];
  /** Epoch milliseconds of each row, where there is a time column. */
  times: readonly number[] | null;
  changes: readonly KnownChange[];
  /** Rows drawn under the pattern after a change, for a model that was retrained the moment it happened. Null: nobody knows. */
  oracle: ((changeIndex: number, rows: number) => { rows: Value[][]; labels: (string | number)[] }) | null;
}
