import { type AuditRow, exportAudit, listAudit } from '@millwright/contract';
import { Download } from 'lucide-react';
import { client } from '../../api/client.ts';
import { useRows } from '../../api/rows.ts';
import { ObjectLink, pathOf } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { KeyValue, PageHeader } from '../../ui/card.tsx';
import { CodeBlock, ShortId } from '../../ui/code.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { AuditVerdict } from './audit-verdict.tsx';
import { GovernanceTabs } from './tabs.tsx';

const idOf = (row: AuditRow) => String(row.seq);
const columns: readonly TableColumn<AuditRow>[] = [
  { id: 'seq', header: 'Number', value: (row) => row.seq, numeric: true, width: 90 },
  timeColumn('at', 'When', (row) => row.at, instantCell),
  { id: 'actorName', header: 'Who', value: (row) => row.actorName, width: 150 },
  {
    id: 'verb',
    header: 'What',
    value: (row) => row.verb,
    cell: (row) => <code className="font-mono text-xs">{row.verb}</code>,
    width: 190,
  },
  { id: 'resourceType', header: 'On', value: (row) => row.resourceType },
  {
    id: 'resourceId',
    header: 'Object',
    value: (row) => row.resourceId,
    width: 160,
    cell: (row) => (
      <ObjectLink type={row.resourceType} id={row.resourceId}>
        <span className="font-mono text-xs">…{row.resourceId.slice(-10)}</span>
      </ObjectLink>
    ),
  },
  { id: 'project', header: 'Project', value: (row) => row.project },
  {
    id: 'detail',
    header: 'Detail',
    value: (row) => JSON.stringify(row.detail),
    width: 300,
    grow: true,
    cell: (row) => <code className="font-mono text-xs text-muted">{JSON.stringify(row.detail)}</code>,
  },
  { id: 'requestId', header: 'Request', value: (row) => row.requestId, hidden: true },
  { id: 'hash', header: 'Hash', value: (row) => row.hash, hidden: true, width: 200 },
];

const Audit = () => {
  const project = useProject();
  const rows = useRows(listAudit, {}, idOf);
  return (
    <>
      <PageHeader
        title="Audit"
        text="Every change, in the transaction that made it. Each row carries the hash of the one before: an edited, removed or reordered row is found."
        actions={
          <a href={client.address(exportAudit)} download className={buttonClass('plain')}>
            <Download aria-hidden size={14} /> Export
          </a>
        }
      />
      <GovernanceTabs current="governance/audit" />
      <AuditVerdict />
      <DataTable
        name="audit"
        label="Audit trail"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='actorName = "ada" and verb ~ "rollout"'
        pathOf={(row) => pathOf(project, row.resourceType, row.resourceId)}
        peekTitle={(row) => `${row.seq}: ${row.verb}`}
        peek={(row) => (
          <div className="flex flex-col gap-3">
            <KeyValue
              pairs={[
                ['When', <RelativeTime key="at" at={row.at} />],
                ['Who', row.actorName],
                ['On', `${row.resourceType} ${row.resourceId}`],
                ['Project', row.project],
                ['Request', row.requestId],
                ['Hash', <ShortId key="hash" value={row.hash} />],
                ['Hash before', <ShortId key="previous" value={row.previousHash} />],
              ]}
            />
            <CodeBlock label="Detail" code={JSON.stringify(row.detail, null, 2)} />
          </div>
        )}
        empty={{ title: 'Nothing was changed yet', command: 'millwright projects create --name demo' }}
      />
    </>
  );
};
export default Audit;
