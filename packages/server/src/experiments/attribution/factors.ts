import { type AttributedFactor, foreignRunTags, type Run, runTags } from '@millwright/contract';
import type { AttributionRun, Contribution } from '@millwright/stats';
import { settingsOf } from '../tried/settings.ts';

/** Names of factors: what they are, and for a parameter its key. */
const codeFactor = 'code';
const dataFactor = 'data';
const parameterPrefix = 'parameters.';

/** What the metric of a run may depend on, besides chance. */
export const factorsOf = (
  run: Run,
  data: readonly string[],
  diffDigest: string | undefined,
): Record<string, string> => {
  const commit = run.tags[runTags.gitCommit] ?? run.tags[foreignRunTags.gitCommit];
  const isDirty = run.tags[runTags.gitDirty] === 'true';
  const code = commit && (isDirty ? `${commit} with changes ${diffDigest?.slice(7, 19) ?? 'not kept'}` : commit);
  return {
    ...Object.fromEntries(settingsOf(run.parameters).map(([key, value]) => [parameterPrefix + key, value])),
    ...(code ? { [codeFactor]: code } : {}),
    ...(data.length > 0 ? { [dataFactor]: data.join(', ') } : {}),
  };
};

/** Nothing more can be fitted sensibly from some hundred runs. */
const unchangedAtMost = 12;
/** From so many runs on, a text that is another one in each of them names the run; it does not explain it. */
const namesFrom = 5;

/** The factors to look at, and those of the change that only name the run. */
export const chooseFactors = (
  runs: readonly AttributionRun[],
  from: AttributionRun,
  to: AttributionRun,
): { kept: string[]; names: string[] } => {
  const all = [from, to, ...runs];
  const counts = new Map<string, Set<string>>();
  for (const { factors } of all)
    for (const [key, value] of Object.entries(factors)) counts.set(key, (counts.get(key) ?? new Set()).add(value));
  const isName = (key: string): boolean =>
    key.startsWith(parameterPrefix) &&
    all.length >= namesFrom &&
    counts.get(key)?.size === all.length &&
    !all.every(({ factors }) => Number.isFinite(Number(factors[key] ?? 'none')));
  const changed = [...counts.keys()].filter((key) => from.factors[key] !== to.factors[key]);
  const unchanged = [...counts]
    .filter(([key, values]) => !changed.includes(key) && values.size > 1 && !isName(key))
    .sort(([, a], [, b]) => a.size - b.size)
    .slice(0, unchangedAtMost)
    .map(([key]) => key);
  return { kept: [...changed.filter((key) => !isName(key)), ...unchanged], names: changed.filter(isName) };
};

export const onlyFactors = (run: AttributionRun, kept: readonly string[]): AttributionRun => ({
  value: run.value,
  factors: Object.fromEntries(
    kept.flatMap((key) => {
      const value = run.factors[key];
      return value === undefined ? [] : [[key, value]];
    }),
  ),
});

const kindOf = (factor: string): 'parameter' | 'code' | 'data' =>
  factor === codeFactor ? 'code' : factor === dataFactor ? 'data' : 'parameter';

export const factorLabel = (factor: string): string =>
  factor.startsWith(parameterPrefix) ? factor.slice(parameterPrefix.length) : factor;

export const toFactor = (
  { factors, value, low, high }: Contribution,
  from: AttributionRun,
  to: AttributionRun,
): AttributedFactor => ({
  kind: factors.length === 1 ? kindOf(factors[0] ?? '') : 'several',
  label: factors.map(factorLabel).join(' + '),
  changes: factors.map((factor) => ({
    kind: kindOf(factor),
    key: factorLabel(factor),
    from: from.factors[factor] ?? null,
    to: to.factors[factor] ?? null,
  })),
  contribution: value,
  low,
  high,
});
