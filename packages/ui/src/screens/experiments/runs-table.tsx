import type { Experiment } from '@millwright/contract';
import { useCallback, useMemo, useState } from 'react';
import { pathOf } from '../../app/links.tsx';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { chosenColumns, readSort } from '../../tables/columns.ts';
import { FilterBar } from '../../tables/filter-bar.tsx';
import { PagedTable } from '../../tables/paged-table.tsx';
import { type Selection, noSelection } from '../../tables/selection.ts';
import { useTableSearch } from '../../tables/table-search.ts';
import { ErrorState } from '../../ui/states.tsx';
import { BulkRuns } from './bulk-runs.tsx';
import { ChartsOfRuns } from './charts-of-runs.tsx';
import { GroupsTable } from './groups-table.tsx';
import { runColumns } from './run-columns.tsx';
import { RunPeek } from './run-peek.tsx';
import { type Summary, summaryFor, useMeanings } from './metric-meaning.ts';
import { runTitle } from './run-values.ts';
import { RunsForm } from './runs-form.tsx';
import { RunsViews } from './runs-views.tsx';
import { type RunsAsked, keysFor, orderFor, useBaseline, useRunKeys, useRuns } from './use-runs.ts';

const chartHeightPx = 380;
const filterExample = 'metrics.accuracy > 0.9';

const firstRun = (experiment: string) => `export MLFLOW_TRACKING_URI=${location.origin}
export MLFLOW_EXPERIMENT_NAME='${experiment.replaceAll("'", "'\\''")}'
python train.py`;

/** All runs of a project or an experiment: the table first, charts below it on demand; both share one selection. */
export const RunsTable = ({ experiment: of }: { experiment?: Experiment }) => {
  const experiment = of?.id;
  const project = useProject();
  const [{ filter, sort, columns: list }, changeTable] = useTableSearch();
  const onFilter = useCallback((text: string) => changeTable({ filter: text || null }), [changeTable]);
  const [search] = useScreenSearch();
  const meanings = useMeanings();
  const wanted = (search['summary'] ?? 'last') as Summary;
  const summary = useMemo(() => summaryFor(wanted, meanings), [wanted, meanings]);
  const view = search['view'] === 'deleted' ? 'deleted' : 'active';
  const { charts, group } = search;
  const asked: RunsAsked = { project, experiment, filter, view };
  const { keys, sample, ready, error } = useRunKeys(asked);
  const baseline = useBaseline(project, search['baseline']);
  const withExperiment = experiment === undefined;
  const columns = useMemo(
    () => runColumns({ keys, sample, summary, meanings, withExperiment, baseline }),
    [keys, sample, summary, meanings, withExperiment, baseline],
  );
  const chosen = useMemo(() => {
    const [first, ...rest] = chosenColumns(columns, list);
    // What the runs are ordered by is always to be seen.
    const ordering = columns.find(({ id }) => id === readSort(sort)?.id);
    if (first === undefined || ordering === undefined || ordering === first || rest.includes(ordering))
      return first === undefined ? rest : [first, ...rest];
    return [first, ordering, ...rest];
  }, [columns, list, sort]);
  const runs = useRuns(asked, { order: orderFor(sort, summary), keys: keysFor(chosen), ready });
  const [selection, setSelection] = useState<Selection>(noSelection);
  const pinned = useMemo(() => (baseline ? { id: baseline.id, row: baseline } : undefined), [baseline]);
  const metrics = useMemo(
    () => chosen.filter(({ id }) => id.startsWith('metrics.')).map(({ id }) => id.slice('metrics.'.length)),
    [chosen],
  );
  const path = useCallback((id: string) => pathOf(project, 'run', id), [project]);
  const form = <RunsForm keys={keys} meanings={meanings} />;
  if (error) return <ErrorState error={error} />;
  if (group)
    return (
      <>
        <div className="mb-2 flex flex-wrap items-start gap-2">
          <FilterBar
            label="Filter the runs"
            value={filter ?? ''}
            onChange={onFilter}
            keys={columns.map(({ id }) => id)}
            example={filterExample}
          />
          {form}
        </div>
        <GroupsTable
          asked={asked}
          by={group}
          metrics={metrics}
          summary={summary}
          meanings={meanings}
          total={runs.total}
        />
      </>
    );
  return (
    <>
      <PagedTable
        name={experiment ? 'experiment-runs' : 'runs'}
        label={view === 'deleted' ? 'Runs in the trash' : 'Runs'}
        rows={runs.rows}
        total={runs.total}
        waiting={runs.waiting}
        onShowWaiting={runs.restart}
        onRange={runs.onRange}
        columns={columns}
        chosen={chosen}
        filterExample={filterExample}
        pinned={pinned}
        peek={(id) => <RunPeek id={id} />}
        peekTitle={(id, run) => runTitle(run ?? { id, name: '' })}
        pathOf={path}
        selection={selection}
        onSelect={setSelection}
        maxHeight={charts ? chartHeightPx : undefined}
        empty={
          view === 'deleted'
            ? { title: 'The trash is empty', text: 'Runs that are deleted come here first.' }
            : {
                title: 'No runs yet',
                text: 'Code that logs to MLflow logs here, without a change:',
                command: firstRun(of?.name ?? 'fraud'),
              }
        }
        actions={form}
        views={<RunsViews screen={experiment ? 'experiment-runs' : 'runs'} />}
        bulk={(ids, clear) => (
          <BulkRuns
            project={project}
            ids={ids}
            view={view}
            onDone={() => {
              clear();
              runs.restart();
            }}
          />
        )}
      />
      {charts ? (
        <ChartsOfRuns
          asked={asked}
          columns={chosen}
          order={orderFor(sort, summary)}
          total={runs.total}
          summary={summary}
          selected={selection}
          onSelect={(ids) => setSelection(new Set(ids))}
        />
      ) : null}
    </>
  );
};
