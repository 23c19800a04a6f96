import { type VirtualItem, useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import {
  type DragEvent,
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { type Sort, type TableColumn, layOut } from './columns.ts';
import { GridHeader } from './grid-header.tsx';
import { GridRow } from './grid-row.tsx';
import { rowHeightPx } from './measures.ts';
import type { LoadedRow } from './paged-rows.ts';
import { type Selection, withIds, withRange } from './selection.ts';
import { useFillHeight } from './use-fill-height.ts';

export interface GridProps<Row> {
  label: string;
  count: number;
  /** undefined: not loaded yet. */
  rowAt: (index: number) => LoadedRow<Row> | undefined;
  columns: readonly TableColumn<Row>[];
  sort: Sort | null;
  onSort: (id: string, numeric: boolean) => void;
  /** null: rows cannot be selected. */
  selection: Selection | null;
  onSelect: (next: Selection) => void;
  /** Whether all rows (those that are loaded) are selected. */
  allSelected: boolean;
  onSelectAll: (selected: boolean) => void;
  /** What the box in the header selects. */
  allLabel?: string | undefined;
  /** A row that stays below the header, e.g. what the others are compared with. */
  pinned?: LoadedRow<Row> | undefined;
  peekId: string | undefined;
  /** Opens a row: Enter, or a click on it. */
  onOpen: ((row: Row, id: string) => void) | undefined;
  /** Peeks at a row: Space bar's neighbour, the arrow to the right, or a click where rows cannot be opened. */
  onPeek: ((id: string) => void) | undefined;
  /** Rows can be dragged: the one that was taken, or all that are selected where it is one of them. */
  onDrag?: ((transfer: DataTransfer, ids: readonly string[]) => void) | undefined;
  /** The rows that are drawn. */
  onRange?: ((first: number, last: number) => void) | undefined;
  /** `fill`: down to the end of the window. */
  maxHeight: 'fill' | number;
}

const selectWidthPx = 36;
export const overscanRows = 12;
/** Before the window was measured: without a limit every row would count as visible and load the next page. */
const firstHeightPx = 480;

/** Of the row in which something is. */
const indexOf = (target: EventTarget): number | null => {
  const index = (target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset['index'];
  return index === undefined ? null : Number(index);
};

export const Grid = <Row,>(props: GridProps<Row>) => {
  const { label, count, rowAt, columns, selection, onOpen, onPeek, onRange, peekId, pinned } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  const [active, setActive] = useState(0);
  const toggledLast = useRef(0);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const fillPx = useFillHeight(scroller, props.maxHeight === 'fill');
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const selectPx = selection === null ? 0 : selectWidthPx;
  const places = useMemo(() => layOut(columns, widthPx - selectPx), [columns, widthPx, selectPx]);
  const end = places.at(-1);
  const totalPx = (end ? end.left + end.width : 0) + selectPx;
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => places[index]?.width ?? 0,
    overscan: 3,
    useFlushSync: false,
  });
  useEffect(() => across.measure(), [across, places]);
  const down = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: overscanRows,
    // A scroll that comes before the last one was drawn is drawn with it, so that frames stay short.
    useFlushSync: false,
  });
  const acrossKey = across
    .getVirtualItems()
    .map((item) => item.index)
    .join();
  const shown = useMemo(() => {
    const visible = new Set([0, ...acrossKey.split(',').filter(Boolean).map(Number)]);
    return columns.flatMap((column, index) =>
      visible.has(index) ? [{ column, index, ...(places[index] ?? { left: 0, width: 0 }) }] : [],
    );
  }, [columns, places, acrossKey]);
  const items = down.getVirtualItems();
  const [firstItem, lastItem] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => onRange?.(firstItem, lastItem), [firstItem, lastItem, onRange]);
  // Rows that leave are drawn again as those that come, which costs a fraction of new elements. Only while nothing moves
  // do they stand in the order in which they are read. (The browser must not follow one of them to its new place: there
  // is no overflow-anchor.)
  const slots = Math.ceil((down.scrollRect?.height ?? 0) / rowHeightPx) + 2 * overscanRows + 2;
  const slotOf = (item: VirtualItem) => item.index % slots;
  const drawn = down.isScrolling ? items.toSorted((a, b) => slotOf(a) - slotOf(b)) : items;
  const focused = useRef<number | null>(null);
  const toFocus = useRef<number | null>(null);
  const focusRow = () => {
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${toFocus.current}"]`);
    if (!row) return;
    toFocus.current = null;
    row.focus();
  };
  useLayoutEffect(() => {
    const index = focused.current;
    // The keys go on to work when the row that had the focus was scrolled away.
    if (index !== null && (index < firstItem || index > lastItem)) scroller.current?.focus({ preventScroll: true });
    if (toFocus.current !== null) focusRow();
  }, [firstItem, lastItem]);
  const current = Math.min(active, Math.max(0, count - 1));

  const onToggle = useCallback((index: number, range: boolean) => {
    const now = latest.current;
    const row = now.rowAt(index);
    if (now.selection === null || row === undefined) return;
    now.onSelect(
      range
        ? withRange(now.selection, (at) => now.rowAt(at)?.id, { from: toggledLast.current, to: index })
        : withIds(now.selection, [row.id], !now.selection.has(row.id)),
    );
    toggledLast.current = index;
  }, []);
  const onClick = useCallback(
    (event: MouseEvent, index: number) => {
      const now = latest.current;
      if ((event.target as HTMLElement).closest('input, a, button, label')) return;
      if (event.shiftKey && now.selection !== null) {
        window.getSelection()?.removeAllRanges();
        onToggle(index, true);
        return;
      }
      if (window.getSelection()?.toString()) return;
      setActive(index);
      const row = now.rowAt(index);
      if (row && now.onPeek) now.onPeek(row.id);
      else if (row) now.onOpen?.(row.row, row.id);
    },
    [onToggle],
  );

  const goTo = (index: number) => {
    const next = Math.max(0, Math.min(count - 1, index));
    setActive(next);
    down.scrollToIndex(next);
    toFocus.current = next;
    focusRow();
    const row = rowAt(next);
    if (peekId !== undefined && row) onPeek?.(row.id);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).closest('input, a, button'))
      return;
    const row = rowAt(current);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeightPx) - 1);
    const steps: Record<string, number> = {
      ArrowDown: current + 1,
      j: current + 1,
      ArrowUp: current - 1,
      k: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: count - 1,
    };
    const step = steps[event.key];
    if (step !== undefined) goTo(step);
    else if (event.key === 'Enter' && row && onOpen) onOpen(row.row, row.id);
    else if (event.key === 'Enter' && row) onPeek?.(row.id);
    else if (event.key === ' ' && row && selection !== null) onToggle(current, event.shiftKey);
    else if ((event.key === 'ArrowRight' || event.key === 'p') && row) onPeek?.(row.id);
    else return;
    event.preventDefault();
  };

  const onDragStart = (event: DragEvent) => {
    const index = indexOf(event.target);
    const row = index === null ? undefined : rowAt(index);
    if (!row) return;
    props.onDrag?.(event.dataTransfer, selection?.has(row.id) ? [...selection] : [row.id]);
  };

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={-1}
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length + (selection === null ? 0 : 1)}
      aria-multiselectable={selection !== null || undefined}
      onKeyDown={onKey}
      onFocus={(event) => {
        focused.current = indexOf(event.target);
      }}
      onBlur={() => {
        focused.current = null;
      }}
      onDragStart={props.onDrag ? onDragStart : undefined}
      className={clsx('relative overflow-auto overscroll-contain [overflow-anchor:none]', count === 0 && 'min-h-16')}
      style={{ maxHeight: props.maxHeight === 'fill' ? (fillPx ?? firstHeightPx) : props.maxHeight }}
    >
      <GridHeader
        shown={shown}
        totalPx={totalPx}
        selectWidthPx={selectPx}
        sort={props.sort}
        onSort={props.onSort}
        allSelected={props.allSelected}
        allLabel={props.allLabel ?? 'Select all rows'}
        onSelectAll={props.onSelectAll}
        pinned={pinned?.row}
      />
      <div role="rowgroup" className="relative" style={{ height: down.getTotalSize(), width: totalPx }}>
        {drawn.map((item) => {
          const row = rowAt(item.index);
          return (
            <GridRow
              key={slotOf(item)}
              row={row?.row}
              index={item.index}
              topPx={item.start}
              totalPx={totalPx}
              shown={shown}
              selectWidthPx={selectPx}
              selected={row !== undefined && (selection?.has(row.id) ?? false)}
              active={item.index === current}
              peeked={row !== undefined && row.id === peekId}
              clickable={Boolean(onOpen ?? onPeek)}
              draggable={props.onDrag !== undefined}
              onClick={onClick}
              onFocus={setActive}
              onToggle={onToggle}
            />
          );
        })}
      </div>
    </div>
  );
};
