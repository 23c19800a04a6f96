import { type Run, listRuns } from '@millwright/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { queryFor } from '../../api/queries.ts';
import type { TableColumn } from '../../tables/columns.ts';
import { formatCount } from '../../ui/format.ts';
import { Loaded } from '../../ui/loaded.tsx';
import type { SummaryOf } from './metric-meaning.ts';
import { RunsCharts } from './runs-charts.tsx';
import { type RunsAsked, keysFor, queryOf } from './use-runs.ts';

const drawnAtMost = 500;

interface Props {
  asked: RunsAsked;
  /** The metrics and parameters among them are the axes there can be. */
  columns: readonly TableColumn<Run>[];
  order: string | undefined;
  total: number | null;
  summary: SummaryOf;
  selected: ReadonlySet<string>;
  onSelect: (ids: readonly string[]) => void;
}

/** Charts of the first runs of the table, by the columns that it shows. */
export const ChartsOfRuns = ({ asked, columns, order, total, ...rest }: Props) => {
  const runs = useQuery({
    ...queryFor(listRuns, {
      params: { project: asked.project },
      query: { ...queryOf(asked), ...(order ? { order } : {}), limit: drawnAtMost, keys: keysFor(columns) },
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <div className="mt-3">
      <Loaded query={runs} height={360}>
        {(data) => (
          <RunsCharts
            {...rest}
            runs={data.items}
            note={
              total !== null && total > data.items.length
                ? `the first ${formatCount(data.items.length)} of ${formatCount(total)}`
                : null
            }
          />
        )}
      </Loaded>
    </div>
  );
};
