import {
  listDatasets,
  listEndpoints,
  listIncidents,
  listModels,
  listPipelineRuns,
  listRuns,
} from '@millwright/contract';
import { CornerDownLeft } from 'lucide-react';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { stages } from '../../app/stages.ts';
import { Status } from '../../ui/badge.tsx';
import { formatCount } from '../../ui/format.ts';
import { worstOf } from '../../ui/status.ts';
import { RelativeTime } from '../../ui/time.tsx';
import { StageCard } from './stage-card.tsx';

const countOf = (page: { items: readonly unknown[]; nextCursor: string | null } | undefined): string | null =>
  page ? `${formatCount(page.items.length)}${page.nextCursor ? '+' : ''}` : null;
const icon = (id: string) => stages.find((stage) => stage.id === id)?.icon;
const limit = 200;

/** The five stations of the loop, each with how much there is, how it fares and what is newest, and the way back. */
export const Loop = () => {
  const params = { project: useProject() };
  const query = { limit };
  const datasets = useRead(listDatasets, { params, query });
  const runs = useRead(listRuns, { params, query });
  const models = useRead(listModels, { params, query });
  const endpoints = useRead(listEndpoints, { params, query });
  const incidents = useRead(listIncidents, { params, query });
  const pipelineRuns = useRead(listPipelineRuns, { params, query: { limit: 10 } });

  const newestData = datasets.data?.items
    .filter((one) => one.latestVersion)
    .sort((a, b) => (b.latestVersion?.createdAt ?? 0) - (a.latestVersion?.createdAt ?? 0))[0];
  const newestRun = runs.data?.items[0];
  const champion = models.data?.items.find((model) => model.aliases['champion']);
  const endpoint = endpoints.data?.items[0];
  const openIncidents = incidents.data?.items.filter((incident) => incident.state !== 'resolved') ?? [];
  const lastRun = pipelineRuns.data?.items[0];
  const predictions = endpoints.data?.items.reduce((sum, one) => sum + one.predictions, 0) ?? 0;
  return (
    <section aria-label="The loop">
      <ol className="grid gap-2 sm:grid-cols-2 lg:grid-cols-5">
        <StageCard
          stage="data"
          title="Data"
          icon={icon('data')}
          count={countOf(datasets.data)}
          unit={['data set', 'data sets']}
          error={datasets.error}
          health={worstOf(datasets.data?.items.map((one) => one.health) ?? [])}
          newest={
            newestData?.latestVersion ? (
              <>
                <ObjectLink type="dataset" id={newestData.id}>
                  {newestData.name}
                </ObjectLink>{' '}
                v{newestData.latestVersion.number}, <RelativeTime at={newestData.latestVersion.createdAt} />
              </>
            ) : null
          }
        />
        <StageCard
          stage="experiments"
          title="Training"
          icon={icon('experiments')}
          count={countOf(runs.data)}
          unit={['run', 'runs']}
          error={runs.error}
          health={newestRun?.status ?? null}
          newest={
            newestRun ? (
              <>
                <ObjectLink type="run" id={newestRun.id}>
                  {newestRun.name || newestRun.id.slice(-8)}
                </ObjectLink>
                , <RelativeTime at={newestRun.startedAt} />
              </>
            ) : null
          }
        />
        <StageCard
          stage="registry"
          title="Registry"
          icon={icon('registry')}
          count={countOf(models.data)}
          unit={['model', 'models']}
          error={models.error}
          health={models.data?.items.length ? (champion ? 'ready' : 'pending') : null}
          healthLabel={champion ? 'Champion' : 'No champion'}
          newest={
            champion?.aliases['champion'] ? (
              <>
                <ObjectLink type="model" id={champion.id}>
                  {champion.name}
                </ObjectLink>{' '}
                champion v{champion.aliases['champion'].number} of {champion.versionCount}
              </>
            ) : null
          }
        />
        <StageCard
          stage="serving"
          title="Serving"
          icon={icon('serving')}
          count={countOf(endpoints.data)}
          unit={['endpoint', 'endpoints']}
          error={endpoints.error}
          health={worstOf(endpoints.data?.items.map((one) => one.health) ?? [])}
          newest={
            endpoint ? (
              <>
                <ObjectLink type="endpoint" id={endpoint.id}>
                  {endpoint.name}
                </ObjectLink>
                , {formatCount(predictions)} predictions
              </>
            ) : null
          }
        />
        <StageCard
          stage="monitoring"
          title="Monitoring"
          icon={icon('monitoring')}
          count={incidents.data ? formatCount(openIncidents.length) : null}
          unit={['open incident', 'open incidents']}
          error={incidents.error}
          health={incidents.data ? (worstOf(openIncidents.map((one) => one.state)) ?? (endpoint ? 'ok' : null)) : null}
          newest={
            openIncidents[0] ? (
              <ObjectLink type="incident" id={openIncidents[0].id}>
                {openIncidents[0].title}
              </ObjectLink>
            ) : null
          }
        />
      </ol>
      <div className="mx-[8%] hidden h-5 rounded-b-xl border border-t-0 border-line-strong/60 lg:block" aria-hidden />
      <p className="mt-2 flex flex-wrap items-center justify-center gap-x-2 gap-y-1 text-center text-muted lg:-mt-3">
        <span className="inline-flex flex-wrap items-center justify-center gap-2 bg-canvas px-3">
          <CornerDownLeft aria-hidden size={13} />
          {lastRun ? (
            <>
              Back by{' '}
              <ObjectLink type="pipeline-run" id={lastRun.id}>
                {lastRun.pipelineName} #{lastRun.number}
              </ObjectLink>{' '}
              <Status state={lastRun.state} quiet /> <RelativeTime at={lastRun.startedAt} />
            </>
          ) : (
            'No pipeline has brought the loop back yet'
          )}
        </span>
      </p>
    </section>
  );
};
