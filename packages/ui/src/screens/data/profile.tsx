import type { DatasetVersion } from '@millwright/contract';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useState } from 'react';
import { useScreenSearch } from '../../app/location.ts';
import { ColumnCard } from '../../charts/draw/column-card.tsx';
import { useWidth } from '../../charts/draw/use-width.ts';
import { prepareColumn } from '../../charts/prepare/column-profile.ts';
import { Button } from '../../ui/button.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { SchemaTable } from './schema-table.tsx';

const cardHeightPx = 158;
const gapPx = 8;
const cardWidthPx = 230;
const orders = [
  { value: 'file', label: 'As in the file' },
  { value: 'name', label: 'By name' },
  { value: 'missing', label: 'Most missing first' },
];

/** One card per column; only those near the window are drawn, so that thousands of columns cost nothing. */
const Cards = ({ version }: { version: DatasetVersion }) => {
  const [text, setText] = useState('');
  const [order, setOrder] = useState('file');
  const [holder, width] = useWidth<HTMLDivElement>();
  const prepared = useMemo(() => {
    const all = version.profile
      .filter((column) => column.name.toLowerCase().includes(text.toLowerCase()))
      .map(prepareColumn);
    if (order === 'name') all.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    if (order === 'missing') all.sort((a, b) => b.missingShare - a.missingShare);
    return all;
  }, [version.profile, text, order]);
  const across = Math.max(1, Math.floor((width + gapPx) / (cardWidthPx + gapPx)));
  const rows = useWindowVirtualizer({
    count: Math.ceil(prepared.length / across),
    estimateSize: () => cardHeightPx + gapPx,
    overscan: 3,
    scrollMargin: holder.current?.offsetTop ?? 0,
  });
  return (
    <>
      <div className="mb-2 flex flex-wrap items-end gap-2">
        <TextField
          label="Find a column"
          hideLabel
          placeholder="Find a column"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Select
          label="Order"
          hideLabel
          choices={orders}
          value={order}
          onChange={(event) => setOrder(event.target.value)}
        />
        <p className="text-xs text-muted" role="status">
          {prepared.length} of {version.profile.length} columns
        </p>
      </div>
      <div ref={holder} role="list" className="relative" style={{ height: rows.getTotalSize() }}>
        {width > 0
          ? rows.getVirtualItems().map((row) => (
              <div
                key={row.key}
                role="presentation"
                className="absolute inset-x-0 grid"
                style={{
                  top: row.start - rows.options.scrollMargin,
                  height: cardHeightPx,
                  gap: gapPx,
                  gridTemplateColumns: `repeat(${across}, minmax(0, 1fr))`,
                }}
              >
                {prepared.slice(row.index * across, (row.index + 1) * across).map((column) => (
                  <div key={column.name} role="listitem" className="min-w-0">
                    <ColumnCard prepared={column} />
                  </div>
                ))}
              </div>
            ))
          : null}
      </div>
    </>
  );
};

/** What is in each column: as small multiples, or the same numbers as a table. */
export const Profile = ({ version }: { version: DatasetVersion }) => {
  const [search, change] = useScreenSearch();
  const asTable = search['form'] === 'table';
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-3">
        <p className="flex-1 text-muted">
          v{version.number}. The line below a histogram spans 5 to 95 % of the values, the thick part half of them, the
          tick is the median.
        </p>
        <Button small onClick={() => change({ form: asTable ? null : 'table' })}>
          {asTable ? 'Show as charts' : 'Show as table'}
        </Button>
      </div>
      {asTable ? <SchemaTable version={version} /> : <Cards version={version} />}
    </>
  );
};
