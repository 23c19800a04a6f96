import { type KeySyntax, UnreadableFilter } from '@millwright/contract';
import { datasetColumns, type MlflowSearch, type MlflowTable } from './columns.ts';

/** Worded as MLflow words it. */
export class WordedFilterError extends UnreadableFilter {}

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
    throw new WordedFilterError(
      `Invalid entity type '${first.text}'. Valid entity types are ${listOf(Object.keys(search.tables))}`,
      at,
    );
  const parts = rest.map(({ text }) => text);
  const name = parts.join('.');
  if (table === 'datasets' && !datasetColumns.includes(name))
    throw new WordedFilterError(`Invalid dataset key '${name}'. Valid dataset keys are ${listOf(datasetColumns)}`, at);
  return { table, name, parts };
};

/** One of the columns there are. Throws for others, in the words for a key that is `called` so. */
export const columnOf = <T>(
  columns: Readonly<Record<string, T>>,
  name: string,
  at: number,
  called: 'attribute' | 'order by' = 'attribute',
): T => {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column !== undefined) return column;
  throw new WordedFilterError(
    `Invalid ${called} key '${name}' specified. Valid keys are ${listOf(Object.keys(columns))}`,
    at,
  );
};
