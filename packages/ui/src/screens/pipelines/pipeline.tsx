import { type Pipeline, getPipeline, getPipelineRun } from '@millwright/contract';
import { useQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { queryFor, useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { ObjectLink } from '../../app/links.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { useMay } from '../../app/session.tsx';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { LoadedPage } from '../../ui/loaded.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { Definition } from './definition.tsx';
import { RunsTable } from './runs-table.tsx';
import { coolDownWords, triggerWords } from './spec.ts';
import { StartDialog } from './start-dialog.tsx';
import { StepGraph } from './step-graph.tsx';
import { Triggers } from './triggers.tsx';

const Overview = ({ pipeline }: { pipeline: Pipeline }) => {
  const project = useProject();
  const lastId = pipeline.lastRun?.id;
  const last = useQuery({
    ...queryFor(getPipelineRun, { params: { project, pipelineRun: lastId ?? '' } }),
    enabled: lastId !== undefined,
  });
  return (
    <div className="flex flex-col gap-3">
      {pipeline.description ? <p className="max-w-3xl">{pipeline.description}</p> : null}
      <StepGraph
        label={`Steps of ${pipeline.name}`}
        spec={pipeline.spec}
        {...(last.data ? { steps: last.data.steps } : {})}
      />
      <Card title="This pipeline">
        <KeyValue
          columns={2}
          pairs={[
            [
              'Last run',
              pipeline.lastRun ? (
                <span key="last" className="inline-flex flex-wrap items-center gap-2">
                  <Status state={pipeline.lastRun.state} />
                  <ObjectLink type="pipeline-run" id={pipeline.lastRun.id}>
                    <RelativeTime at={pipeline.lastRun.startedAt} />
                  </ObjectLink>
                </span>
              ) : (
                'It has not run yet'
              ),
            ],
            [
              'Next by schedule',
              pipeline.nextRunAt === null ? null : <RelativeTime key="next" at={pipeline.nextRunAt} />,
            ],
            ['Started by', (pipeline.spec.triggers ?? []).map(triggerWords).join('; ') || 'Hand only'],
            ['Cool-down', coolDownWords(pipeline.spec.coolDownMs)],
            ['Id', <ShortId key="id" value={pipeline.id} />],
            ['Saved', <RelativeTime key="saved" at={pipeline.updatedAt} />],
          ]}
        />
      </Card>
    </div>
  );
};

const PipelinePage = ({ pipeline }: { pipeline: Pipeline }) => {
  const may = useMay('pipeline:run');
  const [starting, setStarting] = useState(false);
  return (
    <>
      <ObjectPage
        trail={[{ label: 'Pipelines', path: 'pipelines' }]}
        kind="Pipeline"
        name={pipeline.name}
        version={`revision ${pipeline.revision}`}
        health={pipeline.enabled ? (pipeline.lastRun?.state ?? null) : 'disabled'}
        owner={pipeline.owner}
        actions={
          <Button
            tone="primary"
            icon={<Play aria-hidden size={13} />}
            disabled={!may}
            title={may ? undefined : 'Needs pipeline:run'}
            onClick={() => setStarting(true)}
          >
            Start
          </Button>
        }
        tabs={[
          { id: 'overview', label: 'Overview', content: () => <Overview pipeline={pipeline} /> },
          { id: 'runs', label: 'Runs', content: () => <RunsTable pipeline={pipeline} /> },
          { id: 'triggers', label: 'Triggers', content: () => <Triggers pipeline={pipeline} /> },
          { id: 'definition', label: 'Definition', content: () => <Definition pipeline={pipeline} /> },
          {
            id: 'activity',
            label: 'Activity',
            content: () => <ActivityList resourceType="pipeline" resourceId={pipeline.id} />,
          },
        ]}
      />
      {starting ? <StartDialog pipeline={pipeline} onClose={() => setStarting(false)} /> : null}
    </>
  );
};

const PipelineScreen = () => {
  const pipeline = useRead(getPipeline, { params: { project: useProject(), pipeline: useParam('pipeline') } });
  return <LoadedPage query={pipeline}>{(data) => <PipelinePage pipeline={data} />}</LoadedPage>;
};
export default PipelineScreen;
