import type { ColumnProfile, DatasetVersion } from '@millwright/contract';
import { fixedRows } from '../../api/rows.ts';
import type { TableColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { formatPercent } from '../../ui/format.ts';

const idOf = (column: ColumnProfile) => column.name;
const missingShare = (column: ColumnProfile) => (column.count > 0 ? column.missing / column.count : 0);
const columns: readonly TableColumn<ColumnProfile>[] = [
  { id: 'name', header: 'Column', value: (column) => column.name, width: 190, grow: true },
  { id: 'type', header: 'Type', value: (column) => column.type, width: 100 },
  {
    id: 'missing',
    header: 'Missing',
    numeric: true,
    width: 95,
    value: (column) => column.missing,
    cell: (column) => formatPercent(missingShare(column)),
  },
  { id: 'distinct', header: 'Distinct', numeric: true, width: 100, value: (column) => column.distinct },
  { id: 'min', header: 'Least', numeric: true, value: (column) => column.min },
  { id: 'max', header: 'Greatest', numeric: true, value: (column) => column.max },
  { id: 'mean', header: 'Mean', numeric: true, width: 110, value: (column) => column.mean },
  { id: 'stddev', header: 'Std dev', numeric: true, width: 110, value: (column) => column.stddev },
  {
    id: 'quantiles.p05',
    header: '5 %',
    numeric: true,
    width: 100,
    value: (column) => column.quantiles?.p05,
    hidden: true,
  },
  {
    id: 'quantiles.p25',
    header: '25 %',
    numeric: true,
    width: 100,
    value: (column) => column.quantiles?.p25,
    hidden: true,
  },
  { id: 'quantiles.p50', header: 'Median', numeric: true, width: 100, value: (column) => column.quantiles?.p50 },
  {
    id: 'quantiles.p75',
    header: '75 %',
    numeric: true,
    width: 100,
    value: (column) => column.quantiles?.p75,
    hidden: true,
  },
  {
    id: 'quantiles.p95',
    header: '95 %',
    numeric: true,
    width: 100,
    value: (column) => column.quantiles?.p95,
    hidden: true,
  },
];

/** Every column of a version with its type and profile as numbers. */
export const SchemaTable = ({ version, maxHeight }: { version: DatasetVersion; maxHeight?: number }) => (
  <DataTable
    name="dataset-columns"
    label="Columns"
    prefix="column"
    rows={fixedRows(version.profile)}
    idOf={idOf}
    columns={columns}
    filterExample={'missing > 0 or type = "string"'}
    empty={{ title: 'This version has no columns' }}
    {...(maxHeight === undefined ? {} : { maxHeight })}
  />
);
