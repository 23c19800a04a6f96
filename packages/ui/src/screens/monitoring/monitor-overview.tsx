import { type Endpoint, type Monitor, listIncidents, listRollouts, listWindows } from '@millwright/contract';
import { useMemo } from 'react';
import { useRead } from '../../api/queries.ts';
import { ObjectLink } from '../../app/links.tsx';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { HeatMap } from '../../charts/draw/heat-map.tsx';
import { SeriesChart } from '../../charts/draw/series-chart.tsx';
import { prepareHeatMap } from '../../charts/prepare/heat-map.ts';
import { preparePerformance } from '../../charts/prepare/performance.ts';
import { Status } from '../../ui/badge.tsx';
import { Card, KeyValue } from '../../ui/card.tsx';
import { Select } from '../../ui/field.tsx';
import { formatCount, formatNumber } from '../../ui/format.ts';
import { EmptyState, ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { cellOfInterest } from './cell-of-interest.ts';
import { DriftDetail } from './drift-detail.tsx';

interface Props {
  endpoint: Endpoint;
  monitor: Monitor;
}
const spans = ['20', '40', '80', '160'].map((value) => ({ value, label: `${value} newest windows` }));
/** As the contract has them where nothing was set. */
const standard = { lossTolerance: 0.02, minLabelCoverage: 0.6 };

const Reference = ({ endpoint, monitor }: Props) => {
  const incidents = useRead(listIncidents, {
    params: { project: useProject() },
    query: { endpoint: endpoint.id, limit: 200 },
  });
  const open = incidents.data?.items.filter((incident) => incident.state !== 'resolved') ?? [];
  return (
    <Card>
      <KeyValue
        columns={3}
        pairs={[
          [
            'Compared with',
            monitor.referenceVersionId ? (
              <ObjectLink key="reference" type="dataset-version" id={monitor.referenceVersionId}>
                the data of the champion
              </ObjectLink>
            ) : null,
          ],
          ['Reference rows', formatCount(monitor.referenceRows)],
          ['Reference loss', formatNumber(monitor.referenceLoss)],
        ]}
      />
      {open.length > 0 ? (
        <ul className="mt-2 flex flex-col gap-1 border-t border-line pt-2" aria-label="Open incidents">
          {open.map((incident) => (
            <li key={incident.id} className="flex flex-wrap items-center gap-x-3">
              <Status state={incident.state} />
              <ObjectLink type="incident" id={incident.id}>
                {incident.title}
              </ObjectLink>
            </li>
          ))}
        </ul>
      ) : null}
    </Card>
  );
};

/** Performance over time and drift of every feature, of the newest windows. */
export const MonitorOverview = ({ endpoint, monitor }: Props) => {
  const project = useProject();
  const [search, change] = useScreenSearch();
  const span = Number(search['span'] ?? 40);
  const windows = useRead(listWindows, { params: { project, endpoint: endpoint.id }, query: { limit: span } });
  const rollouts = useRead(listRollouts, { params: { project }, query: { endpoint: endpoint.id, limit: 200 } });
  const items = windows.data?.items;
  const heat = useMemo(() => prepareHeatMap(items ?? []), [items]);
  const performance = useMemo(
    () =>
      preparePerformance(items ?? [], {
        task: endpoint.signature?.task ?? 'classification',
        lossTolerance: monitor.settings.lossTolerance ?? standard.lossTolerance,
        minLabelCoverage: monitor.settings.minLabelCoverage ?? standard.minLabelCoverage,
        marks: (rollouts.data?.items ?? []).flatMap((rollout) =>
          rollout.state === 'promoted' && rollout.endedAt !== null
            ? [{ x: rollout.endedAt, label: `v${rollout.challenger.number} champion` }]
            : [],
        ),
      }),
    [items, rollouts.data, endpoint.signature, monitor.settings],
  );
  if (windows.error && !items) return <ErrorState error={windows.error} onRetry={() => void windows.refetch()} />;
  if (!items)
    return (
      <Loading label="Loading windows">
        <Skeleton className="mb-3 h-16 w-full" />
        <Skeleton className="mb-3 h-96 w-full" />
        <Skeleton className="h-80 w-full" />
      </Loading>
    );
  if (items.length === 0)
    return (
      <div className="flex flex-col gap-3">
        <Reference endpoint={endpoint} monitor={monitor} />
        <EmptyState
          title="No window was closed yet"
          text={`A window is closed after ${formatCount(monitor.settings.windowRows ?? 500)} predictions${monitor.enabled ? '' : ', once this endpoint is watched'}.`}
          command={
            monitor.enabled
              ? `millwright endpoints predict ${endpoint.name} --project ${project} --inputs '[…]'`
              : `millwright monitors save ${endpoint.name} --project ${project} --settings '{}'`
          }
        />
      </div>
    );
  const interest = cellOfInterest(items);
  const chosenWindow =
    items.find((window) => window.id === search['window']) ?? items.find((window) => window.id === interest?.windowId);
  const column = search['column'] ?? interest?.column;
  const drift = chosenWindow?.columns.find((one) => one.column === column);
  return (
    <div className="flex flex-col gap-3">
      <Reference endpoint={endpoint} monitor={monitor} />
      <Card>
        <SeriesChart title="Performance" prepared={performance.loss} height={240} syncKey="windows" />
        <div className="mt-3">
          <SeriesChart title="Label coverage" prepared={performance.coverage} height={140} syncKey="windows" />
        </div>
      </Card>
      <Card>
        <div className="mb-2 flex justify-end">
          <Select
            label="Windows shown"
            hideLabel
            choices={spans}
            value={String(span)}
            onChange={(event) => change({ span: event.target.value === '40' ? null : event.target.value })}
          />
        </div>
        <HeatMap
          title="Drift"
          prepared={heat}
          chosen={chosenWindow && column ? { windowId: chosenWindow.id, feature: column } : null}
          onChoose={(windowId, feature) => change({ window: windowId, column: feature })}
        />
      </Card>
      {chosenWindow && drift ? <DriftDetail window={chosenWindow} drift={drift} settings={monitor.settings} /> : null}
    </div>
  );
};
