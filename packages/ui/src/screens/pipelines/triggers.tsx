import { type Pipeline, type TriggerDecision, listTriggerDecisions } from '@millwright/contract';
import { useRows } from '../../api/rows.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { coolDownWords, triggerWords } from './spec.ts';

const idOf = (decision: TriggerDecision) => decision.id;
const columns: readonly TableColumn<TriggerDecision>[] = [
  timeColumn('at', 'When', (one) => one.at, instantCell),
  { id: 'kind', header: 'Trigger', value: (one) => one.kind, width: 95 },
  {
    id: 'decision',
    header: 'Decision',
    value: (one) => one.decision,
    cell: (one) => <Status quiet state={one.decision} />,
    width: 140,
  },
  { id: 'reason', header: 'Reason', value: (one) => one.reason, width: 420, grow: true },
  {
    id: 'pipelineRunId',
    header: 'Run',
    value: (one) => one.pipelineRunId,
    width: 120,
    cell: (one) =>
      one.pipelineRunId ? (
        <ObjectLink type="pipeline-run" id={one.pipelineRunId}>
          …{one.pipelineRunId.slice(-8)}
        </ObjectLink>
      ) : (
        <span className="text-faint">–</span>
      ),
  },
  { id: 'eventId', header: 'Event', value: (one) => one.eventId, width: 160, hidden: true },
];

/** What may start the pipeline, and what was made of each time it could have. */
export const Triggers = ({ pipeline }: { pipeline: Pipeline }) => {
  const project = useProject();
  const rows = useRows(listTriggerDecisions, { params: { project, pipeline: pipeline.id } }, idOf);
  const triggers = pipeline.spec.triggers ?? [];
  return (
    <div className="flex flex-col gap-3">
      <Card title="What starts it">
        <KeyValue
          pairs={[
            ...triggers.map((trigger, index) => [`Trigger ${index + 1}`, triggerWords(trigger)] as const),
            ...(triggers.length === 0 ? ([['Triggers', 'None: it is started by hand']] as const) : []),
            ['Cool-down', coolDownWords(pipeline.spec.coolDownMs)],
            [
              'Next by schedule',
              pipeline.nextRunAt === null ? null : <RelativeTime key="next" at={pipeline.nextRunAt} />,
            ],
            ['State', <Status key="state" state={pipeline.enabled ? 'enabled' : 'disabled'} />],
          ]}
        />
      </Card>
      <h2 className="text-sm font-semibold">Every trigger, and what was made of it</h2>
      <DataTable
        name="trigger-decisions"
        label="Decisions on triggers"
        prefix="decision"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='decision != "started"'
        peekTitle={(decision) => <Status state={decision.decision} />}
        peek={(decision) => (
          <div className="flex flex-col gap-3">
            <p>{decision.reason}</p>
            <KeyValue
              pairs={[
                ['When', <RelativeTime key="at" at={decision.at} />],
                ['Trigger', decision.kind],
                ['Event', decision.eventId],
              ]}
            />
          </div>
        )}
        empty={{
          title: 'No trigger has come yet',
          text: 'When a schedule is due or an event comes, the decision is listed here with its reason, also when it was no.',
        }}
      />
    </div>
  );
};
