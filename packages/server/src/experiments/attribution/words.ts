import type { MetricAttribution } from '@millwright/contract';

/** As many digits as tell a difference apart, without those that are noise. */
const short = (value: number): string => {
  const text =
    Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-4) ? value.toExponential(2) : value.toPrecision(3);
  return text.includes('e') ? text : String(Number(text));
};
const signed = (value: number): string => (value > 0 ? `+${short(value)}` : short(value));
const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** In how far a contribution is more than chance. */
const isSure = ({ low, high }: { low: number | null; high: number | null }): boolean =>
  low !== null && high !== null && (low > 0 || high < 0);

type Found = Omit<MetricAttribution, 'sentence' | 'notes'>;

/** What the numbers say, for those who do not read them. */
export const sentenceOf = (found: Found): string => {
  const { metric, from, to, change, factors, method } = found;
  const begin = `${metric} went from ${short(from)} to ${short(to)} (${signed(change)})`;
  if (factors.length === 0) {
    const isNoise = found.noise !== null && Math.abs(change) <= 2 * found.noise * Math.SQRT2;
    return `${begin}, though no parameter, no code and no data that we know of changed${isNoise ? ': runs alike differ as much' : ''}.`;
  }
  if (method === 'pair')
    return `${begin}. With these two runs alone, all of it goes to ${listed(factors.flatMap((one) => one.changes.map(({ key }) => key)))} together.`;
  const parts = factors
    .slice(0, 3)
    .map((one) => `${signed(one.contribution)} by ${one.label}${isSure(one) ? '' : ' (may be chance)'}`);
  const rest =
    Math.abs(found.remainder) > 0.005 * Math.abs(change) ? `; ${signed(found.remainder)} stays unexplained` : '';
  return `${begin}: ${listed(parts)}${factors.length > 3 ? ', the rest less' : ''}${rest}.`;
};

export const notesOf = (found: Found, names: readonly string[], isSeedChanged: boolean): string[] => {
  const { factors, method, noise, predicts, remainder, change, runs } = found;
  const together = factors.filter(({ changes }) => changes.length > 1);
  return [
    ...(method === 'pair'
      ? ['No other runs help to split the change: run some that change one thing at a time.']
      : together.map(
          ({ changes }) =>
            `${listed(changes.map(({ key }) => key))} cannot be told apart: they changed together in every run.`,
        )),
    ...(method === 'surrogate'
      ? [
          `By an additive fit to ${runs} runs: what two changes do only together is in the unexplained part.`,
          ...(predicts !== null && predicts < 0.3
            ? [`The fit predicts runs left out badly (Q² ${short(predicts)}): take the parts as a hint only.`]
            : []),
        ]
      : []),
    ...(method === 'cells' ? [`By the means of ${runs} runs at every combination of the changes.`] : []),
    ...(method !== 'pair' && factors.some(({ low }) => low === null)
      ? ['There are too few runs to say how sure the parts are.']
      : []),
    ...(noise === null ? [] : [`Runs alike in everything differ by ${short(noise)} (standard deviation).`]),
    ...(noise !== null && Math.abs(change) <= 2 * noise * Math.SQRT2
      ? ['The whole change is within what runs alike differ by: it may be chance.']
      : []),
    ...(isSeedChanged && Math.abs(remainder) > 0
      ? ['The seed changed as well; its part is in the unexplained rest.']
      : []),
    ...(names.length > 0
      ? [`${listed(names)} left out: different in every run, so they name it rather than explain it.`]
      : []),
  ];
};
