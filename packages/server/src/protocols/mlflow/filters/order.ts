import type { OrderSyntax } from '@millwright/contract';
import type { MlflowSearch } from './columns.ts';
import { columnOf, keyOf, WordedFilterError } from './key.ts';

export interface MlflowOrder {
  /** The key split as in filters: `['metrics', 'val', 'loss']`, `['startedAt']`. */
  path: string[];
  descending: boolean;
}

/** What a clause of `order_by` orders by. Throws UnreadableFilter. */
export const orderOf = ({ key, at, descending }: OrderSyntax, search: MlflowSearch): MlflowOrder => {
  // MLflow reads the part before the dot of an order as that of a filter for experiments.
  const tables: MlflowSearch['tables'] = search.ordersAttributes
    ? { ...search.tables, attributes: 'attributes' }
    : search.tables;
  const { table, name, parts } = keyOf(key, at, { ...search, tables });
  if (table === 'attributes' && (key.length === 1 || search.ordersAttributes))
    return {
      path: [columnOf(search.order, name, at, search.ordersAttributes ? 'attribute' : 'order by')],
      descending,
    };
  if (!search.orderTables.includes(table)) throw new WordedFilterError(`Invalid order_by entity: ${table}`, at);
  return { path: [table, ...parts], descending };
};

/** Without what an earlier one orders by already; `duplicate`: the index of the first that does. */
export const distinct = (orders: readonly MlflowOrder[]): { orders: MlflowOrder[]; duplicate: number | null } => {
  const seen = new Set<string>();
  let duplicate: number | null = null;
  const kept = orders.filter(({ path }, index) => {
    const key = [path[0], path.slice(1).join('.')].join('\n');
    if (seen.has(key)) duplicate ??= index;
    return !seen.has(key) && seen.add(key);
  });
  return { orders: kept, duplicate };
};
