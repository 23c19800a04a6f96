import {
  type Role,
  type Team,
  addTeamMember,
  createTeamGrant,
  deleteTeam,
  deleteTeamGrant,
  listPrincipals,
  listTeams,
  removeTeamMember,
  roleNames,
} from '@millwright/contract';
import { Trash2, X } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../app/session.tsx';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { KeyValue } from '../../ui/card.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { ErrorState } from '../../ui/states.tsx';

const wholeProject = '';
const resourceForm = '[a-z\\-]+/([A-Za-z0-9._\\-]{1,120}|[*])';

export const grantText = ({ role, resource }: Team['grants'][number]): string =>
  resource === null ? role : `${role} on ${resource}`;

/** What a team has, each with a button that takes it away, and a form for one more. */
const Part = <Item extends { id: string; text: string }>({
  title,
  none,
  items,
  onRemove,
  disabled,
  children,
}: {
  title: string;
  none: string;
  items: readonly Item[];
  onRemove: (id: string) => void;
  disabled: boolean;
  children: ReactNode;
}) => (
  <section className="flex w-full flex-col gap-2">
    <h3 className="text-xs font-medium text-muted">{title}</h3>
    {items.length === 0 ? <p className="text-muted">{none}</p> : null}
    <ul className="flex flex-col gap-1">
      {items.map(({ id, text }) => (
        <li key={id} className="flex items-center gap-2">
          <span className="min-w-0 flex-1 truncate" title={text}>
            {text}
          </span>
          <IconButton
            label={`Take away ${text}`}
            icon={<X aria-hidden size={14} />}
            disabled={disabled}
            onClick={() => onRemove(id)}
          />
        </li>
      ))}
    </ul>
    {children}
  </section>
);

const GiveRole = ({ team }: { team: Team }) => {
  const [role, setRole] = useState<Role>('viewer');
  const [resource, setResource] = useState(wholeProject);
  const give = useChange(createTeamGrant, { quiet: true, done: 'The role was given', refresh: [listTeams] });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    give.mutate({ params: { team: team.id }, body: { role, ...(resource === wholeProject ? {} : { resource }) } });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
      <Select
        label="Role"
        choices={roleNames.map((name) => ({ value: name, label: name }))}
        value={role}
        onChange={(event) => setRole(event.target.value as Role)}
      />
      <TextField
        label="On"
        placeholder="the whole project"
        title="Empty for the whole project, else e.g. experiment/fraud or model/*"
        pattern={resourceForm}
        value={resource}
        onChange={(event) => setResource(event.target.value)}
      />
      <Button small type="submit" busy={give.isPending}>
        Give role
      </Button>
      {give.error ? <ErrorState error={give.error} /> : null}
    </form>
  );
};

const AddMember = ({ team }: { team: Team }) => {
  const principals = useRead(listPrincipals, { query: { limit: 1000 } });
  const [principal, setPrincipal] = useState('');
  const add = useChange(addTeamMember, {
    quiet: true,
    done: 'The member was added',
    refresh: [listTeams],
    onDone: () => setPrincipal(''),
  });
  const members = new Set(team.members.map(({ principalId }) => principalId));
  const others = principals.data?.items.filter(({ id, kind }) => kind !== 'local-owner' && !members.has(id)) ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ params: { team: team.id }, body: { principal } });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
      <Select
        label="Account"
        required
        choices={[
          { value: '', label: 'Choose an account' },
          ...others.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={principal}
        onChange={(event) => setPrincipal(event.target.value)}
      />
      <Button small type="submit" busy={add.isPending}>
        Add member
      </Button>
      {add.error ? <ErrorState error={add.error} /> : null}
    </form>
  );
};

/** A team, and all there is to change of it. */
export const TeamPeek = ({ team }: { team: Team }) => {
  const may = useMay('access:write');
  const [deleting, setDeleting] = useState(false);
  const revoke = useChange(deleteTeamGrant, { done: 'The role was taken away', refresh: [listTeams] });
  const remove = useChange(removeTeamMember, { done: 'The member was taken out', refresh: [listTeams] });
  return (
    <div className="flex flex-col items-start gap-4">
      <KeyValue
        pairs={[
          ['Project', team.project],
          ['Description', team.description],
        ]}
      />
      <Part
        title="Gives to all members"
        none="Nothing yet."
        items={team.grants.map((grant) => ({ id: grant.id, text: grantText(grant) }))}
        disabled={!may}
        onRemove={(number) => revoke.mutate({ params: { team: team.id, number } })}
      >
        {may ? <GiveRole team={team} /> : null}
      </Part>
      <Part
        title="Members"
        none="Nobody yet."
        items={team.members.map(({ principalId, principalName }) => ({ id: principalId, text: principalName }))}
        disabled={!may}
        onRemove={(principal) => remove.mutate({ params: { team: team.id, principal } })}
      >
        {may ? <AddMember team={team} /> : null}
      </Part>
      <Button
        tone="danger"
        disabled={!may}
        title={may ? undefined : 'Needs access:write'}
        icon={<Trash2 aria-hidden size={14} />}
        onClick={() => setDeleting(true)}
      >
        Delete
      </Button>
      {deleting ? (
        <ActionDialog
          operation={deleteTeam}
          input={{ params: { team: team.id } }}
          title={`Delete the team ${team.name}`}
          action="Delete"
          danger
          refresh={[listTeams]}
          done={`Team ${team.name} is deleted`}
          onClose={() => setDeleting(false)}
          plan={`${team.members.length} members lose ${team.grants.length} roles in ${team.project}, from the next request on.`}
        />
      ) : null}
    </div>
  );
};
