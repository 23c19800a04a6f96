import { type Endpoint, type Rollout, getMonitor, listIncidents } from '@millwright/contract';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { TrafficBar } from '../../charts/draw/traffic-bar.tsx';
import { prepareShares } from '../../charts/prepare/shares.ts';
import { Status } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { formatCount, formatPercent } from '../../ui/format.ts';
import { SignatureTable } from '../../ui/signature.tsx';
import { ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { Swatch } from '../../ui/swatch.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { captureOf, trafficOf } from './traffic.ts';

const Traffic = ({ endpoint }: { endpoint: Endpoint }) => (
  <Card>
    {endpoint.variants.length === 0 ? (
      <p className="text-muted">Nothing is served yet: the model has no champion.</p>
    ) : (
      <>
        <TrafficBar title="Traffic" prepared={prepareShares(trafficOf(endpoint), 'Traffic')} />
        <ul className="mt-3 flex flex-col">
          {endpoint.variants.map((variant) => (
            <li key={variant.role} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line py-1.5">
              <Swatch entity={variant.role} />
              <span className="w-20">{variant.role}</span>
              <ObjectLink type="model-version" id={variant.modelVersionId}>
                {variant.modelName} v{variant.number}
              </ObjectLink>
              <Status state={variant.state} quiet />
              {variant.message ? <span className="basis-full text-xs text-bad">{variant.message}</span> : null}
            </li>
          ))}
        </ul>
      </>
    )}
  </Card>
);

const Capture = ({ endpoint }: { endpoint: Endpoint }) => {
  const parts = captureOf(endpoint);
  return (
    <Card>
      {parts.length === 0 ? (
        <p className="text-muted">No predictions yet. Every one is captured, or counted as dropped.</p>
      ) : (
        <TrafficBar title="Capture" prepared={prepareShares(parts, 'Predictions')} />
      )}
      <div className="mt-3 border-t border-line pt-3">
        <KeyValue
          columns={2}
          pairs={[
            ['Predictions', formatCount(endpoint.predictions)],
            ['Captured', formatCount(endpoint.captured)],
            [
              'Dropped',
              endpoint.dropped === 0 ? (
                '0'
              ) : (
                <Status key="dropped" state="warning" label={formatCount(endpoint.dropped)} quiet />
              ),
            ],
            [
              'Labels',
              `${formatCount(endpoint.labels)}${endpoint.captured > 0 ? ` (${formatPercent(endpoint.labels / endpoint.captured)} of the captured)` : ''}`,
            ],
          ]}
        />
      </div>
    </Card>
  );
};

const CurrentRollout = ({ rollout }: { rollout: Rollout | undefined }) => (
  <Card title={rollout && rollout.endedAt === null ? 'Rollout under way' : 'Last rollout'}>
    {rollout ? (
      <div className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center gap-x-3">
          <Status state={rollout.state} />
          <ObjectLink type="rollout" id={rollout.id}>
            v{rollout.champion.number} to v{rollout.challenger.number}
          </ObjectLink>
          <span className="text-muted">
            {rollout.endedAt === null
              ? `${formatPercent(rollout.weight)} of the traffic, ${formatCount(rollout.challenger.labelled)} labels of the challenger`
              : null}
          </span>
          <span className="ml-auto text-xs text-faint">
            <RelativeTime at={rollout.endedAt ?? rollout.startedAt} />
          </span>
        </div>
        <p className="text-muted">{rollout.decisions.at(-1)?.reason ?? rollout.reason}</p>
      </div>
    ) : (
      <p className="text-muted">None yet: the first champion came with the endpoint.</p>
    )}
  </Card>
);

const Watched = ({ endpoint }: { endpoint: Endpoint }) => {
  const project = useProject();
  const monitor = useRead(getMonitor, { params: { project, endpoint: endpoint.id } });
  const incidents = useRead(listIncidents, { params: { project }, query: { endpoint: endpoint.id, limit: 200 } });
  const open = incidents.data?.items.filter((incident) => incident.state !== 'resolved') ?? [];
  return (
    <Card
      title="Watched"
      aside={
        <ObjectLink
          type="monitor"
          id={endpoint.id}
          className="inline-flex min-h-6 items-center text-xs text-accent hover:underline"
        >
          Drift and performance
        </ObjectLink>
      }
    >
      {monitor.error ? (
        <ErrorState error={monitor.error} onRetry={() => void monitor.refetch()} />
      ) : !monitor.data ? (
        <Loading>
          <Skeleton className="h-6 w-full" />
        </Loading>
      ) : (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Status state={monitor.data.enabled ? monitor.data.health : 'disabled'} />
          <span className="text-muted">{formatCount(monitor.data.windows)} windows</span>
          {open.map((incident) => (
            <ObjectLink key={incident.id} type="incident" id={incident.id}>
              {incident.title}
            </ObjectLink>
          ))}
        </div>
      )}
    </Card>
  );
};

export const EndpointOverview = ({ endpoint, rollouts }: { endpoint: Endpoint; rollouts: readonly Rollout[] }) => (
  <div className="grid items-start gap-3 lg:grid-cols-2">
    <div className="flex min-w-0 flex-col gap-3">
      <Traffic endpoint={endpoint} />
      <CurrentRollout rollout={rollouts.find((rollout) => rollout.id === endpoint.rolloutId) ?? rollouts[0]} />
      <Capture endpoint={endpoint} />
    </div>
    <div className="flex min-w-0 flex-col gap-3">
      <Watched endpoint={endpoint} />
      <Card title="Signature" flush>
        {endpoint.signature ? (
          <SignatureTable signature={endpoint.signature} />
        ) : (
          <p className="px-3 py-4 text-muted">Known once a champion is served.</p>
        )}
      </Card>
      <Card title="Facts">
        <KeyValue
          pairs={[
            [
              'Model',
              <ObjectLink key="model" type="model" id={endpoint.modelId}>
                {endpoint.modelName}
              </ObjectLink>,
            ],
            ['Unit', endpoint.unitColumn ?? 'the unit parameter of the request, or its id'],
            ['Description', endpoint.description || null],
            ['Created', <RelativeTime key="created" at={endpoint.createdAt} />],
          ]}
        />
      </Card>
    </div>
  </div>
);
