import { type Team, listTeams } from '@millwright/contract';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useRows } from '../../api/rows.ts';
import { useMay } from '../../app/session.tsx';
import type { TableColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/card.tsx';
import { CreateTeam } from './create-team.tsx';
import { GovernanceTabs } from './tabs.tsx';
import { TeamPeek, grantText } from './team-peek.tsx';

const idOf = (team: Team) => team.id;
const grantsOf = (team: Team) => team.grants.map(grantText).join(', ');
const membersOf = (team: Team) => team.members.map(({ principalName }) => principalName).join(', ');

const columns: readonly TableColumn<Team>[] = [
  { id: 'name', header: 'Team', value: (team) => team.name, width: 200 },
  { id: 'project', header: 'Project', value: (team) => team.project, width: 140 },
  { id: 'grants', header: 'Gives', value: grantsOf, width: 280 },
  { id: 'members', header: 'Members', value: membersOf, width: 240, grow: true },
];

const Teams = () => {
  const rows = useRows(listTeams, {}, idOf);
  const may = useMay('access:write');
  const [creating, setCreating] = useState(false);
  return (
    <>
      <PageHeader
        title="Teams"
        text="Roles in one project that are handed out together: members have all of them. MLflow's clients know them as roles."
      />
      <GovernanceTabs current="governance/teams" />
      <DataTable
        name="teams"
        label="Teams"
        rows={rows}
        idOf={idOf}
        columns={columns}
        peek={(team) => <TeamPeek team={team} />}
        peekTitle={(team) => team.name}
        empty={{
          title: 'No teams',
          text: 'A team has roles that all its members have.',
          command: 'millwright teams create --project demo --name research',
        }}
        actions={
          may ? (
            <Button tone="primary" icon={<Plus aria-hidden size={14} />} onClick={() => setCreating(true)}>
              New team
            </Button>
          ) : null
        }
      />
      {creating ? <CreateTeam onClose={() => setCreating(false)} /> : null}
    </>
  );
};
export default Teams;
