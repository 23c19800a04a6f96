import { MillwrightError, evaluateFilter, parseFilter } from '@millwright/contract';
import { type ColumnDef, type RowData, type RowSelectionState, useTable } from '@tanstack/react-table';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { Rows } from '../api/rows.ts';
import { useGo } from '../app/location.ts';
import { type EmptyProps, EmptyState, ErrorState, Loading, Skeleton } from '../ui/states.tsx';
import { ColumnChooser } from './column-chooser.tsx';
import { type TableColumn, chosenColumns, nextSort, readSort } from './columns.ts';
import { FilterBar } from './filter-bar.tsx';
import { Grid } from './grid.tsx';
import { type Features, compareValues, features } from './model.ts';
import { Peek } from './peek.tsx';
import { SavedViews } from './saved-views.tsx';
import { useTableSearch } from './table-search.ts';
import { TableFooter } from './table-footer.tsx';

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
  selection?: readonly [RowSelectionState, (next: RowSelectionState) => void];
  /** Actions on the selected rows; with it rows can be selected. */
  bulk?: (rows: readonly Row[], clear: () => void) => ReactNode;
  /** Beside the filter: e.g. a button that creates one. */
  actions?: ReactNode;
  /** Pixels; without it the table reaches down to the end of the window. */
  maxHeight?: number;
}

const noSelection: RowSelectionState = {};

/** The one table: filter, columns, order, selection, peek and views, all in the address. */
export const DataTable = <Row extends RowData>(props: DataTableProps<Row>) => {
  const { rows, idOf, columns, pathOf, peek, bulk, prefix = '', filtering = 'here' } = props;
  const go = useGo();
  const [state, change] = useTableSearch(prefix);
  const own = useState<RowSelectionState>(noSelection);
  const [selection, setSelection] = props.selection ?? own;
  const chosen = useMemo(() => chosenColumns(columns, state.columns), [columns, state.columns]);
  const sortText = state.sort ?? props.initialSort;
  const sort = useMemo(() => readSort(sortText), [sortText]);
  const filtered = useMemo(() => {
    const result = parseFilter(state.filter ?? '', Date.now());
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
  const table = useTable({
    features,
    columns: definitions,
    data: filtered,
    getRowId: idOf,
    state: { sorting, rowSelection: selection },
    onRowSelectionChange: (next) => setSelection(typeof next === 'function' ? next(selection) : next),
    enableRowSelection: bulk !== undefined,
  });
  const model = table.getRowModel().rows;
  const selected = model.filter((row) => row.getIsSelected()).map((row) => row.original);
  const peeked = peek && state.peek !== undefined ? rows.rows.find((row) => idOf(row) === state.peek) : undefined;
  const onNearEnd = useCallback(() => {
    if (rows.hasMore && !rows.loadingMore && !state.filter && !sort) rows.loadMore();
  }, [rows, state.filter, sort]);
  const onFilter = useCallback((filter: string) => change({ filter: filter || null }), [change]);
  const closePeek = useCallback(() => change({ peek: null }), [change]);
  const serverProblem =
    rows.error instanceof MillwrightError && rows.error.code === 'INVALID_FILTER' ? rows.error.message : null;
  const nothing = !rows.loading && !rows.error && rows.rows.length === 0 && !state.filter;
  const path = peeked && pathOf ? pathOf(peeked) : null;

  return (
    <div className="min-w-0">
      <div className="mb-2 flex flex-wrap items-start gap-2">
        <FilterBar
          value={state.filter ?? ''}
          onChange={onFilter}
          keys={columns.map((column) => column.id)}
          example={props.filterExample ?? `${columns.find((column) => !column.numeric)?.id ?? 'name'} ~ "abc"`}
          problem={serverProblem}
        />
        <ColumnChooser columns={columns} chosen={chosen} onChange={(list) => change({ columns: list })} />
        <SavedViews name={props.name} state={state} onChange={change} />
        {props.actions}
      </div>
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1 overflow-hidden rounded-lg border border-line bg-surface">
          {rows.error && !serverProblem ? (
            <div className="p-3">
              <ErrorState error={rows.error} onRetry={rows.retry} />
            </div>
          ) : null}
          {rows.loading ? (
            <Loading label={`Loading ${props.label}`}>
              {Array.from({ length: 9 }, (_none, index) => (
                <div key={index} className="h-[34px] border-b border-line px-2.5 py-2">
                  <Skeleton className="h-4 w-full" />
                </div>
              ))}
            </Loading>
          ) : nothing ? (
            <EmptyState {...props.empty} />
          ) : rows.error ? null : (
            <Grid
              label={props.label}
              rows={model}
              columns={chosen}
              sort={sort}
              onSort={(id, numeric) => change({ sort: nextSort(sort, id, numeric) })}
              selectable={bulk !== undefined}
              allSelected={model.length > 0 && selected.length === model.length}
              onSelectAll={(all) => table.toggleAllRowsSelected(all)}
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
              onNearEnd={onNearEnd}
              maxHeight={props.maxHeight ?? 'fill'}
            />
          )}
          {nothing || rows.loading ? null : (
            <TableFooter
              rows={rows}
              shown={model.length}
              selected={selected.length}
              onClear={() => setSelection(noSelection)}
            >
              {selected.length > 0 ? bulk?.(selected, () => setSelection(noSelection)) : null}
            </TableFooter>
          )}
        </div>
        {peeked && peek ? (
          <Peek title={props.peekTitle?.(peeked) ?? idOf(peeked)} path={path} onClose={closePeek}>
            {peek(peeked)}
          </Peek>
        ) : null}
      </div>
    </div>
  );
};
