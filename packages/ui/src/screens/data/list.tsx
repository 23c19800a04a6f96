import { type Dataset, listDatasets } from '@millwright/contract';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useRows } from '../../api/rows.ts';
import { pathOf } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/card.tsx';
import { UploadDialog } from './upload-dialog.tsx';

const idOf = (dataset: Dataset) => dataset.id;
const columns: readonly TableColumn<Dataset>[] = [
  { id: 'name', header: 'Name', value: (dataset) => dataset.name, width: 220, grow: true },
  {
    id: 'health',
    header: 'Health',
    value: (dataset) => dataset.health,
    cell: (dataset) => <Status quiet state={dataset.health} />,
    width: 110,
  },
  {
    id: 'latestVersion.number',
    header: 'Versions',
    numeric: true,
    width: 100,
    value: (dataset) => dataset.latestVersion?.number ?? 0,
    hint: 'Versions are numbered from 1; none is ever removed',
  },
  {
    id: 'latestVersion.rowCount',
    header: 'Rows',
    numeric: true,
    width: 110,
    value: (dataset) => dataset.latestVersion?.rowCount ?? null,
    hint: 'In the latest version',
  },
  { id: 'targetColumn', header: 'Target', value: (dataset) => dataset.targetColumn, width: 130 },
  { id: 'timeColumn', header: 'Time', value: (dataset) => dataset.timeColumn, width: 110, hidden: true },
  { id: 'owner', header: 'Owner', value: (dataset) => dataset.owner, width: 120 },
  timeColumn('updatedAt', 'Updated', (dataset) => dataset.updatedAt, instantCell),
  timeColumn('createdAt', 'Created', (dataset) => dataset.createdAt, instantCell),
  { id: 'description', header: 'Description', value: (dataset) => dataset.description, width: 260, hidden: true },
];

const Datasets = () => {
  const project = useProject();
  const may = useMay('data:write');
  const rows = useRows(listDatasets, { params: { project } }, idOf);
  const [creating, setCreating] = useState(false);
  const create = (
    <Button
      tone="primary"
      icon={<Plus aria-hidden size={14} />}
      disabled={!may}
      title={may ? undefined : 'Needs data:write'}
      onClick={() => setCreating(true)}
    >
      New data set
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Data"
        text="Tables in versions that never change, each with its profile and checks. A broken file is refused, with the row and column named."
        actions={create}
      />
      <DataTable
        name="datasets"
        label="Data sets"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='health = "failing" or latestVersion.rowCount > 10000'
        pathOf={(dataset) => pathOf(project, 'dataset', dataset.id)}
        empty={{
          title: 'No data sets yet',
          text: 'Create one here, or from the command line:',
          command: `millwright datasets create --name card-payments --project ${project}\nmillwright datasets upload card-payments --project ${project} --file payments.csv`,
        }}
      />
      {creating ? <UploadDialog onClose={() => setCreating(false)} /> : null}
    </>
  );
};
export default Datasets;
