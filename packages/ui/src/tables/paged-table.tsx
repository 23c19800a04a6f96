import { MillwrightError } from '@millwright/contract';
import { type ReactNode, useCallback, useMemo } from 'react';
import { useGo } from '../app/location.ts';
import { formatCount } from '../ui/format.ts';
import type { EmptyProps } from '../ui/states.tsx';
import { type TableColumn, nextSort, readSort } from './columns.ts';
import { Grid } from './grid.tsx';
import type { LoadedRow, PagedRows } from './paged-rows.ts';
import { type Selection, noSelection, withIds } from './selection.ts';
import { TableFooter } from './table-footer.tsx';
import { TableFrame } from './table-frame.tsx';
import { useTableSearch } from './table-search.ts';

export interface PagedTableProps<Row> {
  name: string;
  label: string;
  rows: PagedRows<Row>;
  /** How many rows the server counts; null: not known yet. */
  total: number | null;
  /** Rows that came since and are not shown yet. */
  waiting: number;
  onShowWaiting: () => void;
  columns: readonly TableColumn<Row>[];
  chosen: readonly TableColumn<Row>[];
  selection: Selection;
  onSelect: (next: Selection) => void;
  /** Actions on the rows selected, loaded or not. */
  bulk: (ids: readonly string[], clear: () => void) => ReactNode;
  onRange?: (first: number, last: number) => void;
  pinned?: LoadedRow<Row> | undefined;
  pathOf: (id: string) => string | null;
  /** A row that is not loaded can be peeked at too: the address names it. */
  peek: (id: string) => ReactNode;
  peekTitle: (id: string, row: Row | undefined) => ReactNode;
  filterExample: string;
  empty: EmptyProps;
  actions?: ReactNode;
  /** In place of the views that this browser keeps. */
  views?: ReactNode;
  maxHeight?: number | undefined;
}

/** Browsers draw no element higher than some 17 million pixels. */
const rowsAtMost = 500_000;

/** The same table for lists too long to hold: filtered, ordered and counted by the server, read as they are scrolled to. */
export const PagedTable = <Row,>(props: PagedTableProps<Row>) => {
  const { rows, selection, onSelect, columns, chosen, total, pathOf, onRange } = props;
  const go = useGo();
  const [state, change] = useTableSearch();
  const sort = useMemo(() => readSort(state.sort), [state.sort]);
  const version = rows.version();
  // A new function whenever rows were loaded: the grid asks it again.
  // oxlint-disable-next-line react/exhaustive-deps
  const rowAt = useCallback((index: number) => rows.rowAt(index), [rows, version]);
  const onDrawn = useCallback(
    (first: number, last: number) => {
      rows.want(first, last);
      onRange?.(first, last);
    },
    [rows, onRange],
  );
  const reached = rows.reached();
  const all = rows.ended() ? reached : Math.max(total ?? 0, reached);
  const count = Math.min(all, rowsAtMost);
  const error = rows.error();
  const filterProblem = error instanceof MillwrightError && error.code === 'INVALID_FILTER' ? error.message : null;
  const seeking = rows.seeking();
  const loaded = rows.loaded();
  const clear = () => onSelect(noSelection);
  const peeked = state.peek;
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
      error={error}
      onRetry={rows.retry}
      loading={rows.loading()}
      nothing={!rows.loading() && !error && count === 0 && !state.filter}
      empty={props.empty}
      actions={props.actions}
      views={props.views}
      peek={
        peeked === undefined
          ? null
          : {
              title: props.peekTitle(peeked, loaded.find(({ id }) => id === peeked)?.row),
              path: pathOf(peeked),
              content: props.peek(peeked),
            }
      }
      footer={
        <TableFooter
          text={
            count < all
              ? `the first ${formatCount(count)} of ${formatCount(all)} rows: filter to see others`
              : `${all.toLocaleString('en-US')} ${all === 1 ? 'row' : 'rows'}`
          }
          progress={
            seeking
              ? `Going to row ${(seeking.to + 1).toLocaleString('en-US')}, at ${seeking.from.toLocaleString('en-US')}`
              : null
          }
          waiting={props.waiting}
          onShowWaiting={props.onShowWaiting}
          selected={selection.size}
          onClear={clear}
        >
          {selection.size > 0 ? props.bulk([...selection], clear) : null}
        </TableFooter>
      }
    >
      <Grid
        label={props.label}
        count={count}
        rowAt={rowAt}
        columns={chosen}
        sort={sort}
        onSort={(id, numeric) => change({ sort: nextSort(sort, id, numeric) })}
        selection={selection}
        onSelect={onSelect}
        allSelected={loaded.length > 0 && loaded.every(({ id }) => selection.has(id))}
        allLabel={
          loaded.length < count ? `Select the ${formatCount(loaded.length)} rows that are loaded` : 'Select all rows'
        }
        onSelectAll={(isOn) =>
          onSelect(
            withIds(
              selection,
              loaded.map(({ id }) => id),
              isOn,
            ),
          )
        }
        pinned={props.pinned}
        peekId={peeked}
        onOpen={(_row, id) => {
          const to = pathOf(id);
          if (to) go(to);
        }}
        onPeek={(id) => change({ peek: id })}
        onRange={onDrawn}
        maxHeight={props.maxHeight ?? 'fill'}
      />
    </TableFrame>
  );
};
