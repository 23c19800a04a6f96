import { type Token, listTokens, revokeToken } from '@millwright/contract';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useRows } from '../../api/rows.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValue, PageHeader } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { CreateToken } from './create-token.tsx';
import { GovernanceTabs } from './tabs.tsx';

const idOf = (token: Token) => token.id;
const stateOf = (token: Token) =>
  token.revokedAt !== null ? 'revoked' : token.expiresAt < Date.now() ? 'expired' : 'active';
const columns: readonly TableColumn<Token>[] = [
  { id: 'name', header: 'Name', value: (token) => token.name, width: 220, grow: true },
  {
    id: 'hint',
    header: 'Begins with',
    value: (token) => token.hint,
    cell: (token) => <code className="font-mono text-xs">{token.hint}…</code>,
  },
  { id: 'state', header: 'State', value: stateOf, cell: (token) => <Status quiet state={stateOf(token)} /> },
  { id: 'project', header: 'Project', value: (token) => token.project ?? 'all' },
  {
    id: 'permissions',
    header: 'Permissions',
    value: (token) => token.permissions?.join(', ') ?? 'those of its owner',
    width: 220,
  },
  timeColumn('expiresAt', 'Expires', (token) => token.expiresAt, instantCell),
  timeColumn('lastUsedAt', 'Last used', (token) => token.lastUsedAt, instantCell),
];

const TokenPeek = ({ token }: { token: Token }) => {
  const [open, setOpen] = useState(false);
  return (
    <div className="flex flex-col items-start gap-3">
      <KeyValue
        pairs={[
          ['State', <Status key="state" state={stateOf(token)} />],
          ['Owner', token.principalId],
          [
            'Begins with',
            <code key="hint" className="font-mono text-xs">
              {token.hint}…
            </code>,
          ],
          ['Project', token.project ?? 'all of its owner'],
          ['Permissions', token.permissions?.join(', ') ?? 'those of its owner'],
          ['Created', <RelativeTime key="created" at={token.createdAt} />],
          ['Expires', <RelativeTime key="expires" at={token.expiresAt} />],
          ['Last used', <RelativeTime key="used" at={token.lastUsedAt} />],
        ]}
      />
      {stateOf(token) === 'active' ? (
        <Button tone="danger" onClick={() => setOpen(true)}>
          Revoke
        </Button>
      ) : null}
      {open ? (
        <ActionDialog
          operation={revokeToken}
          input={{ params: { token: token.id } }}
          title={`Revoke ${token.name}`}
          action="Revoke"
          danger
          refresh={[listTokens]}
          done={`${token.name} is revoked`}
          onClose={() => setOpen(false)}
          plan="Whatever uses this token is refused from the next request on. A revoked token never comes back; create a new one instead."
        />
      ) : null}
    </div>
  );
};

const Tokens = () => {
  const rows = useRows(listTokens, {}, idOf);
  const [creating, setCreating] = useState(false);
  return (
    <>
      <PageHeader
        title="API tokens"
        text="For programs. A token never allows more than its owner, may be narrowed further, and expires."
      />
      <GovernanceTabs current="governance/tokens" />
      <DataTable
        name="tokens"
        label="API tokens"
        rows={rows}
        idOf={idOf}
        columns={columns}
        peek={(token) => <TokenPeek token={token} />}
        peekTitle={(token) => token.name}
        empty={{
          title: 'No tokens yet',
          text: 'Programs and notebooks sign in with one.',
          command: 'millwright tokens create --name notebook',
        }}
        actions={
          <Button tone="primary" icon={<Plus aria-hidden size={14} />} onClick={() => setCreating(true)}>
            New token
          </Button>
        }
      />
      {creating ? <CreateToken onClose={() => setCreating(false)} /> : null}
    </>
  );
};
export default Tokens;
