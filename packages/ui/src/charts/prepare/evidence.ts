import type { Rollout } from '@millwright/contract';
import { formatNumber, formatPercent } from '../../ui/format.ts';
import type { Described } from './chart.ts';

export type EvidenceKind = 'noHarm' | 'harm' | 'errors';
export interface PreparedEvidence extends Described {
  bars: {
    kind: EvidenceKind;
    label: string;
    /** What the number says, in plain words. */
    words: string;
    text: string;
    /** 0 to 1; 0 is an e-value of 1 or less (nothing shown), 1 the right end. */
    value: number;
    reached: boolean;
    /** What happens when the threshold is reached. */
    outcome: 'promote' | 'roll-back';
  }[];
  /** Where the threshold lies, 0 to 1: the same in every bar. */
  threshold: number;
}
/** The threshold stands here; the rest of the bar shows by how much it is exceeded, in powers of the threshold. */
const thresholdAt = 0.75;

const strengthOf = (value: number, threshold: number): string => {
  if (value >= threshold) return 'decided';
  if (value <= 1) return 'nothing shown yet';
  const share = Math.log(value) / Math.log(threshold);
  return share < 0.35 ? 'a weak sign' : share < 0.75 ? 'a clear sign, not enough to decide' : 'nearly enough to decide';
};

/** E-values on a logarithmic scale against the threshold 1 / alpha that decides. */
export const prepareEvidence = (
  rollout: Pick<Rollout, 'champion' | 'challenger' | 'evidence' | 'policy'>,
): PreparedEvidence => {
  const { evidence, policy } = rollout;
  const { threshold } = evidence;
  const [challenger, champion] = [`v${rollout.challenger.number}`, `v${rollout.champion.number}`];
  const place = (value: number) =>
    value <= 1 ? 0 : Math.min(1, (Math.log(value) / Math.log(Math.max(threshold, 1.001))) * thresholdAt);
  const margin = policy.lossMargin === undefined ? '' : ` by more than ${formatNumber(policy.lossMargin)}`;
  const claims: [EvidenceKind, string, string][] = [
    ['noHarm', 'No harm', `${challenger} does not lose more than ${champion}${margin}`],
    ['harm', 'Harm', `${challenger} loses more than ${champion}`],
    ['errors', 'Failures', `${challenger} fails more often than ${champion}`],
  ];
  const bars = claims.map(([kind, label, claim]) => {
    const value = evidence[kind];
    return {
      kind,
      label,
      words: `${claim}: ${strengthOf(value, threshold)}.`,
      text: `${formatNumber(value)} of ${formatNumber(threshold)}`,
      value: place(value),
      reached: value >= threshold,
      outcome: kind === 'noHarm' ? ('promote' as const) : ('roll-back' as const),
    };
  });
  return {
    bars,
    threshold: thresholdAt,
    note: null,
    sentence: `${bars.map((bar) => `${bar.words.replace(/\.$/, '')} (${bar.text})`).join('; ')}. The threshold is 1 divided by alpha: were a claim untrue, it would be reached in at most ${formatPercent(1 / threshold)} of all rollouts, however often one looks.`,
    table: {
      head: ['Claim', 'Evidence', 'Threshold', 'Then'],
      rows: bars.map((bar) => [
        bar.words,
        formatNumber(evidence[bar.kind]),
        formatNumber(threshold),
        bar.outcome === 'promote' ? 'promote' : 'roll back',
      ]),
    },
  };
};
