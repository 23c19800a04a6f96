import { type Dataset, type DatasetVersion, listVersions } from '@millwright/contract';
import { GitCompare } from 'lucide-react';
import { useRows } from '../../api/rows.ts';
import { pathOf } from '../../app/links.tsx';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatBytes } from '../../ui/format.ts';
import { worstOf } from '../../ui/status.ts';
import { resultState } from './overview.tsx';
import { VersionDiff } from './version-diff.tsx';

const idOf = (version: DatasetVersion) => version.id;
const worst = (version: DatasetVersion) => worstOf(version.checkResults.map(resultState)) ?? 'none';
const columns: readonly TableColumn<DatasetVersion>[] = [
  {
    id: 'number',
    header: 'Version',
    numeric: true,
    width: 90,
    value: (version) => version.number,
    cell: (version) => `v${version.number}`,
  },
  {
    id: 'checks',
    header: 'Checks',
    width: 130,
    value: worst,
    cell: (version) => (
      <Status quiet state={worst(version)} {...(worst(version) === 'none' ? { label: 'None' } : {})} />
    ),
  },
  { id: 'rowCount', header: 'Rows', numeric: true, width: 110, value: (version) => version.rowCount },
  {
    id: 'columnCount',
    header: 'Columns',
    numeric: true,
    width: 95,
    value: (version) => version.columns.length,
  },
  {
    id: 'sizeBytes',
    header: 'Size',
    numeric: true,
    width: 95,
    value: (version) => version.sizeBytes,
    cell: (version) => formatBytes(version.sizeBytes),
  },
  { id: 'origin', header: 'Origin', value: (version) => version.origin, width: 100 },
  { id: 'note', header: 'Note', value: (version) => version.note, width: 220, grow: true },
  {
    id: 'digest',
    header: 'Digest',
    value: (version) => version.digest,
    cell: (version) => <ShortId value={version.digest} />,
    width: 130,
  },
  { id: 'createdBy', header: 'By', value: (version) => version.createdBy, width: 110 },
  timeColumn('createdAt', 'Created', (version) => version.createdAt, instantCell),
];

/** All versions, newest first; two of them side by side when chosen. */
export const Versions = ({ dataset }: { dataset: Dataset }) => {
  const project = useProject();
  const [search, change] = useScreenSearch();
  const rows = useRows(listVersions, { params: { project, dataset: dataset.id } }, idOf);
  const byId = (id: string | undefined) => rows.rows.find((version) => version.id === id);
  const [after, before] = [
    byId(search['after']) ?? rows.rows[0],
    byId(search['before']) ?? (search['after'] ? undefined : rows.rows[1]),
  ];
  return (
    <div className="flex flex-col gap-4">
      <DataTable
        name="dataset-versions"
        label="Versions"
        prefix="version"
        rows={rows}
        idOf={idOf}
        columns={columns}
        maxHeight={300}
        filterExample='origin = "snapshot" and rowCount > 1000'
        pathOf={(version) => pathOf(project, 'dataset-version', version.id)}
        empty={{
          title: 'No version yet',
          command: `millwright datasets upload ${dataset.name} --project ${project} --file ${dataset.name}.csv`,
        }}
        bulk={(selected) => (
          <Button
            small
            icon={<GitCompare aria-hidden size={13} />}
            disabled={selected.length !== 2}
            title={selected.length === 2 ? undefined : 'Choose two versions'}
            onClick={() => {
              const [older, newer] = [...selected].sort((a, b) => a.number - b.number);
              if (older && newer) change({ before: older.id, after: newer.id });
            }}
          >
            Compare two
          </Button>
        )}
      />
      {before && after && before !== after ? (
        <VersionDiff before={before} after={after} />
      ) : (
        <p className="text-muted">With a second version, both are compared here: schema and distributions.</p>
      )}
    </div>
  );
};
