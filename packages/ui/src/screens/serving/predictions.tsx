import { type Endpoint, type Reply, listPredictions } from '@millwright/contract';
import { useMemo } from 'react';
import { useRows } from '../../api/rows.ts';
import { useProject } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { KeyValue } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatInstant, formatNumber } from '../../ui/format.ts';
import { Swatch } from '../../ui/swatch.tsx';

type Prediction = Reply<typeof listPredictions>['items'][number];
const idOf = (prediction: Prediction) => prediction.id;
const shownInputs = 6;

const plain = (value: unknown): string | number | boolean | null =>
  value === null || value === undefined
    ? null
    : typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : JSON.stringify(value);
const answerOf = ({ output }: Prediction) =>
  output['failed'] === true ? 'failed' : plain(output['label'] ?? output['value']);
const text = (value: ReturnType<typeof plain>) =>
  typeof value === 'number' ? formatNumber(value) : value === null ? null : String(value);

const Outcome = ({ prediction, classes }: { prediction: Prediction; classes: boolean }) => {
  const label = plain(prediction.label);
  if (label === null) return <span className="text-faint">not yet</span>;
  if (!classes) return <>{text(label)}</>;
  const right = String(answerOf(prediction)) === String(label);
  return <Status state={right ? 'passed' : 'failed'} label={`${label}${right ? '' : ', wrong'}`} quiet />;
};
const Variant = ({ prediction }: { prediction: Prediction }) => (
  <span className="inline-flex items-center gap-1.5">
    <Swatch entity={prediction.variant} />
    {prediction.variant} v{prediction.modelVersion}
  </span>
);

const columnsOf = (endpoint: Endpoint): TableColumn<Prediction>[] => {
  const classes = endpoint.signature?.task === 'classification';
  return [
    timeColumn('at', 'Answered', (prediction) => prediction.at, instantCell),
    {
      id: 'variant',
      header: 'Variant',
      value: (prediction) => prediction.variant,
      cell: (prediction) => <Variant prediction={prediction} />,
      width: 140,
    },
    { id: 'unit', header: 'Unit', value: (prediction) => prediction.unit, width: 120 },
    {
      id: classes ? 'output.label' : 'output.value',
      header: 'Answer',
      value: answerOf,
      cell: (prediction) => text(answerOf(prediction)),
      width: 110,
    },
    {
      id: 'label',
      header: 'Label',
      value: (prediction) => plain(prediction.label),
      cell: (prediction) => <Outcome prediction={prediction} classes={classes} />,
      width: 120,
    },
    ...(endpoint.signature?.inputs ?? []).map(
      (input, index): TableColumn<Prediction> => ({
        id: `inputs.${input.name}`,
        header: input.feature ?? input.name,
        value: (prediction) => plain(prediction.inputs[input.name]),
        cell: (prediction) => text(plain(prediction.inputs[input.name])) ?? <span className="text-faint">missing</span>,
        numeric: input.datatype !== 'BYTES' && input.datatype !== 'BOOL',
        width: 110,
        hidden: index >= shownInputs,
      }),
    ),
    { id: 'id', header: 'Prediction', value: (prediction) => prediction.id, width: 220, hidden: true },
  ];
};

/** The newest captured predictions with what became of them. */
export const Predictions = ({ endpoint }: { endpoint: Endpoint }) => {
  const project = useProject();
  const rows = useRows(listPredictions, { params: { project, endpoint: endpoint.id } }, idOf, { pageSize: 300 });
  const columns = useMemo(() => columnsOf(endpoint), [endpoint]);
  const classes = endpoint.signature?.task === 'classification';
  return (
    <DataTable
      name="predictions"
      label="Newest captured predictions"
      rows={rows}
      idOf={idOf}
      columns={columns}
      filterExample='variant = "challenger"'
      peek={(prediction) => (
        <KeyValue
          pairs={[
            ['Prediction', <ShortId key="id" value={prediction.id} />],
            ['Answered', formatInstant(prediction.at)],
            ['Variant', <Variant key="variant" prediction={prediction} />],
            ['Unit', prediction.unit],
            ['Answer', text(answerOf(prediction))],
            ['Label', <Outcome key="label" prediction={prediction} classes={classes} />],
            ...Object.entries(prediction.inputs).map(([name, value]) => [name, text(plain(value))] as const),
          ]}
        />
      )}
      peekTitle={() => 'Prediction'}
      empty={{
        title: 'No predictions were captured yet',
        text: 'Ask the endpoint under "Try it", or send requests. They are written within seconds.',
        command: `millwright endpoints predict ${endpoint.name} --project ${project} --inputs '[…]'`,
      }}
    />
  );
};
