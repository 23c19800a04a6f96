import { CircleCheck, CircleHelp, CircleX } from 'lucide-react';
import { useMemo } from 'react';
import { IntervalPlot } from '../../charts/draw/interval-plot.tsx';
import { prepareIntervals } from '../../charts/prepare/intervals.ts';
import type { CurveGroup } from './curves.tsx';
import { lastOf } from './metric-meaning.ts';
import { type Verdict, judgeGroups } from './verdict.ts';

const looks = {
  better: { icon: CircleCheck, tone: 'text-good' },
  worse: { icon: CircleX, tone: 'text-bad' },
  undecided: { icon: CircleHelp, tone: 'text-muted' },
  'too-few': { icon: CircleHelp, tone: 'text-warn' },
} satisfies Record<Verdict['outcome'], unknown>;

/** How each group fares against one of them, in words and as intervals. */
export const Verdicts = ({
  groups,
  by,
  metric,
  reference,
  higherIsBetter,
}: {
  groups: readonly CurveGroup[];
  by: string;
  metric: string;
  reference: string;
  higherIsBetter: boolean;
}) => {
  const verdicts = useMemo(
    () => judgeGroups(groups, { metric, summary: lastOf, reference, higherIsBetter }),
    [groups, metric, reference, higherIsBetter],
  );
  const decided = verdicts.filter(({ result }) => result !== null);
  const name = by.slice(by.indexOf('.') + 1);
  return (
    <>
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
    </>
  );
};
