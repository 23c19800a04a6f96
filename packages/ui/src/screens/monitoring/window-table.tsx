import { type Endpoint, type Window, listWindows } from '@millwright/contract';
import { useRows } from '../../api/rows.ts';
import { ScreenLink } from '../../app/links.tsx';
import { useProject } from '../../app/location.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { Status } from '../../ui/badge.tsx';
import { formatCount, formatNumber, formatPercent } from '../../ui/format.ts';

const idOf = (window: Window) => window.id;
const drifting = (window: Window) => window.columns.filter((column) => column.drifted);
const Verdict = ({ window: { performance } }: { window: Window }) =>
  performance.state !== 'judged' ? (
    <Status state={performance.state} quiet />
  ) : performance.worse ? (
    <Status
      state={performance.confirmed ? 'failing' : 'warning'}
      label={performance.confirmed ? 'Worse, confirmed' : 'Worse'}
      quiet
    />
  ) : (
    <Status state="ok" label="As expected" quiet />
  );

const columns: readonly TableColumn<Window>[] = [
  { id: 'number', header: 'Window', value: (window) => window.number, numeric: true, width: 80 },
  timeColumn('endAt', 'Ended', (window) => window.endAt, instantCell),
  {
    id: 'rows',
    header: 'Rows',
    value: (one) => one.rows,
    cell: (one) => formatCount(one.rows),
    numeric: true,
    width: 80,
  },
  {
    id: 'modelVersion',
    header: 'Version',
    value: (window) => window.modelVersion,
    cell: (window) => `v${window.modelVersion}`,
    width: 80,
  },
  {
    id: 'drifted',
    header: 'Drifted columns',
    value: (window) =>
      drifting(window)
        .map((column) => column.column)
        .join(', '),
    width: 220,
    grow: true,
  },
  {
    id: 'performance.state',
    header: 'Performance',
    value: (window) => window.performance.state,
    cell: (window) => <Verdict window={window} />,
    width: 160,
  },
  {
    id: 'performance.loss',
    header: 'Loss',
    value: (window) => window.performance.loss,
    cell: (window) => formatNumber(window.performance.loss),
    numeric: true,
    width: 90,
  },
  {
    id: 'performance.referenceLoss',
    header: 'Reference',
    value: (window) => window.performance.referenceLoss,
    cell: (window) => formatNumber(window.performance.referenceLoss),
    numeric: true,
    width: 100,
  },
  {
    id: 'performance.coverage',
    header: 'Labelled',
    value: (window) => window.performance.coverage,
    cell: (window) => formatPercent(window.performance.coverage),
    numeric: true,
    width: 90,
  },
  { id: 'failures', header: 'Failures', value: (window) => window.failures, numeric: true, width: 90 },
  { id: 'dropped', header: 'Dropped', value: (window) => window.dropped, numeric: true, width: 90 },
];

const WindowPeek = ({ window, endpoint }: { window: Window; endpoint: Endpoint }) => {
  const project = useProject();
  return (
    <table className="w-full text-right text-xs tabular-nums">
      <thead className="text-muted">
        <tr>
          {['Column', 'Effect', 'Adjusted p', 'Drift'].map((head, index) => (
            <th key={head} scope="col" className={`px-1 py-1 font-medium ${index === 0 ? 'text-left' : ''}`}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...window.columns]
          .sort((a, b) => (b.effect ?? -1) - (a.effect ?? -1))
          .map((column) => (
            <tr key={column.column} className="border-t border-line">
              <th scope="row" className="px-1 py-1 text-left font-normal">
                <ScreenLink
                  to={`/p/${project}/monitoring/${endpoint.id}?${new URLSearchParams({ window: window.id, column: column.column })}`}
                  className="inline-flex min-h-6 items-center text-accent underline"
                >
                  {column.column}
                </ScreenLink>
              </th>
              <td className="px-1 py-1">{formatNumber(column.effect)}</td>
              <td className="px-1 py-1">{formatNumber(column.adjustedPValue)}</td>
              <td className="px-1 py-1">
                {column.confirmed ? (
                  <Status state="confirmed" quiet />
                ) : column.drifted ? (
                  <Status state="drifted" quiet />
                ) : (
                  <span className="text-faint">no</span>
                )}
              </td>
            </tr>
          ))}
      </tbody>
    </table>
  );
};

export const WindowTable = ({ endpoint }: { endpoint: Endpoint }) => {
  const project = useProject();
  const rows = useRows(listWindows, { params: { project, endpoint: endpoint.id } }, idOf);
  return (
    <DataTable
      name="windows"
      label="Windows"
      rows={rows}
      idOf={idOf}
      columns={columns}
      filterExample="performance.loss > 0.1"
      peek={(window) => <WindowPeek window={window} endpoint={endpoint} />}
      peekTitle={(window) => `Window ${window.number}`}
      empty={{
        title: 'No window was closed yet',
        text: 'Windows are runs of predictions in the order they were answered.',
        command: `millwright monitors show ${endpoint.name} --project ${project}`,
      }}
    />
  );
};
