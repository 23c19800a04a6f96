import { type KeySyntax, UnreadableFilter } from '@millwright/contract';
import { datasetColumns, type MlflowSearch, type MlflowTable } from './columns.ts';

export interface MlflowKey {
  table: MlflowTable;
  /** What follows the dot, whole: the key of an entry, or the wire name of a column. */
  name: string;
  /** The same as parts: a name without quotes may end in an aggregate (`loss.min`). */
  parts: string[];
}

const listOf = (names: readonly string[]): string => names.join(', ');

/** What a key of the wire names. Throws for what the kind of object does not have. */
export const keyOf = (key: readonly KeySyntax[], at: number, search: MlflowSearch): MlflowKey => {
  const [first, ...rest] = key as [KeySyntax, ...KeySyntax[]];
  if (rest.length === 0) return { table: 'attributes', name: first.text, parts: [first.text] };
  const table = Object.hasOwn(search.tables, first.text) ? search.tables[first.text] : undefined;
  const isQuoted = first.quote !== '' && !(first.quote === '`' && search.quotesTables);
  if (!table || isQuoted)
    throw new UnreadableFilter(
      `Expected one of ${listOf(Object.keys(search.tables))} before the dot instead of ${first.text}`,
      at,
    );
  const parts = rest.map(({ text }) => text);
  const name = parts.join('.');
  if (table === 'datasets' && !datasetColumns.includes(name))
    throw new UnreadableFilter(`Expected datasets.${datasetColumns.join(', datasets.')} instead of ${name}`, at);
  return { table, name, parts };
};

/** One of the columns there are. Throws for others. */
export const columnOf = <T>(columns: Readonly<Record<string, T>>, name: string, at: number): T => {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column !== undefined) return column;
  throw new UnreadableFilter(`There is no attribute ${name}. Expected one of ${listOf(Object.keys(columns))}`, at);
};
