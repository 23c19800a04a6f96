import clsx from 'clsx';
import { ArrowDown, ArrowUp, Pin } from 'lucide-react';
import type { Sort, TableColumn } from './columns.ts';
import { Cells } from './grid-row.tsx';
import { rowHeightPx } from './measures.ts';

export interface ShownColumn<Row> {
  column: TableColumn<Row>;
  index: number;
  left: number;
  width: number;
}
interface Props<Row> {
  shown: readonly ShownColumn<Row>[];
  totalPx: number;
  selectWidthPx: number;
  sort: Sort | null;
  onSort: (id: string, numeric: boolean) => void;
  allSelected: boolean;
  allLabel: string;
  onSelectAll: (selected: boolean) => void;
  /** Stays below the header. */
  pinned: Row | undefined;
}

/** The first column and the header stay in place while the rest scrolls. */
export const GridHeader = <Row,>({
  shown,
  totalPx,
  selectWidthPx,
  sort,
  onSort,
  allSelected,
  allLabel,
  onSelectAll,
  pinned,
}: Props<Row>) => (
  <div role="rowgroup" className="sticky top-0 z-10" style={{ width: totalPx }}>
    <div
      role="row"
      aria-rowindex={1}
      className="relative border-b border-line bg-sunken text-xs font-medium text-muted"
      style={{ height: rowHeightPx }}
    >
      {selectWidthPx > 0 ? (
        <div
          role="columnheader"
          aria-colindex={1}
          className="sticky left-0 z-10 float-left flex h-full items-center justify-center bg-sunken"
          style={{ width: selectWidthPx }}
        >
          <input
            type="checkbox"
            aria-label={allLabel}
            title={allLabel}
            className="size-4 accent-(--accent)"
            checked={allSelected}
            onChange={(event) => onSelectAll(event.target.checked)}
          />
        </div>
      ) : null}
      {shown.map(({ column, index, left, width }) => {
        const sorted = sort?.id === column.id;
        const Arrow = sort?.descending ? ArrowDown : ArrowUp;
        const style = index === 0 ? { width, left: selectWidthPx } : { width, left: left + selectWidthPx };
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-colindex={index + 1 + (selectWidthPx > 0 ? 1 : 0)}
            aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
            className={clsx('h-full', index === 0 ? 'sticky z-10 float-left bg-sunken' : 'absolute top-0')}
            style={style}
          >
            {column.head ?? (
              <button
                type="button"
                disabled={column.sortable === false}
                title={column.hint ?? column.header}
                onClick={() => onSort(column.id, column.numeric ?? false)}
                className={clsx(
                  'flex h-full w-full items-center gap-1 px-2.5 hover:text-ink focus-visible:outline-offset-[-2px]',
                  column.numeric && 'flex-row-reverse text-right',
                  sorted && 'text-ink',
                )}
              >
                <span className="truncate">{column.header}</span>
                {sorted ? <Arrow aria-hidden size={12} className="shrink-0" /> : null}
              </button>
            )}
          </div>
        );
      })}
    </div>
    {pinned === undefined ? null : (
      <div
        role="row"
        className="flex border-b-2 border-line-strong bg-raised font-medium"
        style={{ height: rowHeightPx + 1 }}
      >
        {selectWidthPx > 0 ? (
          <div
            role="gridcell"
            className="sticky left-0 z-[1] flex h-full shrink-0 items-center justify-center bg-raised text-accent"
            style={{ width: selectWidthPx }}
          >
            <Pin aria-label="Baseline" size={13} />
          </div>
        ) : null}
        <Cells row={pinned} shown={shown} selectWidthPx={selectWidthPx} ground="bg-raised" />
      </div>
    )}
  </div>
);
