import { type Run, listRuns } from '@millwright/contract';
import type { RowSelectionState } from '@tanstack/react-table';
import { ChartSpline, GitCompare } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useRows } from '../../api/rows.ts';
import { ObjectLink, pathOf } from '../../app/links.tsx';
import { useGo, useProject, useScreenSearch } from '../../app/location.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { useTableSearch } from '../../tables/table-search.ts';
import { Status } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValue } from '../../ui/card.tsx';
import { Select } from '../../ui/field.tsx';
import { formatNumber } from '../../ui/format.ts';
import { Duration, RelativeTime } from '../../ui/time.tsx';
import { runColumns } from './run-columns.tsx';
import { RunsCharts } from './runs-charts.tsx';
import { type Summary, runTitle } from './run-values.ts';

const idOf = (run: Run) => run.id;
const summaries = [
  { value: 'last', label: 'Last of a metric' },
  { value: 'min', label: 'Least of a metric' },
  { value: 'max', label: 'Greatest of a metric' },
];
export const comparedAtMost = 20;

const RunPeek = ({ run }: { run: Run }) => (
  <div className="flex flex-col gap-4">
    <KeyValue
      pairs={[
        ['Status', <Status key="status" state={run.status} />],
        [
          'Experiment',
          <ObjectLink key="experiment" type="experiment" id={run.experimentId}>
            {run.experimentName}
          </ObjectLink>,
        ],
        ['Started', <RelativeTime key="started" at={run.startedAt} />],
        ['Took', <Duration key="took" from={run.startedAt} to={run.endedAt} />],
        ['Owner', run.owner],
        ['Note', run.note || null],
      ]}
    />
    <div>
      <h3 className="mb-1 text-xs font-semibold text-muted">Metrics, last</h3>
      <KeyValue pairs={Object.entries(run.metrics).map(([key, metric]) => [key, formatNumber(metric.last)])} />
    </div>
    <div>
      <h3 className="mb-1 text-xs font-semibold text-muted">Parameters</h3>
      <KeyValue pairs={Object.entries(run.parameters)} />
    </div>
  </div>
);

/** All runs of a project or an experiment: the table first, charts below it on demand; both share one selection. */
export const RunsTable = ({ experiment }: { experiment?: string }) => {
  const project = useProject();
  const go = useGo();
  const [{ filter }] = useTableSearch();
  const [search, change] = useScreenSearch();
  const summary = (search['summary'] ?? 'last') as Summary;
  const charts = search['charts'];
  const query = { ...(experiment ? { experiment } : {}), ...(filter ? { filter } : {}) };
  const rows = useRows(listRuns, { params: { project }, query }, idOf);
  const [selection, setSelection] = useState<RowSelectionState>({});
  const columns = useMemo(
    () => runColumns(rows.rows, summary, experiment === undefined),
    [rows.rows, summary, experiment],
  );
  const selected = useMemo(() => new Set(Object.keys(selection).filter((id) => selection[id])), [selection]);
  const select = (ids: readonly string[]) => setSelection(Object.fromEntries(ids.map((id) => [id, true])));
  return (
    <>
      <DataTable
        name={experiment ? 'experiment-runs' : 'runs'}
        label="Runs"
        rows={rows}
        idOf={idOf}
        columns={columns}
        filtering="server"
        filterExample='metrics.accuracy > 0.9 and tags.team = "risk"'
        peek={(run) => <RunPeek run={run} />}
        peekTitle={runTitle}
        pathOf={(run) => pathOf(project, 'run', run.id)}
        selection={[selection, setSelection]}
        {...(charts ? { maxHeight: 380 } : {})}
        empty={{
          title: 'No runs yet',
          text: 'Train a model, or log a run of your own from any program:',
          command: `millwright runs create --experiment ${experiment ? 'NAME' : 'fraud'} --project ${project}`,
        }}
        actions={
          <>
            <div className="w-44">
              <Select
                label="Which value of a metric"
                hideLabel
                choices={summaries}
                value={summary}
                onChange={(event) => change({ summary: event.target.value === 'last' ? null : event.target.value })}
              />
            </div>
            <Button
              icon={<ChartSpline aria-hidden size={14} />}
              aria-pressed={charts !== undefined}
              onClick={() => change({ charts: charts ? null : 'parallel' })}
            >
              {charts ? 'Hide charts' : 'Charts'}
            </Button>
          </>
        }
        bulk={(chosen) => (
          <Button
            small
            tone="primary"
            icon={<GitCompare aria-hidden size={13} />}
            disabled={chosen.length < 2 || chosen.length > comparedAtMost}
            title={
              chosen.length < 2
                ? 'Choose two or more'
                : chosen.length > comparedAtMost
                  ? `At most ${comparedAtMost} side by side`
                  : undefined
            }
            onClick={() => go(`/p/${project}/experiments/compare?runs=${chosen.map(idOf).join(',')}`)}
          >
            Compare {chosen.length}
          </Button>
        )}
      />
      {charts ? <RunsCharts runs={rows.rows} summary={summary} selected={selected} onSelect={select} /> : null}
    </>
  );
};
