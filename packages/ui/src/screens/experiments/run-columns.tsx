import type { Run } from '@millwright/contract';
import { numberOf } from '../../charts/prepare/parallel.ts';
import { instantCell } from '../../tables/cells.tsx';
import { type TableColumn, timeColumn } from '../../tables/columns.ts';
import { Status } from '../../ui/badge.tsx';
import { Duration } from '../../ui/time.tsx';
import { Difference } from './difference.tsx';
import { type Meanings, type SummaryOf, directionWords, metricTitle } from './metric-meaning.ts';
import { MetricValue } from './metric-value.tsx';
import { type RunKeys, isBrief, metricKeys, parameterKeys, runTitle, varies } from './run-values.ts';

const parametersShown = 4;
const metricsShown = 5;

interface Options {
  /** All keys that runs may have. */
  keys: RunKeys;
  /** Some runs with everything they have: they decide what is shown before anybody chose. */
  sample: readonly Run[];
  summary: SummaryOf;
  meanings: Meanings;
  withExperiment: boolean;
  /** What metrics are compared with. */
  baseline: Run | undefined;
}

const metricColumn = (
  key: string,
  { summary, meanings, baseline }: Options,
  { hidden, isParameter }: { hidden: boolean; isParameter: boolean },
): TableColumn<Run> => {
  const part = summary(key);
  const meaning = meanings.of(key);
  const direction = meanings.directionOf(key);
  const title = metricTitle(key, meanings);
  const value = (run: Run) => run.metrics[key]?.[part];
  return {
    id: `metrics.${key}`,
    header: part !== 'last' ? `${title} (${part})` : isParameter ? `${title} (metric)` : title,
    hint: [`The ${part} value of ${key}`, direction && directionWords[direction], meaning?.description]
      .filter(Boolean)
      .join('; '),
    group: 'metric',
    numeric: true,
    width: baseline ? 170 : part === 'last' ? 120 : 155,
    value,
    hidden,
    ...(baseline || (meaning && (meaning.low !== null || meaning.high !== null))
      ? {
          cell: (run: Run) => (
            <>
              {baseline ? <Difference value={value(run)} than={value(baseline)} direction={direction} /> : null}
              <MetricValue value={value(run)} meaning={meaning} />
            </>
          ),
        }
      : {}),
  };
};

const parameterColumn = (key: string, { baseline }: Options, hidden: boolean): TableColumn<Run> => ({
  id: `parameters.${key}`,
  header: key,
  hint: `The parameter ${key}`,
  group: 'parameter',
  width: 120,
  value: (run) => numberOf(run.parameters[key]) ?? run.parameters[key],
  cell: (run) => {
    const value = run.parameters[key];
    if (value === undefined) return <span className="text-faint">–</span>;
    return baseline && baseline.parameters[key] !== value ? <span className="font-semibold">{value}</span> : value;
  },
  hidden,
});

/** The columns of a table of runs: what every run has, then whatever metrics, parameters and tags there are. */
export const runColumns = (options: Options): TableColumn<Run>[] => {
  const { keys, sample, withExperiment } = options;
  const metrics = new Set(metricKeys(sample).slice(0, metricsShown));
  const parameters = parameterKeys(sample);
  const telling = parameters.filter((key) => varies(sample, (run) => run.parameters[key]));
  const first = new Set(
    (telling.length > 0 ? telling : parameters).filter((key) => isBrief(sample, key)).slice(0, parametersShown),
  );
  const parameterNames = new Set(keys.parameters);
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
    ...keys.metrics.map((key) =>
      metricColumn(key, options, { hidden: !metrics.has(key), isParameter: parameterNames.has(key) }),
    ),
    ...keys.parameters.map((key) => parameterColumn(key, options, !first.has(key))),
    {
      id: 'durationMs',
      header: 'Took',
      numeric: true,
      width: 100,
      value: (run) => (run.endedAt ?? Date.now()) - run.startedAt,
      cell: (run) => <Duration from={run.startedAt} to={run.endedAt} />,
    },
    { id: 'owner', header: 'Owner', value: (run) => run.owner, width: 110 },
    ...keys.tags.map(
      (key): TableColumn<Run> => ({
        id: `tags.${key}`,
        header: key,
        hint: `The tag ${key}`,
        group: 'tag',
        width: 110,
        value: (run) => run.tags[key],
        hidden: true,
      }),
    ),
    { id: 'note', header: 'Note', value: (run) => run.note, width: 220, hidden: true },
  ];
};
