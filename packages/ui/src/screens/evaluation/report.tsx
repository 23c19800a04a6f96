import { type Evaluation, type Run, getEvaluation, getRun } from '@millwright/contract';
import clsx from 'clsx';
import { useMemo } from 'react';
import { useRead } from '../../api/queries.ts';
import { ActivityList } from '../../app/activity-list.tsx';
import { useParam, useProject } from '../../app/location.ts';
import { BulletBars } from '../../charts/draw/bullet-bars.tsx';
import { ConfusionMatrix } from '../../charts/draw/confusion-matrix.tsx';
import { IntervalPlot } from '../../charts/draw/interval-plot.tsx';
import { prepareBullets } from '../../charts/prepare/bullet.ts';
import { prepareConfusion } from '../../charts/prepare/confusion.ts';
import { prepareIntervals } from '../../charts/prepare/intervals.ts';
import { LineageGraph } from '../../graph/lineage-graph.tsx';
import { Card } from '../../ui/card.tsx';
import { ShortId } from '../../ui/code.tsx';
import { formatDuration, formatInstant, formatNumber } from '../../ui/format.ts';
import { LoadedPage } from '../../ui/loaded.tsx';
import { ObjectPage } from '../../ui/object-header.tsx';
import { statusLook } from '../../ui/status.ts';
import { ClassesTable } from './classes-table.tsx';
import { baselineNames, bulletsOf, intervalsOf, lowerIsBetter, metricName, verdictWords } from './gate-words.ts';
import { Sources } from './sources.tsx';

const grounds = {
  green: 'border-good/50 bg-good-soft',
  red: 'border-bad/50 bg-bad-soft',
  none: 'border-line bg-sunken',
};
const inks = { green: 'text-good', red: 'text-bad', none: 'text-muted' };

const fixedWords = (fixedAt: number, startedAt: number): string =>
  fixedAt <= startedAt
    ? `${formatDuration(startedAt - fixedAt)} before the training began`
    : `${formatDuration(fixedAt - startedAt)} after the training began`;

const Verdict = ({ gate, run }: { gate: Evaluation['gate']; run: Run | undefined }) => {
  const { icon: Icon, word } = statusLook(gate.verdict);
  return (
    <section aria-label="Verdict" className={clsx('flex gap-3 rounded-lg border p-4', grounds[gate.verdict])}>
      <Icon aria-hidden size={26} className={clsx('shrink-0', inks[gate.verdict])} />
      <div className="min-w-0">
        <p className={clsx('text-lg font-semibold', inks[gate.verdict])}>{word}</p>
        <p>{verdictWords(gate)}</p>
        {gate.rules.length > 0 ? (
          <p className="mt-1 flex flex-wrap items-center gap-x-2 text-xs text-muted">
            <span>
              Thresholds fixed {formatInstant(gate.fixedAt)}
              {run ? `, ${fixedWords(gate.fixedAt, run.startedAt)}` : ''}; their digest is
            </span>
            <ShortId value={gate.digest} length={12} />
          </p>
        ) : null}
      </div>
    </section>
  );
};

const Metrics = ({ evaluation }: { evaluation: Evaluation }) => (
  <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3">
    {Object.entries(evaluation.metrics).map(([metric, value]) => (
      <div key={metric}>
        <dt className="text-xs text-muted">
          {metricName(metric)} <span aria-hidden>{lowerIsBetter(metric) ? '↓' : '↑'}</span>
          <span className="sr-only">, {lowerIsBetter(metric) ? 'lower' : 'higher'} is better</span>
        </dt>
        <dd className="text-lg font-semibold tabular-nums">{formatNumber(value)}</dd>
      </div>
    ))}
  </dl>
);

const Comparisons = ({ evaluation: { comparisons } }: { evaluation: Evaluation }) => {
  const prepared = useMemo(
    () => prepareIntervals(intervalsOf(comparisons), { what: 'Difference in mean loss', zeroAt: 0 }),
    [comparisons],
  );
  return (
    <>
      <IntervalPlot title="Difference in mean loss, with its 95 % interval" prepared={prepared} />
      <p className="mt-2 text-xs text-muted">
        Left of the dashed line is better than the baseline. Paired bootstrap over the rows of the hold-out.
      </p>
      <ul className="mt-2 text-xs">
        {comparisons.map((one) => (
          <li key={one.baseline}>
            Against {baselineNames[one.baseline]}: loss {formatNumber(one.loss)} against{' '}
            {formatNumber(one.baselineLoss)}, p = {formatNumber(one.pValue)}, {formatNumber(one.resamples)} resamples.
          </li>
        ))}
      </ul>
    </>
  );
};

const Report = ({ evaluation, run }: { evaluation: Evaluation; run: Run | undefined }) => {
  const bullets = useMemo(() => prepareBullets(bulletsOf(evaluation)), [evaluation]);
  const confusion = useMemo(
    () =>
      evaluation.confusion && evaluation.classes
        ? prepareConfusion(
            evaluation.confusion,
            evaluation.classes.map((one) => one.label),
          )
        : null,
    [evaluation],
  );
  return (
    <div className="flex flex-col gap-3">
      <Verdict gate={evaluation.gate} run={run} />
      <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-3">
          {evaluation.gate.results.length > 0 ? (
            <Card>
              <BulletBars title="Conditions" prepared={bullets} />
              <p className="mt-3 text-xs text-muted">
                Bar: value. Line: threshold, with the allowed side shaded. Ring: baseline.
              </p>
            </Card>
          ) : null}
          {evaluation.comparisons.length > 0 ? (
            <Card>
              <Comparisons evaluation={evaluation} />
            </Card>
          ) : null}
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <Sources evaluation={evaluation} />
          <Card title="Metrics on the hold-out">
            <Metrics evaluation={evaluation} />
          </Card>
        </div>
      </div>
      {evaluation.classes ? (
        <div className="grid items-start gap-3 xl:grid-cols-2">
          <Card title="Per class">
            <ClassesTable classes={evaluation.classes} />
          </Card>
          {confusion ? (
            <Card>
              <ConfusionMatrix title="Confusion matrix" prepared={confusion} />
            </Card>
          ) : null}
        </div>
      ) : null}
    </div>
  );
};

const ReportPage = ({ evaluation }: { evaluation: Evaluation }) => {
  const run = useRead(getRun, { params: { project: useProject(), run: evaluation.runId } }).data;
  return (
    <ObjectPage
      trail={[{ label: 'Evaluation', path: 'evaluation' }]}
      kind="Gate report"
      name={`Gate report of ${run?.name || `run …${evaluation.runId.slice(-8)}`}`}
      health={evaluation.gate.verdict}
      tabs={[
        { id: 'report', label: 'Report', content: () => <Report evaluation={evaluation} run={run} /> },
        { id: 'lineage', label: 'Lineage', content: () => <LineageGraph type="evaluation" id={evaluation.id} /> },
        {
          id: 'activity',
          label: 'Activity',
          content: () => <ActivityList resourceType="evaluation" resourceId={evaluation.id} />,
        },
      ]}
    />
  );
};

const ReportScreen = () => {
  const evaluation = useRead(getEvaluation, { params: { project: useProject(), evaluation: useParam('evaluation') } });
  return <LoadedPage query={evaluation}>{(data) => <ReportPage evaluation={data} />}</LoadedPage>;
};
export default ReportScreen;
