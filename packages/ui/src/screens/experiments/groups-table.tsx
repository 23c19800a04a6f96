import { type Run, listRuns } from '@millwright/contract';
import { useMemo } from 'react';
import { useRead } from '../../api/queries.ts';
import { fixedRows } from '../../api/rows.ts';
import { useTableSearch } from '../../tables/table-search.ts';
import type { TableColumn } from '../../tables/columns.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { formatCount, formatNumber } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { useScreenSearch } from '../../app/location.ts';
import { quoteKey } from '../../tables/completion.ts';
import { type RunGroup, groupRuns } from './run-groups.ts';
import { type Meanings, type SummaryOf, metricTitle } from './metric-meaning.ts';
import { type RunsAsked, keysFor, queryOf } from './use-runs.ts';

export const groupedAtMost = 1000;
const idOf = (group: RunGroup) => group.value ?? '';

interface Props {
  asked: RunsAsked;
  /** `parameters.seed` or `tags.team`. */
  by: string;
  metrics: readonly string[];
  summary: SummaryOf;
  meanings: Meanings;
  total: number | null;
}

const GroupRows = ({
  runs,
  by,
  metrics,
  summary,
  meanings,
  asked,
}: Omit<Props, 'total'> & { runs: readonly Run[] }) => {
  const [, change] = useScreenSearch();
  const [{ filter }] = useTableSearch();
  const groups = useMemo(() => groupRuns(runs, by, { metrics, summary }), [runs, by, metrics, summary]);
  const name = by.slice(by.indexOf('.') + 1);
  const columns = useMemo(
    (): TableColumn<RunGroup>[] => [
      {
        id: 'value',
        header: name,
        width: 200,
        grow: true,
        value: (group) =>
          group.value !== null && group.value !== '' && Number.isFinite(Number(group.value))
            ? Number(group.value)
            : group.value,
        cell: (group) => (
          <button
            type="button"
            className="text-accent hover:underline"
            title="Show these runs"
            onClick={() => {
              const own =
                group.value === null
                  ? `${quoteKey(by)} is null`
                  : `${quoteKey(by)} = "${group.value.replaceAll('"', '""')}"`;
              change({ group: null, filter: filter ? `(${filter}) and ${own}` : own });
            }}
          >
            {group.value ?? `without ${name}`}
          </button>
        ),
      },
      { id: 'runs', header: 'Runs', numeric: true, width: 90, value: (group) => group.runs.length },
      ...metrics.map(
        (metric): TableColumn<RunGroup> => ({
          id: `metrics.${metric}`,
          header: metricTitle(metric, meanings),
          hint: `Mean of the ${summary(metric)} value of ${metric}, with its 95 % interval (Student's t)`,
          numeric: true,
          width: 190,
          value: (group) => group.metrics[metric]?.mean,
          cell: (group) => {
            const average = group.metrics[metric];
            if (!average) return <span className="text-faint">–</span>;
            return (
              <span title={`${formatCount(average.count)} runs`}>
                {formatNumber(average.mean)}
                <span className="ml-1.5 text-muted">
                  {average.half === null ? '1 run' : `± ${formatNumber(average.half)}`}
                </span>
              </span>
            );
          },
        }),
      ),
    ],
    [name, by, metrics, summary, meanings, change, filter],
  );
  return (
    <DataTable
      name={`${asked.experiment ? 'experiment-' : ''}run-groups`}
      label={`Runs by ${name}`}
      prefix="groups"
      rows={fixedRows(groups)}
      idOf={idOf}
      columns={columns}
      filterExample="runs >= 2"
      empty={{ title: 'No runs to group', text: 'No run matches the filter.' }}
    />
  );
};

/** Runs with the same value of a parameter or tag as one row, with mean and interval of the metrics that are shown. */
export const GroupsTable = (props: Props) => {
  const { asked, by, metrics, total } = props;
  const runs = useRead(listRuns, {
    params: { project: asked.project },
    query: {
      ...queryOf(asked),
      limit: groupedAtMost,
      keys: keysFor([{ id: by }, ...metrics.map((key) => ({ id: `metrics.${key}` }))]),
    },
  });
  return (
    <>
      {total !== null && total > groupedAtMost ? (
        <p role="note" className="mb-2 text-xs text-muted">
          Over the newest {formatCount(groupedAtMost)} of {total.toLocaleString('en-US')} runs that match. Filter to
          group others.
        </p>
      ) : null}
      <Loaded query={runs} height={320}>
        {(data) => <GroupRows {...props} runs={data.items} />}
      </Loaded>
    </>
  );
};
