import clsx from 'clsx';
import { type MouseEvent, type ReactNode, memo } from 'react';
import { formatNumber } from '../ui/format.ts';
import type { TableColumn } from './columns.ts';
import type { ShownColumn } from './grid-header.tsx';
import { rowHeightPx } from './measures.ts';

interface Props<Row> {
  /** undefined: not loaded yet. */
  row: Row | undefined;
  index: number;
  topPx: number;
  totalPx: number;
  shown: readonly ShownColumn<Row>[];
  selectWidthPx: number;
  selected: boolean;
  active: boolean;
  peeked: boolean;
  clickable: boolean;
  draggable: boolean;
  onClick: (event: MouseEvent, index: number) => void;
  onFocus: (index: number) => void;
  onToggle: (index: number, range: boolean) => void;
}

const Cell = <Row,>({ column, row }: { column: TableColumn<Row>; row: Row }) => {
  if (column.cell) return column.cell(row);
  const value = column.value(row);
  if (value === null || value === undefined || value === '') return <span className="text-faint">–</span>;
  return typeof value === 'number' ? formatNumber(value) : String(value);
};

interface CellsProps<Row> {
  row: Row | undefined;
  shown: readonly ShownColumn<Row>[];
  selectWidthPx: number;
  ground: string;
}
/** The first stays in place while the others scroll sideways. */
export const Cells = <Row,>({ row, shown, selectWidthPx, ground }: CellsProps<Row>) =>
  shown.map(({ column, index: at, left, width }) => (
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
      {row === undefined ? (
        <span aria-hidden className="h-2.5 w-3/5 rounded bg-sunken" />
      ) : (
        <div className="min-w-0 truncate">
          <Cell column={column} row={row} />
        </div>
      )}
    </div>
  ));

const PlainRow = <Row,>(props: Props<Row>): ReactNode => {
  const { row, index, selectWidthPx, selected, onClick, onFocus, onToggle } = props;
  const ground = selected || props.peeked ? 'bg-accent-soft' : 'bg-surface group-hover:bg-hover';
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid around it handles the keys of all rows
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selectWidthPx > 0 ? selected : undefined}
      aria-busy={row === undefined || undefined}
      data-index={index}
      tabIndex={props.active ? 0 : -1}
      draggable={props.draggable || undefined}
      onClick={(event) => onClick(event, index)}
      onFocus={(event) => event.target === event.currentTarget && onFocus(index)}
      className={clsx(
        'group absolute left-0 border-b border-line focus-visible:z-[5] focus-visible:outline-offset-[-2px]',
        ground,
        props.clickable && row !== undefined && 'cursor-pointer',
      )}
      style={{ transform: `translateY(${props.topPx}px)`, height: rowHeightPx, width: props.totalPx }}
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
            disabled={row === undefined}
            checked={selected}
            onChange={(event) => onToggle(index, (event.nativeEvent as globalThis.MouseEvent).shiftKey)}
          />
        </div>
      ) : null}
      <Cells row={row} shown={props.shown} selectWidthPx={selectWidthPx} ground={ground} />
    </div>
  );
};

/** Drawn again only when something of it changes: scrolling moves rows that are there already. */
export const GridRow = memo(PlainRow) as typeof PlainRow;
