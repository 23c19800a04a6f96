import {
  type PipelineRun,
  cancelPipelineRun,
  getPipelineRun,
  listPipelineRuns,
  listPipelines,
} from '@millwright/contract';
import { Ban } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { ObjectLink } from '../../app/links.tsx';
import { useParam, useProject, useScreenSearch } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { GanttChart } from '../../charts/draw/gantt-chart.tsx';
import { prepareGantt } from '../../charts/prepare/gantt.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { CodeBlock, ShortId } from '../../ui/code.tsx';
import { LoadedPage } from '../../ui/loaded.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { Duration, RelativeTime, useNow } from '../../ui/time.tsx';
import { StepDetail } from './step-detail.tsx';
import { StepGraph } from './step-graph.tsx';

const isUnderWay = (run: PipelineRun) => run.state === 'running' || run.state === 'queued';
/** The step people look for: the one that runs, or ended the run, or the last that did something. */
const telling = (run: PipelineRun) =>
  run.steps.find((step) => ['running', 'waiting', 'failed', 'stopped'].includes(step.state)) ??
  run.steps.findLast((step) => step.startedAt !== null) ??
  run.steps[0];

const Cancel = ({ run, onClose }: { run: PipelineRun; onClose: () => void }) => {
  const project = useProject();
  const open = run.steps.filter((step) => ['running', 'waiting'].includes(step.state)).map((step) => step.name);
  const left = run.steps.filter((step) => step.state === 'pending').map((step) => step.name);
  const done = run.steps.filter((step) => step.state === 'succeeded').length;
  return (
    <ActionDialog
      operation={cancelPipelineRun}
      input={{ params: { project, pipelineRun: run.id } }}
      title={`Cancel ${run.pipelineName} #${run.number}`}
      action="Cancel the run"
      danger
      refresh={[getPipelineRun, listPipelineRuns, listPipelines]}
      done="The run is being cancelled"
      onClose={onClose}
      plan={
        <ul className="list-disc pl-4">
          <li>{open.length > 0 ? `Stops ${open.join(', ')}.` : 'No step is under way.'}</li>
          <li>{left.length > 0 ? `Does not begin ${left.join(', ')}.` : 'No step is left to begin.'}</li>
          <li>
            {done === 0 ? 'Nothing has been made yet.' : `What the ${done} finished steps made stays.`} A cancelled run
            cannot go on; start a new one instead.
          </li>
        </ul>
      }
    />
  );
};

const Overview = ({ run }: { run: PipelineRun }) => {
  const [search, change] = useScreenSearch();
  const now = useNow();
  // The clock moves the open bars.
  const end = isUnderWay(run) ? now : (run.endedAt ?? now);
  const prepared = useMemo(
    () =>
      prepareGantt(
        run.steps.map((step) => ({ ...step, id: step.name, label: step.name })),
        end,
      ),
    [run.steps, end],
  );
  const step = run.steps.find((one) => one.name === search['step']) ?? telling(run);
  const choose = (name: string) => change({ step: name });
  return (
    <div className="flex flex-col gap-3">
      {run.message ? <p className="rounded-md border border-line bg-surface px-3 py-2">{run.message}</p> : null}
      <StepGraph
        label={`Steps of ${run.pipelineName} #${run.number}`}
        spec={run.spec}
        steps={run.steps}
        onChoose={choose}
        {...(step ? { chosen: step.name } : {})}
      />
      <div className="grid items-start gap-3 xl:grid-cols-2">
        <Card>
          <GanttChart
            title="When each step ran"
            prepared={prepared}
            onChoose={choose}
            {...(step ? { chosen: step.name } : {})}
          />
        </Card>
        <Card title="This run">
          <KeyValue
            pairs={[
              ['Trigger', `${run.trigger.kind}, by ${run.trigger.by}`],
              ['Reason', run.trigger.reason || null],
              ['Started', <RelativeTime key="started" at={run.startedAt} />],
              ['Took', <Duration key="took" from={run.startedAt} to={run.endedAt} />],
              [
                'Pipeline',
                <span key="pipeline">
                  <ObjectLink type="pipeline" id={run.pipelineId}>
                    {run.pipelineName}
                  </ObjectLink>
                  , revision {run.revision}
                </span>,
              ],
              ['Id', <ShortId key="id" value={run.id} />],
            ]}
          />
        </Card>
      </div>
      {step ? <StepDetail key={step.name} run={run} step={step} /> : null}
    </div>
  );
};

const RunPage = ({ run }: { run: PipelineRun }) => {
  const may = useMay('pipeline:run');
  const [cancelling, setCancelling] = useState(false);
  return (
    <>
      <ObjectPage
        trail={[
          { label: 'Pipelines', path: 'pipelines' },
          { label: run.pipelineName, path: `pipelines/${run.pipelineId}` },
        ]}
        kind="Run"
        name={`${run.pipelineName} #${run.number}`}
        health={run.state}
        actions={
          isUnderWay(run) ? (
            <Button
              tone="danger"
              icon={<Ban aria-hidden size={13} />}
              disabled={!may}
              title={may ? undefined : 'Needs pipeline:run'}
              onClick={() => setCancelling(true)}
            >
              Cancel
            </Button>
          ) : null
        }
        tabs={[
          { id: 'overview', label: 'Overview', content: () => <Overview run={run} /> },
          {
            id: 'definition',
            label: 'Definition',
            content: () => (
              <div className="flex flex-col gap-3">
                <CodeBlock label="Parameters" code={JSON.stringify(run.parameters, null, 2)} />
                <CodeBlock label={`Revision ${run.revision}`} code={JSON.stringify(run.spec, null, 2)} />
              </div>
            ),
          },
          {
            id: 'activity',
            label: 'Activity',
            content: () => <ActivityList resourceType="pipeline-run" resourceId={run.id} />,
          },
        ]}
      />
      {cancelling ? <Cancel run={run} onClose={() => setCancelling(false)} /> : null}
    </>
  );
};

const RunScreen = () => {
  const run = useRead(getPipelineRun, { params: { project: useProject(), pipelineRun: useParam('pipelineRun') } });
  return <LoadedPage query={run}>{(data) => <RunPage run={data} />}</LoadedPage>;
};
export default RunScreen;
