import { type Team, listTeams } from '@millwright/contract';
import { useRows } from '../../api/rows.ts';
import type { TableColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { KeyValue, PageHeader } from '../../ui/card.tsx';
import { GovernanceTabs } from './tabs.tsx';

const idOf = (team: Team) => team.id;
const grantText = ({ role, resource }: Team['grants'][number]) => (resource === null ? role : `${role} on ${resource}`);
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
  return (
    <>
      <PageHeader title="Teams" text="Roles in one project that are handed out together: members have all of them." />
      <GovernanceTabs current="governance/teams" />
      <DataTable
        name="teams"
        label="Teams"
        rows={rows}
        idOf={idOf}
        columns={columns}
        peek={(team) => (
          <KeyValue
            pairs={[
              ['Team', team.name],
              ['Project', team.project],
              ['Description', team.description ?? 'none'],
              ['Gives', grantsOf(team) || 'nothing yet'],
              ['Members', membersOf(team) || 'nobody yet'],
            ]}
          />
        )}
        peekTitle={(team) => team.name}
        empty={{
          title: 'No teams',
          text: "A team has roles that all its members have. MLflow's clients make them: create_role of AuthServiceClient.",
        }}
      />
    </>
  );
};
export default Teams;
