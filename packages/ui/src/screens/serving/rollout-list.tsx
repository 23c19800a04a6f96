import { type Rollout, listRollouts } from '@millwright/contract';
import { useRows } from '../../api/rows.ts';
import { pathOf } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { formatCount, formatNumber, formatPercent } from '../../ui/format.ts';
import { Duration } from '../../ui/time.tsx';

const idOf = (rollout: Rollout) => rollout.id;
const columns: readonly TableColumn<Rollout>[] = [
  {
    id: 'state',
    header: 'State',
    value: (rollout) => rollout.state,
    cell: (rollout) => <Status state={rollout.state} />,
    width: 120,
  },
  {
    id: 'versions',
    header: 'Versions',
    value: (rollout) => `v${rollout.champion.number} to v${rollout.challenger.number}`,
    width: 110,
  },
  {
    id: 'weight',
    header: 'Share',
    value: (rollout) => rollout.weight,
    cell: (rollout) => formatPercent(rollout.weight),
    numeric: true,
    width: 80,
  },
  {
    id: 'challenger.labelled',
    header: 'Labels',
    value: (rollout) => rollout.challenger.labelled,
    cell: (rollout) => formatCount(rollout.challenger.labelled),
    numeric: true,
    width: 80,
    hint: 'Labelled predictions of the challenger',
  },
  {
    id: 'champion.meanLoss',
    header: 'Loss before',
    value: (rollout) => rollout.champion.meanLoss,
    cell: (rollout) => formatNumber(rollout.champion.meanLoss),
    numeric: true,
    width: 110,
  },
  {
    id: 'challenger.meanLoss',
    header: 'Loss after',
    value: (rollout) => rollout.challenger.meanLoss,
    cell: (rollout) => formatNumber(rollout.challenger.meanLoss),
    numeric: true,
    width: 110,
  },
  { id: 'reason', header: 'Why', value: (rollout) => rollout.reason, width: 240, grow: true },
  timeColumn('startedAt', 'Started', (rollout) => rollout.startedAt, instantCell),
  {
    id: 'took',
    header: 'Took',
    value: (rollout) => (rollout.endedAt ?? Date.now()) - rollout.startedAt,
    cell: (rollout) => <Duration from={rollout.startedAt} to={rollout.endedAt} />,
    width: 100,
  },
];

/** The rollouts of one endpoint, newest first. */
export const RolloutList = ({ endpoint }: { endpoint: { id: string; name: string } }) => {
  const project = useProject();
  const rows = useRows(listRollouts, { params: { project }, query: { endpoint: endpoint.id } }, idOf);
  return (
    <DataTable
      name="rollouts"
      label="Rollouts"
      rows={rows}
      idOf={idOf}
      columns={columns}
      filterExample='state = "promoted"'
      pathOf={(rollout) => pathOf(project, 'rollout', rollout.id)}
      empty={{
        title: 'No rollout yet',
        text: 'A rollout gives a new version a share of the traffic and lets the evidence decide.',
        command: `millwright endpoints rollout ${endpoint.name} --model-version-id VERSION --project ${project}`,
      }}
    />
  );
};
