import type { Filter } from '@millwright/contract';
import { fail } from '#platform/errors';

/** What an MLflow client searches; each kind has its own columns. */
export type MlflowEntity = 'runs' | 'experiments' | 'registered-models' | 'model-versions' | 'logged-models';

export interface MlflowFilterOptions {
  /** The native id of a run (or logged model) named on the wire; what no run has stays as it is and matches nothing. */
  toId?: (wireId: string) => string;
  /** Epoch milliseconds that relative dates (`now() - 7d`) count from; default: the clock of the reading. */
  now?: number;
}

export interface MlflowOrder {
  /** The key split as in filters: `['metrics', 'val.loss']`, `['startedAt']`. */
  path: string[];
  descending: boolean;
}

/** Reads a `filter` of an MLflow client. `null`: everything matches. Errors: INVALID_FILTER with `position` (from 0). */
export const readMlflowFilter = (
  entity: MlflowEntity,
  text: string,
  _options: MlflowFilterOptions = {},
): Filter | null =>
  text.trim() === '' ? null : fail('INVALID_FILTER', `Filters of ${entity} are not read yet.`, { position: 0 });

/** Reads `order_by` clauses of an MLflow client. Errors: INVALID_FILTER with `position` in the clause, and its index as `clause`. */
export const readMlflowOrder = (entity: MlflowEntity, clauses: readonly string[]): MlflowOrder[] =>
  clauses.map((clause, index) =>
    fail('INVALID_FILTER', `The order ${clause} of ${entity} is not read yet.`, { position: 0, clause: index }),
  );
