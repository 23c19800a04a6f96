import { Popover } from '@base-ui/react/popover';
import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton, buttonClass } from '../ui/button.tsx';
import { Checkbox, TextField } from '../ui/field.tsx';
import { type TableColumn, columnList } from './columns.ts';

interface Props<Row> {
  columns: readonly TableColumn<Row>[];
  chosen: readonly TableColumn<Row>[];
  onChange: (list: string | null) => void;
}

/** Which columns are shown, and in which order. */
export const ColumnChooser = <Row,>({ columns, chosen, onChange }: Props<Row>) => {
  const [text, setText] = useState('');
  const ids = chosen.map((column) => column.id);
  const set = (next: readonly string[]) => onChange(columnList(next));
  const move = (id: string, by: number) => {
    const from = ids.indexOf(id);
    const next = ids.filter((one) => one !== id);
    next.splice(from + by, 0, id);
    set(next);
  };
  const rest = columns.filter((column) => !ids.includes(column.id));
  const matching = (column: TableColumn<Row>) => column.header.toLowerCase().includes(text.toLowerCase());
  return (
    <Popover.Root>
      <Popover.Trigger className={buttonClass('plain')}>
        <Columns3 aria-hidden size={14} /> Columns{' '}
        <span className="text-xs text-faint tabular-nums">
          {chosen.length}/{columns.length}
        </span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="end" className="z-40">
          <Popover.Popup className="popup flex max-h-[70vh] w-72 flex-col p-2">
            <Popover.Title className="sr-only">Columns</Popover.Title>
            {columns.length > 10 ? (
              <TextField
                label="Find a column"
                hideLabel
                placeholder="Find a column"
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            ) : null}
            <ul className="mt-1 min-h-0 flex-1 overflow-y-auto">
              {chosen.filter(matching).map((column) => (
                <li key={column.id} className="flex items-center">
                  <Checkbox
                    label={column.header}
                    className="min-w-0 flex-1"
                    checked
                    disabled={ids.length === 1}
                    onChange={() => set(ids.filter((id) => id !== column.id))}
                  />
                  <IconButton
                    label={`Move ${column.header} left`}
                    className="!size-6"
                    disabled={ids[0] === column.id}
                    icon={<ArrowUp size={13} aria-hidden />}
                    onClick={() => move(column.id, -1)}
                  />
                  <IconButton
                    label={`Move ${column.header} right`}
                    className="!size-6"
                    disabled={ids.at(-1) === column.id}
                    icon={<ArrowDown size={13} aria-hidden />}
                    onClick={() => move(column.id, 1)}
                  />
                </li>
              ))}
              {rest.filter(matching).map((column) => (
                <li key={column.id}>
                  <Checkbox label={column.header} checked={false} onChange={() => set([...ids, column.id])} />
                </li>
              ))}
            </ul>
            <Button small tone="quiet" className="mt-1 self-start" onClick={() => onChange(null)}>
              As at first
            </Button>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
};
