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

/** What stands in a cell. A text needs no element of its own: those are what a scrolled table pays for. */
const contentOf = <Row,>(column: TableColumn<Row>, row: Row): ReactNode => {
  if (column.cell) {
    const content = column.cell(row);
    if (typeof content !== 'object' || content === null) return content;
    return (
      <div className={clsx('flex h-full items-center', column.numeric && 'justify-end')}>
        <div className="min-w-0 truncate leading-5">{content}</div>
      </div>
    );
  }
  const value = column.value(row);
  if (value === null || value === undefined || value === '') return <span className="text-faint">–</span>;
  return typeof value === 'number' || (column.numeric && typeof value === 'string')
    ? formatNumber(value)
    : String(value);
};

interface CellsProps<Row> {
  row: Row | undefined;
  shown: readonly ShownColumn<Row>[];
  selectWidthPx: number;
  ground: string;
}
/** Side by side in a row that is a flex box. The first stays in place while the others scroll sideways. */
export const Cells = <Row,>({ row, shown, selectWidthPx, ground }: CellsProps<Row>) =>
  shown.map(({ column, index: at, left, width }, place) => {
    const before = shown[place - 1];
    // Columns that are out of sight are not drawn.
    const gap = before === undefined ? 0 : left - before.left - before.width;
    return (
      <div
        key={column.id}
        role={at === 0 ? 'rowheader' : 'gridcell'}
        aria-colindex={at + 1 + (selectWidthPx > 0 ? 1 : 0)}
        className={clsx(
          'h-full shrink-0 overflow-clip px-2.5 leading-[33px] text-ellipsis whitespace-nowrap',
          at === 0 && clsx('sticky z-[1]', ground),
          column.numeric && 'text-right tabular-nums',
        )}
        style={at === 0 ? { width, left: selectWidthPx } : { width, marginLeft: gap }}
      >
        {row === undefined ? (
          <span aria-hidden className="inline-block h-2.5 w-3/5 rounded bg-sunken align-middle" />
        ) : (
          contentOf(column, row)
        )}
      </div>
    );
  });

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
        'group absolute left-0 flex border-b border-line focus-visible:z-[5] focus-visible:outline-offset-[-2px]',
        ground,
        props.clickable && row !== undefined && 'cursor-pointer',
      )}
      style={{ top: props.topPx, height: rowHeightPx, width: props.totalPx }}
    >
      {selectWidthPx > 0 ? (
        <div
          role="gridcell"
          aria-colindex={1}
          className={clsx('sticky left-0 z-[1] flex h-full shrink-0 items-center justify-center', ground)}
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
