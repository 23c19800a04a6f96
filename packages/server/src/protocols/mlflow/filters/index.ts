import { type Filter, type FilterDialect, readFilter, readOrder, UnreadableFilter } from '@millwright/contract';
import { systemClock } from '#platform/clock';
import { fail } from '#platform/errors';
import { type MlflowEntity, searches } from './columns.ts';
import { comparisonReader } from './comparison.ts';
import { WordedFilterError } from './key.ts';
import { distinct, type MlflowOrder, orderOf } from './order.ts';

export type { MlflowEntity } from './columns.ts';
export type { MlflowOrder } from './order.ts';

export interface MlflowFilterOptions {
  /** The native id of a run: given 32 lower-case hexadecimal digits. Beginnings of ids are asked for by its order. */
  toId?: (wireId: string) => string;
  /** The native id of a logged model: given `m-` and 32 digits. */
  toModelId?: (wireId: string) => string;
  /** Epoch milliseconds that `now()` stands for; default: the clock of the reading. */
  now?: number;
}

const dialectOf = (entity: MlflowEntity, options: MlflowFilterOptions): FilterDialect => {
  const { toId = (id: string) => id, toModelId = (id: string) => id, now = systemClock.now() } = options;
  const search = searches[entity];
  return {
    toFilter: comparisonReader(search, { toId, toModelId }),
    now,
    quotes: 'raw',
    loose: true,
    words: search.words,
  };
};

/** `lead`: how MLflow begins what it says of a text it cannot read. */
const refusing = <T>(lead: string, read: () => T, extra: Record<string, unknown> = {}): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableFilter)) throw error;
    const { message, position } = error;
    const begun = error instanceof WordedFilterError ? message : `${lead}: ${message}`;
    return fail('INVALID_FILTER', `${begun} (at character ${position + 1}).`, { position, ...extra });
  }
};

/**
 * Reads the `filter` of an MLflow client as MLflow 3.18 does, and what it has not: `or`, `not`, parentheses, `in` for all
 * text, `is null`, patterns, ranges, relative times. Paths and values of the filter are native ones. `null`: everything
 * matches. Errors: INVALID_FILTER with `position` (from 0).
 */
export const readMlflowFilter = (
  entity: MlflowEntity,
  text: string,
  options: MlflowFilterOptions = {},
): Filter | null => refusing('Invalid clause(s) in filter string', () => readFilter(text, dialectOf(entity, options)));

/**
 * Reads the `order_by` of an MLflow client (logged models: `readLoggedModelOrder`).
 * Errors: INVALID_FILTER with `position` in the clause, and the index of that as `clause`.
 */
export const readMlflowOrder = (entity: MlflowEntity, clauses: readonly string[]): MlflowOrder[] => {
  const search = searches[entity];
  const dialect = dialectOf(entity, {});
  const { orders, duplicate } = distinct(
    clauses.map((clause, index) =>
      refusing(
        `Invalid order_by clause '${clause}'. Could not be parsed`,
        () => orderOf(readOrder(clause, dialect), search),
        {
          clause: index,
        },
      ),
    ),
  );
  if (duplicate === null || !search.refusesDuplicates) return orders;
  const text = `The order ${clauses[duplicate]} names what an earlier one names already.`;
  return fail('INVALID_FILTER', text, { position: 0, clause: duplicate });
};

export interface LoggedModelOrder extends MlflowOrder {
  /** Only values of the metric on this dataset count. */
  dataset: { name: string; digest: string | null } | null;
}

/** Reads the `order_by` of a search for logged models. Errors: INVALID_FILTER with the index of the `clause`. */
export const readLoggedModelOrder = (
  clauses: readonly {
    field_name?: string | undefined;
    ascending?: boolean | undefined;
    dataset_name?: string | undefined;
    dataset_digest?: string | undefined;
  }[],
): LoggedModelOrder[] =>
  clauses.map((clause, index) => {
    const { field_name: field = '', ascending = true, dataset_name: name = '', dataset_digest: digest = '' } = clause;
    const refuse = (message: string): never => fail('INVALID_FILTER', message, { position: 0, clause: index });
    if (field === '') return refuse('An order needs a field_name: metrics.<key> or the name of an attribute.');
    if (digest !== '' && name === '') return refuse('A dataset_digest needs the dataset_name it belongs to.');
    const dataset = name === '' ? null : { name, digest: digest === '' ? null : digest };
    const descending = !ascending;
    // The whole rest is the key of a metric, quotes and all.
    if (field.startsWith('metrics.')) return { path: ['metrics', field.slice(8)], descending, dataset };
    const { order } = searches['logged-models'];
    const column = Object.hasOwn(order, field.trim()) ? order[field.trim()] : undefined;
    return column === undefined
      ? refuse(`Invalid order by field name: ${field}. There are metrics.<key>, ${Object.keys(order).join(', ')}.`)
      : { path: [column], descending, dataset };
  });
