import { type Principal, listPrincipals, setPrincipalState } from '@millwright/contract';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useRows } from '../../api/rows.ts';
import { useMay } from '../../app/session.tsx';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValue, PageHeader } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { CreateAccount } from './create-account.tsx';
import { GovernanceTabs } from './tabs.tsx';

const idOf = (principal: Principal) => principal.id;
const kinds = { user: 'User', service: 'Service account', 'local-owner': 'Local owner' };
const columns: readonly TableColumn<Principal>[] = [
  { id: 'name', header: 'Name', value: (one) => one.name, width: 240, grow: true },
  { id: 'kind', header: 'Kind', value: (one) => one.kind, cell: (one) => kinds[one.kind], width: 160 },
  { id: 'state', header: 'State', value: (one) => one.state, cell: (one) => <Status quiet state={one.state} /> },
  timeColumn('createdAt', 'Created', (one) => one.createdAt, instantCell),
];

const PrincipalPeek = ({ principal }: { principal: Principal }) => {
  const may = useMay('access:write');
  const [open, setOpen] = useState(false);
  const next = principal.state === 'active' ? 'disabled' : 'active';
  return (
    <div className="flex flex-col items-start gap-3">
      <KeyValue
        pairs={[
          ['Kind', kinds[principal.kind]],
          ['State', <Status key="state" state={principal.state} />],
          ['Id', principal.id],
          ['Created', <RelativeTime key="at" at={principal.createdAt} />],
        ]}
      />
      {principal.kind === 'local-owner' ? (
        <p className="text-muted">The owner of this machine needs no login on it, and cannot be disabled.</p>
      ) : (
        <Button
          tone={next === 'disabled' ? 'danger' : 'plain'}
          disabled={!may}
          title={may ? undefined : 'Needs access:write'}
          onClick={() => setOpen(true)}
        >
          {next === 'disabled' ? 'Disable' : 'Enable'}
        </Button>
      )}
      {open ? (
        <ActionDialog
          operation={setPrincipalState}
          input={{ params: { principal: principal.id }, body: { state: next } }}
          title={`${next === 'disabled' ? 'Disable' : 'Enable'} ${principal.name}`}
          action={next === 'disabled' ? 'Disable' : 'Enable'}
          danger={next === 'disabled'}
          refresh={[listPrincipals]}
          done={`${principal.name} is ${next}`}
          onClose={() => setOpen(false)}
          plan={
            next === 'disabled'
              ? 'Sessions and tokens of this account stop working at once. Roles are kept; enabling it again restores them.'
              : 'The account may sign in again, with the roles it has.'
          }
        />
      ) : null}
    </div>
  );
};

const Principals = () => {
  const rows = useRows(listPrincipals, {}, idOf);
  const may = useMay('access:write');
  const [creating, setCreating] = useState(false);
  return (
    <>
      <PageHeader title="Access" text="Who can come in. Nobody may do anything until a role says so." />
      <GovernanceTabs current="governance" />
      <DataTable
        name="principals"
        label="Accounts"
        rows={rows}
        idOf={idOf}
        columns={columns}
        peek={(one) => <PrincipalPeek principal={one} />}
        peekTitle={(one) => one.name}
        empty={{ title: 'No accounts', command: 'millwright users create --name ada' }}
        actions={
          may ? (
            <Button tone="primary" icon={<Plus aria-hidden size={14} />} onClick={() => setCreating(true)}>
              New account
            </Button>
          ) : null
        }
      />
      {creating ? <CreateAccount onClose={() => setCreating(false)} /> : null}
    </>
  );
};
export default Principals;
