import { type Filter, type FilterDialect, readFilter, readOrder, UnreadableFilter } from '@millwright/contract';
import { systemClock } from '#platform/clock';
import { fail } from '#platform/errors';
import { pythonText } from '../wire/python.ts';
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
    // Read in every search: where they may not stand, the refusal says so.
    words: true,
  };
};

/** `wordOf`: how MLflow says it, of a text that cannot be read. */
const refusing = <T>(
  wordOf: (problem: UnreadableFilter) => string,
  read: () => T,
  extra: Record<string, unknown> = {},
): T => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableFilter)) throw error;
    const { message, position } = error;
    const worded = error instanceof WordedFilterError ? message : wordOf(error);
    return fail('INVALID_FILTER', `${worded} (at character ${position + 1}).`, { position, ...extra });
  }
};

const wordOfFilter =
  (entity: MlflowEntity, text: string) =>
  ({ message, position }: UnreadableFilter): string => {
    if (entity === 'logged-models') return `Invalid filter string: ${message}`;
    if (text[position] === ';' && text.slice(position + 1).trim() !== '')
      return `Search filter contained multiple expression '${text}'. Provide AND-ed expression list`;
    const found = /^Expected the name of a column instead of (['"\d+-].*)$/s.exec(message)?.[1];
    return found === undefined
      ? `Invalid clause(s) in filter string: ${message}`
      : `Invalid comparison clause. Expected 'Identifier' found '${found}'`;
  };

const wordOfOrder =
  (clause: string) =>
  ({ message, position }: UnreadableFilter): string =>
    message.startsWith('Expected asc, desc or the end instead of') && /^[\w-]+\s*$/.test(clause.slice(position))
      ? `Invalid ordering key in order_by clause '${clause}'`
      : `Invalid order_by clause '${clause}'. Could not be parsed: ${message}`;

/**
 * Reads the `filter` of an MLflow client as MLflow 3.18 does, and what it has not: `or`, `not`, parentheses, `in` for all
 * text, `is null`, patterns, ranges, relative times. Paths and values of the filter are native ones. `null`: everything
 * matches. Errors: INVALID_FILTER with `position` (from 0).
 */
export const readMlflowFilter = (
  entity: MlflowEntity,
  text: string,
  options: MlflowFilterOptions = {},
): Filter | null => refusing(wordOfFilter(entity, text), () => readFilter(text, dialectOf(entity, options)));

/**
 * Reads the `order_by` of an MLflow client (logged models: `readLoggedModelOrder`).
 * Errors: INVALID_FILTER with `position` in the clause, and the index of that as `clause`.
 */
export const readMlflowOrder = (entity: MlflowEntity, clauses: readonly string[]): MlflowOrder[] => {
  const search = searches[entity];
  const dialect = dialectOf(entity, {});
  const { orders, duplicate } = distinct(
    clauses.map((clause, index) =>
      refusing(wordOfOrder(clause), () => orderOf(readOrder(clause, dialect), search), { clause: index }),
    ),
  );
  if (duplicate === null || !search.refusesDuplicates) return orders;
  const text = `\`order_by\` contains duplicate fields: [${clauses.map(pythonText).join(', ')}]`;
  return fail('INVALID_FILTER', text, { position: 0, clause: duplicate });
};

export interface LoggedModelOrder extends MlflowOrder {
  /** Only values of the metric on this data set count; one of the two may be left out. */
  dataset: { name: string | null; digest: string | null } | null;
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
    const dataset = name === '' && digest === '' ? null : { name: name || null, digest: digest || null };
    const descending = !ascending;
    // The whole rest is the key of a metric, quotes and all.
    if (field.startsWith('metrics.')) return { path: ['metrics', field.slice(8)], descending, dataset };
    const { order } = searches['logged-models'];
    const column = Object.hasOwn(order, field.trim()) ? order[field.trim()] : undefined;
    return column === undefined
      ? refuse(`Invalid order by field name: ${field}. There are metrics.<key>, ${Object.keys(order).join(', ')}.`)
      : { path: [column], descending, dataset };
  });
