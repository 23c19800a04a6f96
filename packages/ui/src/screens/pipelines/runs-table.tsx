import { type Pipeline, type PipelineRun, listPipelineRuns } from '@millwright/contract';
import { useRows } from '../../api/rows.ts';
import { pathOf } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { statusLook } from '../../ui/status.ts';
import { Duration } from '../../ui/time.tsx';

const idOf = (run: PipelineRun) => run.id;
const done = (run: PipelineRun) => run.steps.filter((step) => step.state === 'succeeded').length;
const fills = { good: 'bg-good', warn: 'bg-warn', bad: 'bg-bad', info: 'bg-info', idle: 'bg-line-strong/50' };

const Steps = ({ run }: { run: PipelineRun }) => (
  <span className="flex items-center gap-2">
    <span aria-hidden className="flex flex-1 gap-0.5">
      {run.steps.map((step) => (
        <span key={step.name} className={`h-1.5 flex-1 rounded-full ${fills[statusLook(step.state).tone]}`} />
      ))}
    </span>
    <span className="text-xs text-muted tabular-nums">
      {done(run)} of {run.steps.length}
    </span>
  </span>
);

const columns: readonly TableColumn<PipelineRun>[] = [
  {
    id: 'number',
    header: 'Run',
    numeric: true,
    width: 70,
    value: (run) => run.number,
    cell: (run) => `#${run.number}`,
  },
  {
    id: 'state',
    header: 'State',
    value: (run) => run.state,
    cell: (run) => <Status quiet state={run.state} />,
    width: 110,
  },
  { id: 'steps', header: 'Steps done', value: done, cell: (run) => <Steps run={run} />, width: 170 },
  { id: 'trigger.kind', header: 'Trigger', value: (run) => run.trigger.kind, width: 95 },
  { id: 'trigger.reason', header: 'Reason', value: (run) => run.trigger.reason, width: 280, grow: true },
  { id: 'message', header: 'Message', value: (run) => run.message, width: 240 },
  timeColumn('startedAt', 'Started', (run) => run.startedAt, instantCell),
  {
    id: 'durationMs',
    header: 'Took',
    numeric: true,
    width: 110,
    value: (run) => (run.endedAt ?? Date.now()) - run.startedAt,
    cell: (run) => <Duration from={run.startedAt} to={run.endedAt} />,
  },
  { id: 'revision', header: 'Revision', numeric: true, width: 95, value: (run) => run.revision },
];

export const RunsTable = ({ pipeline }: { pipeline: Pipeline }) => {
  const project = useProject();
  const rows = useRows(listPipelineRuns, { params: { project }, query: { pipeline: pipeline.id } }, idOf);
  return (
    <DataTable
      name="pipeline-runs"
      label="Runs"
      prefix="run"
      rows={rows}
      idOf={idOf}
      columns={columns}
      filterExample='state = "failed" or trigger.kind = "event"'
      pathOf={(run) => pathOf(project, 'pipeline-run', run.id)}
      empty={{
        title: 'It has not run yet',
        command: `millwright pipelines start ${pipeline.name} --project ${project} --reason "first run"`,
      }}
    />
  );
};
