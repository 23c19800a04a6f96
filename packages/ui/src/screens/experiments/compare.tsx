import type { Run } from '@millwright/contract';
import { useMemo, useState } from 'react';
import { ScreenLink } from '../../app/links.tsx';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { type Selection, noSelection } from '../../tables/selection.ts';
import { Card, PageHeader } from '../../ui/card.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState, ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { AttributionCard } from './attribution-card.tsx';
import { comparedAtMost } from './bulk-runs.tsx';
import { ComparedTable } from './compared-table.tsx';
import { CurveForm } from './curve-form.tsx';
import { type CurveGroup, Curves } from './curves.tsx';
import { groupsOf } from './run-groups.ts';
import { RunLegend } from './run-legend.tsx';
import { lastOf } from './metric-meaning.ts';
import { metricKeys, parameterKeys, tagKeys, varies } from './run-values.ts';
import { RunsCharts } from './runs-charts.tsx';
import { useCompared } from './use-compared.ts';
import { VerdictCard } from './verdict-card.tsx';

const groupsOffered = 200;

const CurvesCard = ({ runs, groups }: { runs: readonly Run[]; groups: readonly CurveGroup[] | null }) => {
  const [text, setText] = useState('');
  const all = useMemo(() => {
    const points = (key: string) => Math.max(...runs.map((run) => run.metrics[key]?.points ?? 0));
    const keys = metricKeys(runs);
    // Those that have a course first.
    return [...keys.filter((key) => points(key) > 1), ...keys.filter((key) => points(key) <= 1)];
  }, [runs]);
  const keys = useMemo(() => all.filter((key) => key.toLowerCase().includes(text.toLowerCase())), [all, text]);
  if (all.length === 0) return null;
  return (
    <Card title="Curves">
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        {all.length > 4 ? (
          <div className="w-56">
            <TextField
              label="Find a metric"
              hideLabel
              type="search"
              placeholder={`Find one of ${formatCount(all.length)} metrics`}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
        ) : null}
        <CurveForm grouped={groups !== null} />
      </div>
      {keys.length === 0 ? <p className="text-muted">No metric is called like that.</p> : null}
      <Curves runs={runs} keys={keys} groups={groups} />
    </Card>
  );
};

const Comparison = ({ runs }: { runs: readonly Run[] }) => {
  const [search, change] = useScreenSearch();
  const [selection, setSelection] = useState<Selection>(noSelection);
  const by = search['group'];
  const shown = useMemo(
    () => (selection.size === 0 ? runs : runs.filter((run) => selection.has(run.id))),
    [runs, selection],
  );
  const groups = useMemo(() => (by === undefined ? null : groupsOf(runs, by)), [runs, by]);
  const shownGroups = useMemo(() => (by === undefined ? null : groupsOf(shown, by)), [shown, by]);
  const choices = useMemo(
    () =>
      [
        { value: '', label: 'Not grouped' },
        ...parameterKeys(runs)
          .filter((key) => varies(runs, (run) => run.parameters[key]))
          .map((key) => ({ value: `parameters.${key}`, label: `By ${key}` })),
        ...tagKeys(runs)
          .filter((key) => varies(runs, (run) => run.tags[key]))
          .map((key) => ({ value: `tags.${key}`, label: `By tag ${key}` })),
      ].slice(0, groupsOffered),
    [runs],
  );
  return (
    <div className="grid items-start gap-3 lg:grid-cols-[15rem_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-3 lg:sticky lg:top-14">
        <Select
          label="Group the runs"
          hint={by ? undefined : 'To see means over seeds, and whether one value is better than another'}
          choices={choices}
          value={by ?? ''}
          onChange={(event) => change({ group: event.target.value || null })}
        />
        <RunLegend runs={runs} groups={groups} selection={selection} onSelect={setSelection} />
      </div>
      <div className="flex min-w-0 flex-col gap-3">
        {by && shownGroups ? <VerdictCard groups={shownGroups} runs={shown} by={by} /> : null}
        <ComparedTable
          runs={shown}
          note={selection.size > 0 ? `${formatCount(shown.length)} of ${formatCount(runs.length)} runs` : null}
        />
        <AttributionCard runs={shown} />
        <RunsCharts
          runs={runs}
          summary={lastOf}
          selected={selection}
          onSelect={(ids) => setSelection(new Set(ids))}
          note={null}
        />
        <CurvesCard runs={shown} groups={shownGroups} />
      </div>
    </div>
  );
};

/** Some runs side by side: what differs, and their curves over each other. The runs are in the address. */
const Compare = () => {
  const project = useProject();
  const [search] = useScreenSearch();
  const list = search['runs'] ?? '';
  const ids = useMemo(() => [...new Set(list.split(',').filter(Boolean))].slice(0, comparedAtMost), [list]);
  const found = useCompared(project, ids);
  const missing = ids.length - found.runs.length;
  return (
    <>
      <PageHeader title="Compare runs" text="What differs between these runs, and how their metrics went." />
      {found.error ? (
        <ErrorState error={found.error} onRetry={found.retry} />
      ) : found.pending ? (
        <Loading>
          <Skeleton className="h-96 w-full" />
        </Loading>
      ) : found.runs.length === 0 ? (
        <EmptyState
          title="No runs are chosen"
          text="Choose two or more in the table of runs, then Compare."
          action={
            <ScreenLink to={`/p/${project}/experiments`} className="text-accent underline">
              To the runs
            </ScreenLink>
          }
        />
      ) : (
        <>
          {missing > 0 ? (
            <p role="note" className="mb-2 text-sm text-warn">
              {missing === 1 ? 'One of these runs is' : `${missing} of these runs are`} not there any more.
            </p>
          ) : null}
          <Comparison runs={found.runs} />
        </>
      )}
    </>
  );
};
export default Compare;
