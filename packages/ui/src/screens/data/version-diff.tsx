import type { DatasetVersion } from '@millwright/contract';
import { useMemo } from 'react';
import { fixedRows } from '../../api/rows.ts';
import { useTableSearch } from '../../tables/table-search.ts';
import { DistributionChart } from '../../charts/draw/distribution-chart.tsx';
import { prepareDistribution } from '../../charts/prepare/distribution.ts';
import { type ColumnDifference, compareVersions } from '../../charts/prepare/version-diff.ts';
import type { TableColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { formatNumber, formatPercent } from '../../ui/format.ts';

const idOf = (difference: ColumnDifference) => difference.name;
const share = (part: ColumnDifference['before']) => (part && part.count > 0 ? part.missing / part.count : null);
const words = { added: 'added', removed: 'removed', type: 'type changed', same: 'same type' };
const tones = { added: 'good', removed: 'bad', type: 'warn', same: 'idle' } as const;
/** Before and after in one cell, once where they are the same. */
const pair = (before: string, after: string) => (before === after ? after : `${before} → ${after}`);

const columns: readonly TableColumn<ColumnDifference>[] = [
  { id: 'name', header: 'Column', value: (one) => one.name, width: 180, grow: true },
  {
    id: 'change',
    header: 'Schema',
    value: (one) => one.change,
    cell: (one) => <Badge tone={tones[one.change]}>{words[one.change]}</Badge>,
    width: 120,
  },
  {
    id: 'type',
    header: 'Type',
    value: (one) => pair(one.before?.type ?? 'none', one.after?.type ?? 'none'),
    width: 150,
  },
  {
    id: 'distance',
    header: 'Moved',
    hint: 'Total variation distance of the two distributions: the share of rows that would have to move',
    numeric: true,
    width: 90,
    value: (one) => one.distance,
    cell: (one) => formatPercent(one.distance),
  },
  {
    id: 'missing',
    header: 'Missing',
    numeric: true,
    width: 150,
    value: (one) => share(one.after),
    cell: (one) => pair(formatPercent(share(one.before)), formatPercent(share(one.after))),
  },
  {
    id: 'mean',
    header: 'Mean',
    numeric: true,
    width: 160,
    value: (one) => one.after?.mean,
    cell: (one) => pair(formatNumber(one.before?.mean), formatNumber(one.after?.mean)),
  },
  {
    id: 'distinct',
    header: 'Distinct',
    numeric: true,
    width: 160,
    value: (one) => one.after?.distinct,
    cell: (one) => pair(formatNumber(one.before?.distinct), formatNumber(one.after?.distinct)),
  },
];

/** Two versions side by side: what changed in the schema, and which columns moved most. */
export const VersionDiff = ({ before, after }: { before: DatasetVersion; after: DatasetVersion }) => {
  const differences = useMemo(() => compareVersions(before, after), [before, after]);
  const [{ peek }] = useTableSearch('diff');
  const shown = differences.find((one) => one.name === peek) ?? differences.find((one) => one.distribution !== null);
  const drawn = useMemo(() => (shown?.distribution ? prepareDistribution(shown.distribution) : null), [shown]);
  const changed = differences.filter((one) => one.change !== 'same');
  const rowsChange = after.rowCount - before.rowCount;
  return (
    <Card title={`v${before.number} against v${after.number}`}>
      <p className="mb-3">
        {changed.length === 0
          ? 'The schema is the same.'
          : `${changed.length} of ${differences.length} columns changed in the schema.`}{' '}
        {rowsChange === 0
          ? 'As many rows.'
          : `${formatNumber(Math.abs(rowsChange))} rows ${rowsChange > 0 ? 'more' : 'fewer'}.`}
      </p>
      {drawn && shown ? (
        <div className="mb-3">
          <DistributionChart
            title={`${shown.name}: bars v${after.number}, outline v${before.number}`}
            prepared={drawn}
            height={180}
          />
        </div>
      ) : null}
      <DataTable
        name="version-diff"
        label="Columns of both versions"
        prefix="diff"
        rows={fixedRows(differences)}
        idOf={idOf}
        columns={columns}
        maxHeight={420}
        filterExample='change != "same" or distance > 0.1'
        peekTitle={(one) => one.name}
        peek={(one) =>
          one.distribution ? (
            <DistributionChart title={one.name} prepared={prepareDistribution(one.distribution)} height={200} />
          ) : (
            <p className="text-muted">There is nothing to compare: {words[one.change]}.</p>
          )
        }
        empty={{ title: 'Neither version has columns' }}
      />
    </Card>
  );
};
