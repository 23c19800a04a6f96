import { type MetricPoint, type Panel, type PanelData, type Run, directionInName } from '@millwright/contract';
import { useMemo, useState } from 'react';
import { ObjectLink } from '../../../app/links.tsx';
import { DistributionChart } from '../../../charts/draw/distribution-chart.tsx';
import { ParallelChart } from '../../../charts/draw/parallel-chart.tsx';
import { prepareDistribution } from '../../../charts/prepare/distribution.ts';
import { prepareParallel } from '../../../charts/prepare/parallel.ts';
import { Status } from '../../../ui/badge.tsx';
import { formatInstant, formatNumber } from '../../../ui/format.ts';
import { Swatch } from '../../../ui/swatch.tsx';
import { Curve, Curves } from '../curves.tsx';
import { groupsOf, numbersOf } from '../run-groups.ts';
import { runTitle, valueAt } from '../run-values.ts';
import { lastOf } from '../metric-meaning.ts';
import { Verdicts } from '../verdicts.tsx';
import { histogramOf } from './histogram.ts';

export type RunsPanel = Extract<Panel, { runs: unknown }>;
export type RunsData = Extract<PanelData, { kind: 'runs' }>;
interface Props<K extends RunsPanel['kind']> {
  panel: Extract<RunsPanel, { kind: K }>;
  data: RunsData;
  /** Where nobody is signed in, nothing can be followed. */
  linked: boolean;
}

const labelOf = (path: string): string => path.slice(path.indexOf('.') + 1);
const nobody = new Set<string>();
/** As many as a chart names by itself. */
const inChartLegend = 8;

const RunName = ({ run, linked }: { run: Run; linked: boolean }) =>
  linked ? (
    <ObjectLink type="run" id={run.id}>
      {runTitle(run)}
    </ObjectLink>
  ) : (
    <span>{runTitle(run)}</span>
  );

/** Which line is which run: one legend for all charts of the panel. */
const Legend = ({ runs, linked }: { runs: readonly Run[]; linked: boolean }) => (
  <ul aria-label="Runs" className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-xs">
    {runs.map((run) => (
      <li key={run.id} className="inline-flex min-h-6 items-center gap-1.5">
        <Swatch entity={run.id} />
        <RunName run={run} linked={linked} />
      </li>
    ))}
  </ul>
);

const FrozenCurves = ({ panel, data, curves }: Props<'curves'> & { curves: NonNullable<RunsData['curves']> }) => {
  const byMetric = useMemo(() => {
    const found = new Map<string, Map<string, readonly MetricPoint[]>>();
    for (const { runId, key, points } of curves)
      found.set(key, (found.get(key) ?? new Map<string, readonly MetricPoint[]>()).set(runId, points));
    return found;
  }, [curves]);
  return (
    <div className="grid gap-x-5 gap-y-2 sm:grid-cols-[repeat(auto-fit,minmax(24rem,1fr))]">
      {panel.metrics.map((metric) => (
        <Curve
          key={metric}
          metric={metric}
          title={metric}
          runs={data.runs}
          groups={null}
          curves={byMetric.get(metric) ?? new Map()}
        />
      ))}
    </div>
  );
};

export const CurvesPanel = ({ panel, data, linked }: Props<'curves'>) => (
  <>
    {data.curves ? (
      <FrozenCurves panel={panel} data={data} linked={linked} curves={data.curves} />
    ) : (
      <Curves runs={data.runs} keys={panel.metrics} />
    )}
    {data.runs.length > inChartLegend ? <Legend runs={data.runs} linked={linked} /> : null}
  </>
);

export const TablePanel = ({ panel, data, linked }: Props<'table'>) => (
  <div tabIndex={0} role="region" aria-label="Runs" className="overflow-x-auto">
    <table className="w-full tabular-nums">
      <thead>
        <tr className="border-b border-line-strong text-left text-xs text-muted">
          <th scope="col" className="py-1.5 pr-4 font-medium">
            Run
          </th>
          <th scope="col" className="py-1.5 pr-4 font-medium">
            Status
          </th>
          {panel.columns.map((path) => (
            <th key={path} scope="col" className="py-1.5 pr-4 text-right font-medium">
              {labelOf(path)}
            </th>
          ))}
          <th scope="col" className="py-1.5 text-right font-medium">
            Started
          </th>
        </tr>
      </thead>
      <tbody>
        {data.runs.map((run) => (
          <tr key={run.id} className="border-b border-line">
            <th scope="row" className="py-1.5 pr-4 text-left font-medium whitespace-nowrap">
              <RunName run={run} linked={linked} />
            </th>
            <td className="py-1.5 pr-4">
              <Status quiet state={run.status} />
            </td>
            {panel.columns.map((path) => {
              const value = valueAt(run, path, lastOf);
              return (
                <td key={path} className="max-w-60 truncate py-1.5 pr-4 text-right">
                  {value === null ? <span className="text-faint">–</span> : formatNumber(value)}
                </td>
              );
            })}
            <td className="py-1.5 text-right whitespace-nowrap text-muted">{formatInstant(run.startedAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

export const ParallelPanel = ({ panel, data }: Props<'parallel'>) => {
  const [selected, setSelected] = useState<ReadonlySet<string>>(nobody);
  const prepared = useMemo(
    () =>
      prepareParallel(
        data.runs.map((run) => ({
          id: run.id,
          label: runTitle(run),
          values: Object.fromEntries(panel.axes.map((path) => [path, valueAt(run, path, lastOf)])),
        })),
        { axes: panel.axes.map((path) => ({ id: path, label: labelOf(path) })) },
      ),
    [data.runs, panel.axes],
  );
  return (
    <ParallelChart
      title={`${data.runs.length} runs`}
      prepared={prepared}
      selected={selected}
      onSelect={(ids) => setSelected(new Set(ids))}
    />
  );
};

export const ComparisonPanel = ({ panel, data }: Props<'comparison'>) => {
  const groups = useMemo(() => groupsOf(data.runs, panel.groupBy), [data.runs, panel.groupBy]);
  const [first] = groups;
  if (!first) return null;
  return (
    <Verdicts
      groups={groups}
      by={panel.groupBy}
      metric={panel.metric}
      reference={first.value}
      higherIsBetter={directionInName(panel.metric) !== 'minimize'}
    />
  );
};

export const DistributionPanel = ({ panel, data }: Props<'distribution'>) => {
  const values = useMemo(() => numbersOf(data.runs, panel.metric, lastOf), [data.runs, panel.metric]);
  const prepared = useMemo(
    () => (values.length === 0 ? null : prepareDistribution(histogramOf(panel.metric, values))),
    [values, panel.metric],
  );
  if (prepared === null) return <p className="text-muted">None of these runs has {panel.metric}.</p>;
  return <DistributionChart title={`Last ${panel.metric} of ${values.length} runs`} prepared={prepared} height={220} />;
};
