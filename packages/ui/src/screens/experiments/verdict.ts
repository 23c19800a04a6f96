import { compareMeans, holm, leastPValue } from '@millwright/stats';
import type { Run } from '@millwright/contract';
import { numbersOf } from './run-groups.ts';
import type { SummaryOf } from './metric-meaning.ts';

export interface VerdictOptions {
  metric: string;
  summary: SummaryOf;
  /** What the others are compared with. */
  reference: string;
  higherIsBetter: boolean;
}
export interface Verdict {
  group: string;
  count: number;
  referenceCount: number;
  /** null: fewer than two runs on a side have the metric. */
  result: {
    /** Mean of the group less mean of the reference. */
    difference: number;
    low: number;
    high: number;
    /** Of the permutation test, after Holm's correction for the number of comparisons. */
    pValue: number;
  } | null;
  outcome: 'better' | 'worse' | 'undecided' | 'too-few';
  text: string;
}

const level = 0.05;
const seed = 20_260_101;
const formatP = (p: number) => (p < 0.001 ? 'p < 0.001' : `p = ${p.toPrecision(2)}`);
const runsWord = (count: number) => (count === 1 ? '1 run' : `${count} runs`);

/** The fewest runs on each side with which so many comparisons can be decided at all. */
const runsNeeded = (comparisons: number): number => {
  let runs = 2;
  while (leastPValue(runs, runs) * comparisons > level) runs += 1;
  return runs;
};

/** Whether each group of runs (e.g. those of one learning rate, over seeds) is better than the reference. */
export const judgeGroups = (
  groups: readonly { value: string; runs: readonly Run[] }[],
  { metric, summary, reference, higherIsBetter }: VerdictOptions,
): Verdict[] => {
  const known = groups.find(({ value }) => value === reference);
  if (!known) return [];
  const base = numbersOf(known.runs, metric, summary);
  const compared = groups
    .filter((group) => group !== known)
    .map(({ value, runs }) => {
      const values = numbersOf(runs, metric, summary);
      const result = base.length >= 2 && values.length >= 2 ? compareMeans(base, values, { seed }) : null;
      return { value, values, result };
    });
  const tested = compared.flatMap(({ result }) => result ?? []);
  const { adjusted } = holm(tested.map(({ pValue }) => pValue));
  return compared.map(({ value, values, result }): Verdict => {
    const counts = { group: value, count: values.length, referenceCount: base.length };
    if (result === null)
      return {
        ...counts,
        result: null,
        outcome: 'too-few',
        text: `Not enough runs: ${value} has ${values.length} and ${reference} has ${base.length} with ${metric}. Two each are the least.`,
      };
    const pValue = adjusted[tested.indexOf(result)] ?? 1;
    const outcome = { ...counts, result: { ...result, pValue } };
    if (pValue <= level) {
      const isBetter = result.difference > 0 === higherIsBetter;
      return {
        ...outcome,
        outcome: isBetter ? 'better' : 'worse',
        text: `${value} is ${isBetter ? 'better' : 'worse'} than ${reference} (${formatP(pValue)}).`,
      };
    }
    const cannot = leastPValue(base.length, values.length) * tested.length > level;
    return {
      ...outcome,
      outcome: cannot ? 'too-few' : 'undecided',
      text: cannot
        ? `Not enough runs: with ${runsWord(base.length)} against ${values.length}, chance alone explains any difference. ${runsNeeded(tested.length)} each would do.`
        : `No difference between ${value} and ${reference} that chance would not explain (${formatP(pValue)}).`,
    };
  });
};
