import { type Run, getRun } from '@millwright/contract';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { queryFor } from '../../api/queries.ts';
import { ObjectLink, ScreenLink } from '../../app/links.tsx';
import { useProject, useScreenSearch } from '../../app/location.ts';
import { colourOf } from '../../charts/prepare/colours.ts';
import { Status } from '../../ui/badge.tsx';
import { Card, PageHeader } from '../../ui/card.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { formatNumber } from '../../ui/format.ts';
import { EmptyState, ErrorState, Loading, Skeleton } from '../../ui/states.tsx';
import { CurveForm, Curve } from './curves.tsx';
import { compareRuns, metricKeys, runTitle } from './run-values.ts';
import { comparedAtMost } from './bulk-runs.tsx';

const Swatch = ({ colour }: { colour: string }) => (
  <svg aria-hidden width="10" height="10" className="shrink-0">
    <circle cx="5" cy="5" r="5" fill={colour} />
  </svg>
);

const Table = ({ runs, differing }: { runs: readonly Run[]; differing: boolean }) => {
  const rows = useMemo(() => compareRuns(runs).filter((row) => row.differs || !differing), [runs, differing]);
  return (
    <div tabIndex={0} role="region" aria-label="Runs side by side" className="max-h-[60vh] overflow-auto">
      <table className="w-full text-sm tabular-nums">
        <thead className="sticky top-0 z-[1] bg-sunken text-left">
          <tr>
            <th scope="col" className="sticky left-0 bg-sunken px-3 py-2 text-xs font-medium text-muted">
              What
            </th>
            {runs.map((run) => (
              <th key={run.id} scope="col" className="min-w-32 px-3 py-2 font-medium">
                <span className="flex items-center gap-1.5">
                  <Swatch colour={colourOf(run.id)} />
                  <ObjectLink type="run" id={run.id} className="hover:text-accent hover:underline">
                    {runTitle(run)}
                  </ObjectLink>
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={`${row.group} ${row.key}`} className="border-t border-line">
              <th scope="row" className="sticky left-0 bg-surface px-3 py-1 text-left font-normal">
                {rows[index - 1]?.group === row.group ? null : (
                  <span className="block text-2xs text-faint">{row.group}</span>
                )}
                {row.key}
              </th>
              {row.values.map((value, at) => (
                <td
                  key={runs[at]?.id}
                  className={`px-3 py-1 align-bottom break-words ${row.differs ? 'font-medium' : 'text-muted'}`}
                >
                  {row.key === 'Status' && row.group === 'Run' ? (
                    <Status quiet state={String(value)} />
                  ) : typeof value === 'number' || row.group === 'Metrics' ? (
                    formatNumber(value)
                  ) : (
                    (value ?? <span className="text-faint">–</span>)
                  )}
                </td>
              ))}
            </tr>
          ))}
          {rows.length === 0 ? (
            <tr>
              <td className="px-3 py-4 text-muted" colSpan={runs.length + 1}>
                These runs do not differ in anything.
              </td>
            </tr>
          ) : null}
        </tbody>
      </table>
    </div>
  );
};

const Comparison = ({ runs }: { runs: readonly Run[] }) => {
  const [search, change] = useScreenSearch();
  const metrics = metricKeys(runs);
  return (
    <div className="flex flex-col gap-3">
      <Card
        flush
        title={`${runs.length} runs side by side`}
        aside={
          <Checkbox
            label="Diff only"
            checked={search['diff'] === 'on'}
            onChange={(event) => change({ diff: event.target.checked ? 'on' : null })}
          />
        }
      >
        <Table runs={runs} differing={search['diff'] === 'on'} />
      </Card>
      {metrics.length > 0 ? (
        <Card title="Curves">
          <CurveForm />
          <div className="grid gap-5 xl:grid-cols-2">
            {metrics.map((metric) => (
              <Curve key={metric} metric={metric} runs={runs} />
            ))}
          </div>
        </Card>
      ) : null}
    </div>
  );
};

/** Some runs side by side: what differs, and their curves over each other. The runs are in the address. */
const Compare = () => {
  const project = useProject();
  const [search] = useScreenSearch();
  const ids = (search['runs'] ?? '').split(',').filter(Boolean).slice(0, comparedAtMost);
  const found = useQueries({
    queries: ids.map((run) => queryFor(getRun, { params: { project, run } })),
    combine: (results) => ({
      runs: results.flatMap((result) => result.data ?? []),
      pending: results.some((result) => result.isPending),
      error: results.find((result) => result.error)?.error ?? null,
      retry: () => results.forEach((result) => void result.refetch()),
    }),
  });
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
        <Comparison runs={found.runs} />
      )}
    </>
  );
};
export default Compare;
