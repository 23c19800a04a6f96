import type { Run } from '@millwright/contract';
import { Trophy } from 'lucide-react';
import { useMemo, useState } from 'react';
import { ObjectLink } from '../../app/links.tsx';
import { useScreenSearch } from '../../app/location.ts';
import type { TableColumn } from '../../tables/columns.ts';
import { Grid } from '../../tables/grid.tsx';
import { Badge, Status } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Checkbox, TextField } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { Swatch } from '../../ui/swatch.tsx';
import { type Meanings, bestPlaces, metricTitle, useMeanings } from './metric-meaning.ts';
import { MetricValue } from './metric-value.tsx';
import { type ComparedRow, compareRuns, runTitle } from './run-values.ts';

const heightPx = 440;
const nothing = () => undefined;
const noPlaces: ReadonlySet<number> = new Set();

const Value = ({
  row,
  value,
  best,
  meanings,
}: {
  row: ComparedRow;
  value: string | number | null;
  best: boolean;
  meanings: Meanings;
}) => {
  if (value === null) return <span className="text-faint">–</span>;
  if (row.group === 'Run' && row.key === 'Status') return <Status quiet state={String(value)} />;
  return (
    <span className={row.differs ? 'font-medium' : 'text-muted'} title={String(value)}>
      {row.group === 'Metrics' ? <MetricValue value={value} meaning={meanings.of(row.key)} /> : value}
      {best ? (
        <Badge tone="good" className="ml-1.5">
          <Trophy aria-hidden size={11} /> best
        </Badge>
      ) : null}
    </span>
  );
};

/** What runs have, side by side: a row per parameter, metric and tag, a column per run. */
export const ComparedTable = ({ runs, note }: { runs: readonly Run[]; note: string | null }) => {
  const [search, change] = useScreenSearch();
  const [text, setText] = useState('');
  const differing = search['diff'] === 'on';
  const all = useMemo(() => compareRuns(runs), [runs]);
  const rows = useMemo(
    () =>
      all.filter(
        (row) => (row.differs || !differing) && `${row.group} ${row.key}`.toLowerCase().includes(text.toLowerCase()),
      ),
    [all, differing, text],
  );
  const meanings = useMeanings();
  const bestOf = useMemo(() => {
    const found = new Map<ComparedRow, ReadonlySet<number>>();
    for (const row of all)
      if (row.group === 'Metrics') found.set(row, bestPlaces(row.values, meanings.directionOf(row.key)));
    return (row: ComparedRow) => found.get(row) ?? noPlaces;
  }, [all, meanings]);
  const columns = useMemo(
    (): TableColumn<ComparedRow>[] => [
      {
        id: 'what',
        header: 'What',
        width: 240,
        sortable: false,
        value: (row) => row.key,
        cell: (row) => (
          <span title={`${row.group}: ${row.key}`}>
            {row.group === 'Metrics' ? metricTitle(row.key, meanings) : row.key}
            {row.group === 'Run' ? null : (
              <span className="ml-1.5 text-2xs text-faint">{row.group.slice(0, -1).toLowerCase()}</span>
            )}
          </span>
        ),
      },
      ...runs.map(
        (run, at): TableColumn<ComparedRow> => ({
          id: run.id,
          header: runTitle(run),
          head: (
            <span className="flex h-full items-center gap-1.5 px-2.5">
              <Swatch entity={run.id} />
              <ObjectLink type="run" id={run.id} className="truncate text-ink hover:text-accent hover:underline">
                {runTitle(run)}
              </ObjectLink>
            </span>
          ),
          width: 150,
          value: (row) => row.values[at],
          cell: (row) => (
            <Value row={row} value={row.values[at] ?? null} best={bestOf(row).has(at)} meanings={meanings} />
          ),
        }),
      ),
    ],
    [runs, meanings, bestOf],
  );
  const rowAt = useMemo(() => {
    const list = rows.map((row) => ({ id: `${row.group} ${row.key}`, row }));
    return (index: number) => list[index];
  }, [rows]);
  return (
    <Card
      flush
      title={note ?? `${formatCount(runs.length)} runs side by side`}
      aside={
        <>
          <div className="w-48">
            <TextField
              label="Find a row"
              hideLabel
              type="search"
              placeholder={`Find one of ${formatCount(all.length)} rows`}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <Checkbox
            label="Differences only"
            checked={differing}
            onChange={(event) => change({ diff: event.target.checked ? 'on' : null })}
          />
        </>
      }
    >
      <Grid
        label="Runs side by side"
        count={rows.length}
        rowAt={rowAt}
        columns={columns}
        sort={null}
        onSort={nothing}
        selection={null}
        onSelect={nothing}
        allSelected={false}
        onSelectAll={nothing}
        peekId={undefined}
        onOpen={undefined}
        onPeek={undefined}
        maxHeight={heightPx}
      />
      {rows.length === 0 ? (
        <p className="px-3 py-3 text-muted">
          {text ? 'Nothing is called like that.' : 'These runs do not differ in anything.'}
        </p>
      ) : null}
    </Card>
  );
};
