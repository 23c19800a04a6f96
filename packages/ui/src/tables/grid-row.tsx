import type { RowData, Row as TableRow } from '@tanstack/react-table';
import clsx from 'clsx';
import type { MouseEvent } from 'react';
import { formatNumber } from '../ui/format.ts';
import type { TableColumn } from './columns.ts';
import type { ShownColumn } from './grid-header.tsx';
import { rowHeightPx } from './measures.ts';
import type { Features } from './model.ts';

interface Props<Row extends RowData> {
  row: TableRow<Features, Row>;
  index: number;
  topPx: number;
  totalPx: number;
  shown: readonly ShownColumn<Row>[];
  selectWidthPx: number;
  active: boolean;
  peeked: boolean;
  clickable: boolean;
  onClick: (event: MouseEvent, index: number) => void;
  onFocus: (index: number) => void;
}

const Cell = <Row,>({ column, row }: { column: TableColumn<Row>; row: Row }) => {
  if (column.cell) return column.cell(row);
  const value = column.value(row);
  if (value === null || value === undefined || value === '') return <span className="text-faint">–</span>;
  return typeof value === 'number' ? formatNumber(value) : String(value);
};

export const GridRow = <Row extends RowData>({
  row,
  index,
  topPx,
  totalPx,
  shown,
  selectWidthPx,
  active,
  peeked,
  clickable,
  onClick,
  onFocus,
}: Props<Row>) => {
  const selected = row.getIsSelected();
  const ground = selected || peeked ? 'bg-accent-soft' : 'bg-surface group-hover:bg-hover';
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid around it handles the keys of all rows
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selectWidthPx > 0 ? selected : undefined}
      data-index={index}
      tabIndex={active ? 0 : -1}
      onClick={(event) => onClick(event, index)}
      onFocus={(event) => event.target === event.currentTarget && onFocus(index)}
      className={clsx(
        'group absolute left-0 border-b border-line focus-visible:z-[5] focus-visible:outline-offset-[-2px]',
        ground,
        clickable && 'cursor-pointer',
      )}
      style={{ transform: `translateY(${topPx}px)`, height: rowHeightPx, width: totalPx }}
    >
      {selectWidthPx > 0 ? (
        <div
          role="gridcell"
          aria-colindex={1}
          className={clsx('sticky left-0 z-[1] float-left flex h-full items-center justify-center', ground)}
          style={{ width: selectWidthPx }}
        >
          <input
            type="checkbox"
            aria-label={`Select row ${index + 1}`}
            className="size-4 accent-(--accent)"
            checked={selected}
            onChange={(event) => row.toggleSelected(event.target.checked)}
          />
        </div>
      ) : null}
      {shown.map(({ column, index: at, left, width }) => (
        <div
          key={column.id}
          role={at === 0 ? 'rowheader' : 'gridcell'}
          aria-colindex={at + 1 + (selectWidthPx > 0 ? 1 : 0)}
          className={clsx(
            'flex h-full items-center px-2.5',
            at === 0 ? clsx('sticky z-[1] float-left', ground) : 'absolute top-0',
            column.numeric && 'justify-end tabular-nums',
          )}
          style={at === 0 ? { width, left: selectWidthPx } : { width, left: left + selectWidthPx }}
        >
          <div className="min-w-0 truncate">
            <Cell column={column} row={row.original} />
          </div>
        </div>
      ))}
    </div>
  );
};
