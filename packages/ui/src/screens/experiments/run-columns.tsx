import type { Run } from '@millwright/contract';
import { numberOf } from '../../charts/prepare/parallel.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { Status } from '../../ui/badge.tsx';
import { Duration } from '../../ui/time.tsx';
import { type Summary, isBrief, metricKeys, parameterKeys, runTitle, tagKeys, varies } from './run-values.ts';

const parametersShown = 4;
const metricsShown = 5;

/** The columns of a table of runs: what every run has, then whatever parameters, metrics and tags these runs have. */
export const runColumns = (runs: readonly Run[], summary: Summary, withExperiment: boolean): TableColumn<Run>[] => {
  const parameters = parameterKeys(runs);
  const telling = parameters.filter((key) => varies(runs, (run) => run.parameters[key]));
  const first = new Set(
    (telling.length > 0 ? telling : parameters).filter((key) => isBrief(runs, key)).slice(0, parametersShown),
  );
  return [
    { id: 'name', header: 'Run', value: runTitle, width: 180, grow: true },
    {
      id: 'status',
      header: 'Status',
      value: (run) => run.status,
      cell: (run) => <Status quiet state={run.status} />,
      width: 105,
    },
    ...(withExperiment
      ? [{ id: 'experiment', header: 'Experiment', value: (run: Run) => run.experimentName, width: 130 }]
      : []),
    timeColumn('startedAt', 'Started', (run) => run.startedAt, instantCell),
    ...metricKeys(runs).map(
      (key, index): TableColumn<Run> => ({
        id: `metrics.${key}`,
        header: summary === 'last' ? key : `${key} (${summary})`,
        hint: `The ${summary} value of ${key}`,
        numeric: true,
        width: 120,
        value: (run) => run.metrics[key]?.[summary],
        hidden: index >= metricsShown,
      }),
    ),
    ...parameters.map(
      (key): TableColumn<Run> => ({
        id: `parameters.${key}`,
        header: key,
        hint: `The parameter ${key}`,
        width: 120,
        value: (run) => numberOf(run.parameters[key]) ?? run.parameters[key],
        cell: (run) => run.parameters[key] ?? <span className="text-faint">–</span>,
        hidden: !first.has(key),
      }),
    ),
    {
      id: 'durationMs',
      header: 'Took',
      numeric: true,
      width: 100,
      value: (run) => (run.endedAt ?? Date.now()) - run.startedAt,
      cell: (run) => <Duration from={run.startedAt} to={run.endedAt} />,
    },
    { id: 'owner', header: 'Owner', value: (run) => run.owner, width: 110 },
    ...tagKeys(runs).map(
      (key): TableColumn<Run> => ({
        id: `tags.${key}`,
        header: key,
        hint: `The tag ${key}`,
        width: 110,
        value: (run) => run.tags[key],
        hidden: true,
      }),
    ),
    { id: 'note', header: 'Note', value: (run) => run.note, width: 220, hidden: true },
  ];
};
