import { type ApprovalRequest, getRegistryPolicy, listApprovalRequests } from '@millwright/contract';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { useRows } from '../../api/rows.ts';
import { ObjectLink, pathOf } from '../../app/links.tsx';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/card.tsx';
import { Select } from '../../ui/field.tsx';
import { EditProjectPolicy } from './edit-policy.tsx';
import { RegistryTabs } from './tabs.tsx';
import { requestLook, wishOf } from './words.ts';

const idOf = (request: ApprovalRequest) => request.id;
const progress = ({ rules }: ApprovalRequest): string =>
  `${rules.reduce((sum, { approved, count }) => sum + Math.min(approved, count), 0)} of ${rules.reduce((sum, { count }) => sum + count, 0)}`;

const columns: readonly TableColumn<ApprovalRequest>[] = [
  {
    id: 'modelName',
    header: 'Version',
    value: ({ modelName, number }) => `${modelName} v${number}`,
    cell: ({ modelVersionId, modelName, number }) => (
      <ObjectLink type="model-version" id={modelVersionId}>
        {modelName} v{number}
      </ObjectLink>
    ),
    width: 180,
  },
  { id: 'wish', header: 'Asked for', value: wishOf, width: 160 },
  {
    id: 'state',
    header: 'State',
    value: ({ state }) => state,
    cell: ({ state }) => <Status state={requestLook(state)} quiet />,
    width: 120,
  },
  { id: 'approvals', header: 'Approvals', value: progress, width: 90 },
  { id: 'requestedBy', header: 'By', value: ({ requestedBy }) => requestedBy, width: 120 },
  { id: 'reason', header: 'Why', value: ({ reason }) => reason, grow: true, width: 240 },
  timeColumn('requestedAt', 'Asked', ({ requestedAt }) => requestedAt, instantCell),
  timeColumn('expiresAt', 'Expires', ({ expiresAt }) => expiresAt, instantCell),
];
const choices = [
  { value: 'mine', label: 'Waits for you' },
  { value: 'open', label: 'Open' },
  { value: 'all', label: 'All' },
];

/** What every model of the project asks for; each may ask for more. */
const ProjectPolicy = () => {
  const project = useProject();
  const may = useMay('model:protect');
  const policy = useRead(getRegistryPolicy, { params: { project } });
  const [editing, setEditing] = useState(false);
  return (
    <>
      <Button
        icon={<ShieldCheck aria-hidden size={14} />}
        disabled={!may || !policy.data}
        title={may ? undefined : 'Needs model:protect'}
        onClick={() => setEditing(true)}
      >
        Policy of the project
      </Button>
      {editing && policy.data ? <EditProjectPolicy own={policy.data.own} onClose={() => setEditing(false)} /> : null}
    </>
  );
};

/** The inbox of those who approve. */
const Approvals = () => {
  const project = useProject();
  const [search, change] = useScreenSearch();
  const which = search['which'] ?? 'mine';
  const query = which === 'mine' ? { waitsForMe: true } : which === 'open' ? { state: 'open' as const } : {};
  const rows = useRows(listApprovalRequests, { params: { project }, query }, idOf);
  return (
    <>
      <PageHeader
        title="Approvals"
        text="Who asks for what. An approval is about the files of a version as they were when it was asked for: a change of them voids it."
        actions={<ProjectPolicy />}
      />
      <RegistryTabs current="registry/approvals" />
      <DataTable
        name="approvals"
        label="Requests for approval"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='requestedBy = "ada"'
        pathOf={(request) => pathOf(project, 'approval-request', request.id)}
        actions={
          <Select
            label="Which"
            hideLabel
            choices={choices}
            value={which}
            onChange={(event) => change({ which: event.target.value === 'mine' ? null : event.target.value })}
          />
        }
        empty={
          which === 'mine'
            ? {
                title: 'Nothing waits for you',
                text: 'Requests that you may decide are listed here.',
                action: (
                  <Button small onClick={() => change({ which: 'open' })}>
                    Show all open requests
                  </Button>
                ),
              }
            : {
                title: 'Nobody asked for anything',
                text: 'Ask for an approval on the page of a version.',
                command: `millwright model-versions request-approval VERSION --reason TEXT --project ${project}`,
              }
        }
      />
    </>
  );
};
export default Approvals;
