import type { RowData, Row as TableRow } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import { type Sort, type TableColumn, layOut } from './columns.ts';
import { GridHeader } from './grid-header.tsx';
import { GridRow } from './grid-row.tsx';
import { rowHeightPx } from './measures.ts';
import { useFillHeight } from './use-fill-height.ts';
import type { Features } from './model.ts';

export interface GridProps<Row extends RowData> {
  label: string;
  rows: readonly TableRow<Features, Row>[];
  columns: readonly TableColumn<Row>[];
  sort: Sort | null;
  onSort: (id: string, numeric: boolean) => void;
  selectable: boolean;
  allSelected: boolean;
  onSelectAll: (selected: boolean) => void;
  peekId: string | undefined;
  /** Opens a row: Enter, or a click on it. */
  onOpen: ((row: Row) => void) | undefined;
  /** Peeks at a row: Space bar's neighbour, the arrow to the right, or a click where rows cannot be opened. */
  onPeek: ((id: string) => void) | undefined;
  onNearEnd: () => void;
  /** `fill`: down to the end of the window. */
  maxHeight: 'fill' | number;
}

const selectWidthPx = 36;
const overscanRows = 12;
/** Before the window was measured: without a limit every row would count as visible and load the next page. */
const firstHeightPx = 480;

export const Grid = <Row extends RowData>(props: GridProps<Row>) => {
  const { label, rows, columns, selectable, onOpen, onPeek, onNearEnd, peekId } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  const [active, setActive] = useState(0);
  const fillPx = useFillHeight(scroller, props.maxHeight === 'fill');
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const places = layOut(columns, widthPx - (selectable ? selectWidthPx : 0));
  const last = places.at(-1);
  const totalPx = (last ? last.left + last.width : 0) + (selectable ? selectWidthPx : 0);
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => places[index]?.width ?? 0,
    overscan: 3,
  });
  const placesKey = places.map((place) => Math.round(place.width)).join();
  useEffect(() => across.measure(), [across, placesKey]);
  const down = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: overscanRows,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const visible = new Set([0, ...across.getVirtualItems().map((item) => item.index)]);
  const shown = columns.flatMap((column, index) =>
    visible.has(index) ? [{ column, index, ...(places[index] ?? { left: 0, width: 0 }) }] : [],
  );
  const items = down.getVirtualItems();
  const lastItem = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastItem >= rows.length - overscanRows) onNearEnd();
  }, [lastItem, rows.length, onNearEnd]);
  const current = Math.min(active, Math.max(0, rows.length - 1));

  const goTo = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setActive(next);
    down.scrollToIndex(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
    const row = rows[next];
    if (peekId !== undefined && row) onPeek?.(row.id);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).closest('input, a, button'))
      return;
    const row = rows[current];
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeightPx) - 1);
    const steps: Record<string, number> = {
      ArrowDown: current + 1,
      j: current + 1,
      ArrowUp: current - 1,
      k: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: rows.length - 1,
    };
    const step = steps[event.key];
    if (step !== undefined) goTo(step);
    else if (event.key === 'Enter' && row && onOpen) onOpen(row.original);
    else if (event.key === 'Enter' && row) onPeek?.(row.id);
    else if (event.key === ' ' && row && selectable) row.toggleSelected();
    else if ((event.key === 'ArrowRight' || event.key === 'p') && row) onPeek?.(row.id);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent, index: number) => {
    if ((event.target as HTMLElement).closest('input, a, button, label') || window.getSelection()?.toString()) return;
    setActive(index);
    const row = rows[index];
    if (row && onPeek) onPeek(row.id);
    else if (row) onOpen?.(row.original);
  };

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={-1}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + (selectable ? 1 : 0)}
      aria-multiselectable={selectable || undefined}
      onKeyDown={onKey}
      className={clsx('relative overflow-auto overscroll-contain', rows.length === 0 && 'min-h-16')}
      style={{ maxHeight: props.maxHeight === 'fill' ? (fillPx ?? firstHeightPx) : props.maxHeight }}
    >
      <GridHeader {...props} shown={shown} totalPx={totalPx} selectWidthPx={selectable ? selectWidthPx : 0} />
      <div role="rowgroup" className="relative" style={{ height: down.getTotalSize(), width: totalPx }}>
        {items.map((item) => {
          const row = rows[item.index];
          return row ? (
            <GridRow
              key={row.id}
              row={row}
              index={item.index}
              topPx={item.start}
              totalPx={totalPx}
              shown={shown}
              selectWidthPx={selectable ? selectWidthPx : 0}
              active={item.index === current}
              peeked={row.id === peekId}
              clickable={Boolean(onOpen ?? onPeek)}
              onClick={onClick}
              onFocus={setActive}
            />
          ) : null;
        })}
      </div>
    </div>
  );
};
