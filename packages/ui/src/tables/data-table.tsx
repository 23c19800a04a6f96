import { MillwrightError, evaluateFilter, parseFilter } from '@millwright/contract';
import { type ColumnDef, type RowData, useTable } from '@tanstack/react-table';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { Rows } from '../api/rows.ts';
import { useGo } from '../app/location.ts';
import { formatCount } from '../ui/format.ts';
import type { EmptyProps } from '../ui/states.tsx';
import { type TableColumn, chosenColumns, nextSort, readSort } from './columns.ts';
import { Grid, overscanRows } from './grid.tsx';
import { type Features, compareValues, features } from './model.ts';
import { type Selection, noSelection, withIds } from './selection.ts';
import { TableFooter } from './table-footer.tsx';
import { TableFrame } from './table-frame.tsx';
import { useTableSearch } from './table-search.ts';

export interface DataTableProps<Row extends RowData> {
  /** Names the table: its label, and where its views are kept. */
  name: string;
  label: string;
  rows: Rows<Row>;
  idOf: (row: Row) => string;
  columns: readonly TableColumn<Row>[];
  empty: EmptyProps;
  /** Keeps several tables of one screen apart in the address. */
  prefix?: string;
  /** `server`: the list operation was given the filter already (`useTableSearch()` has it). */
  filtering?: 'here' | 'server';
  /** Shown in the empty filter. */
  filterExample?: string;
  /** Order without a choice, e.g. `-startedAt`; without it, as the server answers. */
  initialSort?: string;
  /** Where a row leads to. */
  pathOf?: (row: Row) => string | null;
  peek?: (row: Row) => ReactNode;
  peekTitle?: (row: Row) => ReactNode;
  /** The selected ids and how to change them, for a screen whose charts share them; without it the table keeps them. */
  selection?: readonly [Selection, (next: Selection) => void];
  /** Rows can be dragged somewhere: puts their ids into what is dragged. */
  onDrag?: ((transfer: DataTransfer, ids: readonly string[]) => void) | undefined;
  /** Actions on the selected rows; with it rows can be selected. */
  bulk?: (rows: readonly Row[], clear: () => void) => ReactNode;
  /** Beside the filter: e.g. a button that creates one. */
  actions?: ReactNode;
  /** Pixels; without it the table reaches down to the end of the window. */
  maxHeight?: number;
}

const footerText = (shown: number, rows: Rows<unknown>): string => {
  const all = rows.rows.length;
  const count = shown === all ? formatCount(shown) : `${formatCount(shown)} of ${formatCount(all)}`;
  return `${count} ${rows.hasMore ? 'loaded, there are more' : shown === 1 && all === 1 ? 'row' : 'rows'}`;
};

/** The one table: filter, columns, order, selection, peek and views, all in the address. */
export const DataTable = <Row extends RowData>(props: DataTableProps<Row>) => {
  const { rows, idOf, columns, pathOf, peek, bulk, prefix = '', filtering = 'here' } = props;
  const go = useGo();
  const [state, change] = useTableSearch(prefix);
  const own = useState<Selection>(noSelection);
  const [selection, setSelection] = props.selection ?? own;
  const chosen = useMemo(() => chosenColumns(columns, state.columns), [columns, state.columns]);
  const sortText = state.sort ?? props.initialSort;
  const sort = useMemo(() => readSort(sortText), [sortText]);
  const filtered = useMemo(() => {
    const result = parseFilter(state.filter ?? '');
    return filtering === 'server' || 'problem' in result || result.filter === null
      ? rows.rows
      : rows.rows.filter((row) => evaluateFilter(result.filter, row));
  }, [rows.rows, state.filter, filtering]);
  const definitions = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<Features, Row> => ({
          id: column.id,
          header: column.header,
          accessorFn: (row) => column.value(row) ?? undefined,
          sortUndefined: 'last',
          sortFn: (a, b, id) => compareValues(a.getValue(id), b.getValue(id)),
        }),
      ),
    [columns],
  );
  const sorting = useMemo(() => (sort ? [{ id: sort.id, desc: sort.descending }] : []), [sort]);
  const table = useTable({ features, columns: definitions, data: filtered, getRowId: idOf, state: { sorting } });
  const model = table.getRowModel().rows;
  const shown = useMemo(() => model.map((row) => ({ id: row.id, row: row.original })), [model]);
  const rowAt = useCallback((index: number) => shown[index], [shown]);
  const selected = shown.filter(({ id }) => selection.has(id)).map(({ row }) => row);
  const clear = () => setSelection(noSelection);
  const onRange = useCallback(
    (_first: number, last: number) => {
      const isNearEnd = shown.length > 0 && last >= shown.length - overscanRows;
      if (isNearEnd && rows.hasMore && !rows.loadingMore && !state.filter && !sort) rows.loadMore();
    },
    [shown.length, rows, state.filter, sort],
  );
  const peeked = peek && state.peek !== undefined ? rows.rows.find((row) => idOf(row) === state.peek) : undefined;
  const filterProblem =
    rows.error instanceof MillwrightError && rows.error.code === 'INVALID_FILTER' ? rows.error.message : null;
  return (
    <TableFrame
      name={props.name}
      label={props.label}
      state={state}
      onChange={change}
      columns={columns}
      chosen={chosen}
      filterExample={props.filterExample}
      filterProblem={filterProblem}
      error={rows.error}
      onRetry={rows.retry}
      loading={rows.loading}
      nothing={!rows.loading && !rows.error && rows.rows.length === 0 && !state.filter}
      empty={props.empty}
      actions={props.actions}
      peek={
        peeked && peek
          ? {
              title: props.peekTitle?.(peeked) ?? idOf(peeked),
              path: pathOf ? pathOf(peeked) : null,
              content: peek(peeked),
            }
          : null
      }
      footer={
        <TableFooter
          text={footerText(shown.length, rows)}
          more={rows.hasMore ? { busy: rows.loadingMore, load: rows.loadMore } : null}
          waiting={rows.waiting}
          onShowWaiting={rows.showWaiting}
          selected={selected.length}
          onClear={clear}
        >
          {selected.length > 0 ? bulk?.(selected, clear) : null}
        </TableFooter>
      }
    >
      <Grid
        label={props.label}
        count={shown.length}
        rowAt={rowAt}
        columns={chosen}
        sort={sort}
        onSort={(id, numeric) => change({ sort: nextSort(sort, id, numeric) })}
        selection={bulk ? selection : null}
        onSelect={setSelection}
        allSelected={shown.length > 0 && selected.length === shown.length}
        onSelectAll={(all) =>
          setSelection(
            withIds(
              selection,
              shown.map(({ id }) => id),
              all,
            ),
          )
        }
        peekId={peeked ? state.peek : undefined}
        onOpen={
          pathOf
            ? (row) => {
                const to = pathOf(row);
                if (to) go(to);
              }
            : undefined
        }
        onPeek={peek ? (id) => change({ peek: id }) : undefined}
        onDrag={props.onDrag}
        onRange={onRange}
        maxHeight={props.maxHeight ?? 'fill'}
      />
    </TableFrame>
  );
};
