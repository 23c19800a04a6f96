import { type Endpoint, listEndpoints } from '@millwright/contract';
import { useRows } from '../../api/rows.ts';
import { ObjectLink, pathOf } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { TrafficBar } from '../../charts/draw/traffic-bar.tsx';
import { prepareShares } from '../../charts/prepare/shares.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { KeyValue, PageHeader } from '../../ui/card.tsx';
import { formatCount, formatPercent } from '../../ui/format.ts';
import { Swatch } from '../../ui/swatch.tsx';
import { trafficOf } from './traffic.ts';

const idOf = (endpoint: Endpoint) => endpoint.id;
const Variants = ({ endpoint }: { endpoint: Endpoint }) => (
  <span className="inline-flex gap-3">
    {endpoint.variants.map((variant) => (
      <span key={variant.role} className="inline-flex items-center gap-1.5">
        <Swatch entity={variant.role} />v{variant.number}
        <span className="text-muted tabular-nums">{formatPercent(variant.weight)}</span>
        {variant.state === 'ready' ? null : <Status state={variant.state} quiet />}
      </span>
    ))}
  </span>
);
const counts = (id: 'predictions' | 'captured' | 'dropped' | 'labels', header: string): TableColumn<Endpoint> => ({
  id,
  header,
  value: (endpoint) => endpoint[id],
  cell: (endpoint) => formatCount(endpoint[id]),
  numeric: true,
  width: 100,
});
const columns: readonly TableColumn<Endpoint>[] = [
  { id: 'name', header: 'Endpoint', value: (endpoint) => endpoint.name, width: 180, grow: true },
  {
    id: 'health',
    header: 'Health',
    value: (endpoint) => endpoint.health,
    cell: (endpoint) => <Status state={endpoint.health} />,
    width: 110,
  },
  { id: 'modelName', header: 'Model', value: (endpoint) => endpoint.modelName, width: 150 },
  {
    id: 'variants',
    header: 'Traffic',
    value: (endpoint) => endpoint.variants.map((variant) => `${variant.role} v${variant.number}`).join(', '),
    cell: (endpoint) => <Variants endpoint={endpoint} />,
    width: 210,
  },
  counts('predictions', 'Predictions'),
  counts('captured', 'Captured'),
  {
    ...counts('dropped', 'Dropped'),
    cell: (endpoint) =>
      endpoint.dropped > 0 ? <Status state="warning" label={formatCount(endpoint.dropped)} quiet /> : '0',
  },
  counts('labels', 'Labels'),
  timeColumn('updatedAt', 'Changed', (endpoint) => endpoint.updatedAt, instantCell),
];

const EndpointPeek = ({ endpoint }: { endpoint: Endpoint }) => (
  <div className="flex flex-col gap-3">
    <TrafficBar title="Traffic" prepared={prepareShares(trafficOf(endpoint), 'Traffic')} />
    <KeyValue
      pairs={[
        [
          'Model',
          <ObjectLink key="model" type="model" id={endpoint.modelId}>
            {endpoint.modelName}
          </ObjectLink>,
        ],
        [
          'Rollout',
          endpoint.rolloutId ? (
            <ObjectLink key="rollout" type="rollout" id={endpoint.rolloutId}>
              under way
            </ObjectLink>
          ) : null,
        ],
        ['Predictions', formatCount(endpoint.predictions)],
        ['Labels', formatCount(endpoint.labels)],
        ['Description', endpoint.description || null],
        ['Owner', endpoint.owner],
      ]}
    />
  </div>
);

const Endpoints = () => {
  const project = useProject();
  const rows = useRows(listEndpoints, { params: { project } }, idOf);
  return (
    <>
      <PageHeader
        title="Serving"
        text="Endpoints answer with the champion of a model; a challenger gets a share of the traffic until the evidence decides."
      />
      <DataTable
        name="endpoints"
        label="Endpoints"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filterExample='health = "failing"'
        pathOf={(endpoint) => pathOf(project, 'endpoint', endpoint.id)}
        peek={(endpoint) => <EndpointPeek endpoint={endpoint} />}
        peekTitle={(endpoint) => endpoint.name}
        empty={{
          title: 'No endpoints yet',
          text: 'An endpoint serves the version the alias champion of its model points at.',
          command: `millwright endpoints create --name card-fraud --model card-fraud --project ${project}`,
        }}
      />
    </>
  );
};
export default Endpoints;
