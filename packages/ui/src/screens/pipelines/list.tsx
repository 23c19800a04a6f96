import { type Pipeline, type PipelineSpec, listPipelines } from '@millwright/contract';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useRows } from '../../api/rows.ts';
import { ObjectLink, pathOf } from '../../app/links.tsx';
import { useGo, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { DefinitionForm } from './definition-form.tsx';
import { triggerWords } from './spec.ts';

const idOf = (pipeline: Pipeline) => pipeline.id;
const example: PipelineSpec = {
  steps: [
    { name: 'latest', kind: 'data.latest', with: { dataset: 'card-payments' } },
    {
      name: 'validate',
      kind: 'data.validate',
      needs: ['latest'],
      with: { datasetVersionId: { $from: 'latest.datasetVersionId' } },
    },
  ],
  triggers: [{ kind: 'schedule', cron: '0 3 * * *', timeZone: 'Europe/Berlin' }],
};

const columns: readonly TableColumn<Pipeline>[] = [
  { id: 'name', header: 'Name', value: (one) => one.name, width: 220, grow: true },
  {
    id: 'enabled',
    header: 'State',
    value: (one) => one.enabled,
    cell: (one) => <Status quiet state={one.enabled ? 'enabled' : 'disabled'} />,
    width: 110,
  },
  {
    id: 'lastRun.state',
    header: 'Last run',
    value: (one) => one.lastRun?.state,
    width: 210,
    cell: (one) =>
      one.lastRun ? (
        <span className="inline-flex items-center gap-2">
          <Status quiet state={one.lastRun.state} />
          <ObjectLink type="pipeline-run" id={one.lastRun.id}>
            <RelativeTime at={one.lastRun.startedAt} />
          </ObjectLink>
        </span>
      ) : (
        <span className="text-faint">never</span>
      ),
  },
  timeColumn('nextRunAt', 'Next run', (one) => one.nextRunAt, instantCell),
  { id: 'steps', header: 'Steps', numeric: true, width: 80, value: (one) => one.spec.steps.length },
  {
    id: 'triggers',
    header: 'Triggers',
    value: (one) => (one.spec.triggers ?? []).map(triggerWords).join('; '),
    width: 320,
  },
  { id: 'revision', header: 'Revision', numeric: true, width: 95, value: (one) => one.revision },
  { id: 'owner', header: 'Owner', value: (one) => one.owner, width: 120 },
  timeColumn('updatedAt', 'Updated', (one) => one.updatedAt, instantCell),
];

const Pipelines = () => {
  const project = useProject();
  const go = useGo();
  const may = useMay('pipeline:write');
  const rows = useRows(listPipelines, { params: { project } }, idOf);
  const [creating, setCreating] = useState(false);
  return (
    <>
      <PageHeader
        title="Pipelines"
        text="Steps that run by themselves: on a schedule, on an event, or by hand. Every trigger gets a decision with its reason."
        actions={
          <Button
            tone="primary"
            icon={<Plus aria-hidden size={14} />}
            disabled={!may}
            title={may ? undefined : 'Needs pipeline:write'}
            onClick={() => setCreating(true)}
          >
            New pipeline
          </Button>
        }
      />
      <DataTable
        name="pipelines"
        label="Pipelines"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='enabled = true and lastRun.state = "failed"'
        pathOf={(pipeline) => pathOf(project, 'pipeline', pipeline.id)}
        empty={{
          title: 'No pipelines yet',
          text: 'Save a definition, here or from a file:',
          command: `millwright pipelines save retrain --project ${project} --spec "$(cat retrain.json)"`,
        }}
      />
      {creating ? (
        <Dialog open wide onClose={() => setCreating(false)} title="New pipeline">
          <DefinitionForm
            spec={example}
            onCancel={() => setCreating(false)}
            onDone={(saved) => go(pathOf(project, 'pipeline', saved.id) as string)}
          />
        </Dialog>
      ) : null}
    </>
  );
};
export default Pipelines;
