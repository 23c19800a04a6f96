import type { ReactNode } from 'react';

/** One column of the table. `id` is also its key in filters, e.g. `metrics.auc`. */
export interface TableColumn<Row> {
  id: string;
  header: string;
  /** The value behind the cell: sorted by, and shown where there is no `cell`. */
  value: (row: Row) => string | number | boolean | null | undefined;
  cell?: (row: Row) => ReactNode;
  /** Pixels; the columns with `grow` share what is left over. */
  width?: number;
  grow?: boolean;
  /** Numbers stand at the right. */
  numeric?: boolean;
  /** Not shown until chosen. */
  hidden?: boolean;
  /** Explains the header. */
  hint?: string;
  /** Stands in the header instead of its text, which then cannot be sorted by. */
  head?: ReactNode;
  /** false: nobody can sort by it. */
  sortable?: boolean;
  /** What kind of column it is, where there are many: shown in the list of columns. */
  group?: string;
}

/** A column of instants; `cell` draws one. */
export const timeColumn = <Row>(
  id: string,
  header: string,
  value: (row: Row) => number | null,
  cell: (at: number | null) => ReactNode,
): TableColumn<Row> => ({
  id,
  header,
  value,
  cell: (row) => cell(value(row)),
  width: 110,
});

/** The columns to show, in the order of the list in the address; without one, those that are not hidden. */
export const chosenColumns = <Row>(
  columns: readonly TableColumn<Row>[],
  list: string | undefined,
): TableColumn<Row>[] => {
  const byId = new Map(columns.map((column) => [column.id, column]));
  const chosen = (list ?? '').split(',').flatMap((id) => byId.get(decodeURIComponent(id)) ?? []);
  return chosen.length > 0 ? chosen : columns.filter((column) => !column.hidden);
};
export const columnList = (ids: readonly string[]): string =>
  ids.map((id) => id.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');

export interface Sort {
  id: string;
  descending: boolean;
}
export const readSort = (text: string | undefined): Sort | null =>
  text ? { id: text.replace(/^-/, ''), descending: text.startsWith('-') } : null;
/** First ascending (numbers: descending), then the other way, then as it came. */
export const nextSort = (now: Sort | null, id: string, numeric: boolean): string | null => {
  const first = numeric ? `-${id}` : id;
  const second = numeric ? id : `-${id}`;
  if (now?.id !== id) return first;
  return now.descending === numeric ? second : null;
};

const widthOf = (column: { width?: number }) => column.width ?? 130;
/** Left edges and widths in pixels: what is left over goes to the growing columns, or to the first. */
export const layOut = (
  columns: readonly { width?: number; grow?: boolean }[],
  availablePx: number,
): { left: number; width: number }[] => {
  const total = columns.reduce((sum, column) => sum + widthOf(column), 0);
  const growing = columns.some((column) => column.grow) ? columns.filter((column) => column.grow) : columns.slice(0, 1);
  const extra = Math.max(0, availablePx - total) / Math.max(1, growing.length);
  let left = 0;
  return columns.map((column) => {
    const width = widthOf(column) + (growing.includes(column) ? extra : 0);
    const place = { left, width };
    left += width;
    return place;
  });
};
