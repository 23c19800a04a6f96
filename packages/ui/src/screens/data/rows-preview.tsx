import { previewVersion } from '@millwright/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { queryFor } from '../../api/queries.ts';
import { fixedRows } from '../../api/rows.ts';
import { useProject, useScreenSearch } from '../../app/location.ts';
import type { TableColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';

const pageSize = 200;
/** Values by column name, and the number of the row. */
type PreviewRow = Readonly<Record<string, unknown>>;
const rowNumber = '№';
const idOf = (row: PreviewRow) => String(row[rowNumber]);
const shown = (value: unknown): string | number | boolean | null =>
  typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined
    ? (value ?? null)
    : String(value);

/** The rows of a version as they were taken in, a page at a time. */
export const RowsPreview = ({ versionId }: { versionId: string }) => {
  const project = useProject();
  const [search, change] = useScreenSearch();
  const offset = Number(search['from'] ?? 0);
  const preview = useQuery({
    ...queryFor(previewVersion, { params: { project, version: versionId }, query: { offset, limit: pageSize } }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const columns = useMemo(
    (): TableColumn<PreviewRow>[] => [
      { id: rowNumber, header: 'Row', numeric: true, width: 80, value: (row) => Number(row[rowNumber]) },
      ...(preview.data?.columns ?? []).map(
        (column): TableColumn<PreviewRow> => ({
          id: column.name,
          header: column.name,
          hint: column.type,
          numeric: column.type === 'number' || column.type === 'integer',
          value: (row) => shown(row[column.name]),
          width: 120,
        }),
      ),
    ],
    [preview.data?.columns],
  );
  return (
    <Loaded query={preview} height={480}>
      {(data) => (
        <DataTable
          name="dataset-rows"
          label="Rows"
          prefix="rows"
          rows={fixedRows(
            data.rows.map((values, index) => ({
              ...Object.fromEntries(data.columns.map((column, at) => [column.name, values[at]])),
              [rowNumber]: offset + index + 1,
            })),
          )}
          idOf={idOf}
          columns={columns}
          empty={{ title: 'No rows here' }}
          actions={
            <span className="flex items-center gap-2">
              <span className="text-xs text-muted tabular-nums">
                {formatCount(Math.min(offset + 1, data.rowCount))} to {formatCount(offset + data.rows.length)} of{' '}
                {formatCount(data.rowCount)}
              </span>
              <Button
                disabled={offset === 0}
                onClick={() => change({ from: offset > pageSize ? String(offset - pageSize) : null })}
              >
                Earlier
              </Button>
              <Button
                disabled={offset + data.rows.length >= data.rowCount}
                onClick={() => change({ from: String(offset + pageSize) })}
              >
                Later
              </Button>
            </span>
          }
        />
      )}
    </Loaded>
  );
};
