import { type Grant, deleteGrant, listGrants, roles } from '@millwright/contract';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useRows } from '../../api/rows.ts';
import { useMay } from '../../app/session.tsx';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValue, PageHeader } from '../../ui/card.tsx';
import { CreateGrant } from './create-grant.tsx';
import { GovernanceTabs } from './tabs.tsx';

const idOf = (grant: Grant) => grant.id;
const scopeOf = (grant: Grant) =>
  grant.resource ? `${grant.project ?? ''}: ${grant.resource}` : (grant.project ?? 'the whole instance');
const columns: readonly TableColumn<Grant>[] = [
  { id: 'principalName', header: 'Who', value: (grant) => grant.principalName, width: 240, grow: true },
  {
    id: 'role',
    header: 'Role',
    value: (grant) => grant.role,
    cell: (grant) => <Badge tone={grant.role === 'admin' ? 'warn' : 'idle'}>{grant.role}</Badge>,
  },
  { id: 'project', header: 'Where', value: scopeOf, width: 240 },
  timeColumn('createdAt', 'Granted', (grant) => grant.createdAt, instantCell),
];

const GrantPeek = ({ grant }: { grant: Grant }) => {
  const may = useMay('access:write');
  const [open, setOpen] = useState(false);
  return (
    <div className="flex flex-col items-start gap-3">
      <KeyValue
        pairs={[
          ['Who', grant.principalName],
          ['Role', grant.role],
          ['Where', scopeOf(grant)],
          [
            'Allows',
            <span key="allows" className="font-mono text-xs leading-5">
              {roles[grant.role].join(', ')}
            </span>,
          ],
        ]}
      />
      <Button
        tone="danger"
        disabled={!may}
        title={may ? undefined : 'Needs access:write'}
        onClick={() => setOpen(true)}
      >
        Take the role back
      </Button>
      {open ? (
        <ActionDialog
          operation={deleteGrant}
          input={{ params: { grant: grant.id } }}
          title={`Take ${grant.role} from ${grant.principalName}`}
          action="Take it back"
          danger
          refresh={[listGrants]}
          done="The role was taken back"
          onClose={() => setOpen(false)}
          plan={`${grant.principalName} loses ${roles[grant.role].length} permissions on ${scopeOf(grant)}, from the next request on.`}
        />
      ) : null}
    </div>
  );
};

const Grants = () => {
  const rows = useRows(listGrants, {}, idOf);
  const may = useMay('access:write');
  const [creating, setCreating] = useState(false);
  return (
    <>
      <PageHeader title="Roles" text="Who may do what, where: on the instance, in a project, or on one resource." />
      <GovernanceTabs current="governance/grants" />
      <DataTable
        name="grants"
        label="Roles"
        rows={rows}
        idOf={idOf}
        columns={columns}
        peek={(grant) => <GrantPeek grant={grant} />}
        peekTitle={(grant) => `${grant.principalName}: ${grant.role}`}
        empty={{
          title: 'No roles granted',
          text: 'The local owner needs none.',
          command: 'millwright grants create --principal ada --role editor --project demo',
        }}
        actions={
          may ? (
            <Button tone="primary" icon={<Plus aria-hidden size={14} />} onClick={() => setCreating(true)}>
              Grant a role
            </Button>
          ) : null
        }
      />
      {creating ? <CreateGrant onClose={() => setCreating(false)} /> : null}
    </>
  );
};
export default Grants;
