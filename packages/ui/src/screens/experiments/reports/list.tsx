import { type ReportSummary, createReport, listReports } from '@millwright/contract';
import { Plus } from 'lucide-react';
import { useChange } from '../../../api/queries.ts';
import { useRows } from '../../../api/rows.ts';
import { useGo, useProject } from '../../../app/location.ts';
import { useMay } from '../../../app/session.tsx';
import { instantCell } from '../../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../../tables/columns.ts';
import { DataTable } from '../../../tables/data-table.tsx';
import { Button } from '../../../ui/button.tsx';
import { PageHeader } from '../../../ui/card.tsx';
import { ExperimentsTabs } from '../tabs.tsx';

const idOf = (report: ReportSummary) => report.id;
const columns: readonly TableColumn<ReportSummary>[] = [
  { id: 'title', header: 'Title', value: (one) => one.title, width: 320, grow: true },
  { id: 'updatedBy', header: 'Changed by', value: (one) => one.updatedBy, width: 140 },
  timeColumn('updatedAt', 'Changed', (one) => one.updatedAt, instantCell),
  { id: 'copies', header: 'Frozen copies', numeric: true, value: (one) => one.copies, width: 120 },
  { id: 'revision', header: 'Revision', numeric: true, value: (one) => one.revision, width: 90, hidden: true },
  { id: 'createdBy', header: 'Written by', value: (one) => one.createdBy, width: 140, hidden: true },
];

const Reports = () => {
  const project = useProject();
  const go = useGo();
  const rows = useRows(listReports, { params: { project } }, idOf);
  const may = useMay('run:write');
  const create = useChange(createReport, {
    refresh: [listReports],
    onDone: (report) => go(`/p/${project}/experiments/reports/${report.id}?edit=on`),
  });
  return (
    <>
      <PageHeader
        title="Reports"
        text="What was found, in words and panels that stay up to date; frozen when it has to stay as it was."
      />
      <ExperimentsTabs current="experiments/reports" />
      <DataTable
        name="reports"
        label="Reports"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='title ~ "fraud" and updatedBy = "ada"'
        pathOf={(report) => `/p/${project}/experiments/reports/${report.id}`}
        empty={{
          title: 'Nobody wrote a report yet',
          text: 'A report holds text and live panels: curves, tables, comparisons, versions, gate reports.',
          command: `millwright reports create --project ${project} --title "What we found"`,
        }}
        actions={
          may ? (
            <Button
              tone="primary"
              icon={<Plus aria-hidden size={14} />}
              busy={create.isPending}
              onClick={() => create.mutate({ params: { project }, body: { title: 'Untitled report' } })}
            >
              New report
            </Button>
          ) : null
        }
      />
    </>
  );
};
export default Reports;
