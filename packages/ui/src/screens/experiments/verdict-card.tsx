import type { Run } from '@millwright/contract';
import { CircleCheck, CircleHelp, CircleX } from 'lucide-react';
import { useMemo } from 'react';
import { useScreenSearch } from '../../app/location.ts';
import { IntervalPlot } from '../../charts/draw/interval-plot.tsx';
import { prepareIntervals } from '../../charts/prepare/intervals.ts';
import { Card } from '../../ui/card.tsx';
import { Select } from '../../ui/field.tsx';
import type { CurveGroup } from './curves.tsx';
import { metricKeys } from './run-values.ts';
import { type Verdict, judgeGroups } from './verdict.ts';

const looks = {
  better: { icon: CircleCheck, tone: 'text-good' },
  worse: { icon: CircleX, tone: 'text-bad' },
  undecided: { icon: CircleHelp, tone: 'text-muted' },
  'too-few': { icon: CircleHelp, tone: 'text-warn' },
} satisfies Record<Verdict['outcome'], unknown>;

/** By its name: what is lost, wrong or slow is better when it is less. */
const risesByName = (metric: string) => !/loss|error|rmse|mae|mse|perplexity|latency|time|duration|cost/i.test(metric);

/** Whether one group of runs is better than another, over the seeds they were run with. */
export const VerdictCard = ({
  groups,
  runs,
  by,
}: {
  groups: readonly CurveGroup[];
  runs: readonly Run[];
  by: string;
}) => {
  const [search, change] = useScreenSearch();
  const metrics = useMemo(() => metricKeys(runs), [runs]);
  const metric = metrics.find((key) => key === search['judged']) ?? metrics[0];
  const reference = groups.find((group) => group.value === search['reference'])?.value ?? groups[0]?.value;
  const higherIsBetter = search['better'] ? search['better'] === 'higher' : risesByName(metric ?? '');
  const verdicts = useMemo(
    () =>
      metric === undefined || reference === undefined
        ? []
        : judgeGroups(groups, { metric, summary: 'last', reference, higherIsBetter }),
    [groups, metric, reference, higherIsBetter],
  );
  const decided = verdicts.filter(({ result }) => result !== null);
  if (metric === undefined || reference === undefined) return null;
  const name = by.slice(by.indexOf('.') + 1);
  return (
    <Card title="Is one better than another?">
      <div className="mb-3 flex flex-wrap gap-2">
        <Select
          label="By the last value of"
          choices={metrics.slice(0, 500).map((key) => ({ value: key, label: key }))}
          value={metric}
          onChange={(event) => change({ judged: event.target.value, better: null })}
        />
        <Select
          label="Better is"
          choices={[
            { value: 'higher', label: 'Higher' },
            { value: 'lower', label: 'Lower' },
          ]}
          value={higherIsBetter ? 'higher' : 'lower'}
          onChange={(event) => change({ better: event.target.value })}
        />
        <Select
          label={`Than ${name}`}
          choices={groups.map((group) => ({ value: group.value, label: group.value }))}
          value={reference}
          onChange={(event) => change({ reference: event.target.value })}
        />
      </div>
      {verdicts.length === 0 ? (
        <p className="text-muted">All runs have the same {name}: there is nothing to compare it with.</p>
      ) : (
        <ul className="mb-3 flex flex-col gap-1" aria-label="Verdicts">
          {verdicts.map((verdict) => {
            const { icon: Icon, tone } = looks[verdict.outcome];
            return (
              <li key={verdict.group} className="flex items-start gap-2">
                <Icon aria-hidden size={15} className={`mt-0.5 shrink-0 ${tone}`} />
                <span>{verdict.text}</span>
              </li>
            );
          })}
        </ul>
      )}
      {decided.length > 0 ? (
        <>
          <IntervalPlot
            title={`${metric} less that of ${reference}`}
            prepared={prepareIntervals(
              decided.map(({ group, result }) => ({
                entity: `${by}=${group}`,
                label: group,
                value: result?.difference ?? 0,
                low: result?.low ?? 0,
                high: result?.high ?? 0,
              })),
              { what: `Difference of ${metric} to ${reference}`, zeroAt: 0 },
            )}
          />
          <p className="mt-2 text-xs text-faint">
            Difference of the means with its 95 % bootstrap interval; the p-value is that of a permutation test
            {decided.length > 1 ? `, corrected for ${decided.length} comparisons (Holm)` : ''}.
          </p>
        </>
      ) : null}
    </Card>
  );
};
