import { Popover } from '@base-ui/react/popover';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { Button, IconButton, buttonClass } from '../ui/button.tsx';
import { Checkbox, TextField } from '../ui/field.tsx';
import { formatCount } from '../ui/format.ts';
import { type TableColumn, columnList } from './columns.ts';

interface Props<Row> {
  columns: readonly TableColumn<Row>[];
  chosen: readonly TableColumn<Row>[];
  onChange: (list: string | null) => void;
}

const lineHeightPx = 30;
const listHeightPx = 360;
const searchedFrom = 10;

/** The columns that are shown in their order, then all others; only those in view are drawn, there may be thousands. */
const ColumnList = <Row,>({ columns, chosen, onChange }: Props<Row>) => {
  const [text, setText] = useState('');
  const scroller = useRef<HTMLDivElement>(null);
  const ids = chosen.map((column) => column.id);
  const set = (next: readonly string[]) => onChange(columnList(next));
  const move = (id: string, by: number) => {
    const from = ids.indexOf(id);
    const next = ids.filter((one) => one !== id);
    next.splice(from + by, 0, id);
    set(next);
  };
  const found = useMemo(() => {
    const shown = new Set(chosen.map((column) => column.id));
    const wanted = text.toLowerCase();
    return [...chosen, ...columns.filter((column) => !shown.has(column.id))].filter((column) =>
      `${column.group ?? ''} ${column.header}`.toLowerCase().includes(wanted),
    );
  }, [columns, chosen, text]);
  const lines = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeightPx,
    overscan: 6,
  });
  return (
    <>
      {columns.length > searchedFrom ? (
        <TextField
          label="Find a column"
          hideLabel
          placeholder={`Find one of ${formatCount(columns.length)} columns`}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      ) : null}
      <div
        ref={scroller}
        className="mt-1 overflow-y-auto"
        style={{ height: Math.min(listHeightPx, Math.max(1, found.length) * lineHeightPx) }}
      >
        {found.length === 0 ? <p className="py-1 text-xs text-muted">No column is called like that.</p> : null}
        <ul className="relative" style={{ height: lines.getTotalSize() }}>
          {lines.getVirtualItems().map((item) => {
            const column = found[item.index] as TableColumn<Row>;
            const at = ids.indexOf(column.id);
            return (
              <li
                key={column.id}
                className="absolute inset-x-0 top-0 flex items-center"
                style={{ height: lineHeightPx, transform: `translateY(${item.start}px)` }}
              >
                <Checkbox
                  label={
                    <span className="flex min-w-0 flex-1 items-baseline gap-1.5">
                      <span className="truncate" title={column.header}>
                        {column.header}
                      </span>
                      {column.group ? <span className="shrink-0 text-2xs text-faint">{column.group}</span> : null}
                    </span>
                  }
                  className="min-w-0 flex-1"
                  checked={at >= 0}
                  disabled={at >= 0 && ids.length === 1}
                  onChange={() => set(at >= 0 ? ids.filter((id) => id !== column.id) : [...ids, column.id])}
                />
                {at >= 0 ? (
                  <>
                    <IconButton
                      label={`Move ${column.header} left`}
                      className="!size-6"
                      disabled={at === 0}
                      icon={<ArrowUp size={13} aria-hidden />}
                      onClick={() => move(column.id, -1)}
                    />
                    <IconButton
                      label={`Move ${column.header} right`}
                      className="!size-6"
                      disabled={at === ids.length - 1}
                      icon={<ArrowDown size={13} aria-hidden />}
                      onClick={() => move(column.id, 1)}
                    />
                  </>
                ) : null}
              </li>
            );
          })}
        </ul>
      </div>
      <Button small tone="quiet" className="mt-1 self-start" onClick={() => onChange(null)}>
        As at first
      </Button>
    </>
  );
};

/** Which columns are shown, and in which order. */
export const ColumnChooser = <Row,>(props: Props<Row>) => (
  <Popover.Root>
    <Popover.Trigger className={buttonClass('plain')}>
      <Columns3 aria-hidden size={14} /> Columns{' '}
      <span className="text-xs text-faint tabular-nums">
        {props.chosen.length}/{formatCount(props.columns.length)}
      </span>
    </Popover.Trigger>
    <Popover.Portal>
      <Popover.Positioner sideOffset={4} align="end" className="z-40">
        <Popover.Popup className="popup flex max-h-[70vh] w-80 max-w-[94vw] flex-col overflow-y-auto p-2">
          <Popover.Title className="sr-only">Columns</Popover.Title>
          <ColumnList {...props} />
        </Popover.Popup>
      </Popover.Positioner>
    </Popover.Portal>
  </Popover.Root>
);
