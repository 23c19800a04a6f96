import {
  emptyMeanDifference,
  type MeanDifferenceState,
  meanDifferenceBounds,
  updateMeanDifference,
} from './mean-difference.ts';
import { createTwoProportionTest, type Outcomes, type TwoProportionState } from './two-proportion.ts';

/** Labelled losses of one arm: counts of wrong (1) and right (0) predictions, or real losses such as squared errors. */
export type ArmLosses = Outcomes | ArrayLike<number>;

/** Plain JSON. `binary`: one test per question on the same outcomes. `real`: moments serve both questions. */
export type LossState =
  | { kind: 'binary'; harm: TwoProportionState; nonInferiority: TwoProportionState }
  | { kind: 'real'; moments: MeanDifferenceState };

export interface LossEvidence {
  championCount: number;
  challengerCount: number;
  /** Mean losses; NaN without labels. */
  championLoss: number;
  challengerLoss: number;
  /** challenger - champion. */
  difference: number;
  harmShown: boolean;
  nonInferiorityShown: boolean;
  /** Anytime-valid p-values (binary losses). */
  harmPValue?: number;
  nonInferiorityPValue?: number;
  /** Anytime-valid one-sided bounds of the difference (real losses). */
  lower?: number;
  upper?: number;
}

export interface LossConfig {
  kind: 'binary' | 'real';
  margin: number;
  harmAlpha: number;
  promoteAlpha: number;
}

export interface LossComparison {
  initial(): LossState;
  update(state: LossState, losses: { champion?: ArmLosses; challenger?: ArmLosses }): LossState;
  evidence(state: LossState): LossEvidence;
}

const asArms = <T>(losses: { champion?: T; challenger?: T }) => ({
  ...(losses.champion === undefined ? {} : { a: losses.champion }),
  ...(losses.challenger === undefined ? {} : { b: losses.challenger }),
});

export const observed = (state: TwoProportionState) => {
  const arm = (used: Outcomes, pending: Outcomes) => {
    const ones = used.ones + pending.ones;
    const count = ones + used.zeros + pending.zeros;
    return { count, ones, rate: ones / count };
  };
  return { champion: arm(state.used.a, state.pending.a), challenger: arm(state.used.b, state.pending.b) };
};

/** Bets of the non-inferiority test: an equal challenger lies one margin from the null, a better one several. */
const marginMultiples = [0.5, 1, 2, 4];

/** Compares the labelled losses of two arms: is the challenger worse at all, is it shown to be within the margin. */
export function compareLosses(config: LossConfig): LossComparison {
  return config.kind === 'binary' ? compareBinary(config) : compareReal(config);
}

function compareBinary({ margin, harmAlpha, promoteAlpha }: LossConfig): LossComparison {
  const harm = createTwoProportionTest({ alternative: 'greater' });
  const nonInferior = createTwoProportionTest({
    alternative: 'less',
    nullDifference: margin,
    effects: marginMultiples.map((multiple) => multiple * margin),
  });
  return {
    initial: () => ({ kind: 'binary', harm: harm.initial(), nonInferiority: nonInferior.initial() }),
    update: (state, losses) => {
      if (state.kind !== 'binary')
        throw new TypeError('this rollout compares binary losses, the state holds real ones');
      const outcomes = asArms(losses as { champion?: Outcomes; challenger?: Outcomes });
      return {
        kind: 'binary',
        harm: harm.update(state.harm, outcomes),
        nonInferiority: nonInferior.update(state.nonInferiority, outcomes),
      };
    },
    evidence: (state) => {
      if (state.kind !== 'binary')
        throw new TypeError('this rollout compares binary losses, the state holds real ones');
      const { champion, challenger } = observed(state.harm);
      const harmPValue = harm.anytimePValue(state.harm);
      const nonInferiorityPValue = nonInferior.anytimePValue(state.nonInferiority);
      return {
        championCount: champion.count,
        challengerCount: challenger.count,
        championLoss: champion.rate,
        challengerLoss: challenger.rate,
        difference: challenger.rate - champion.rate,
        harmShown: harmPValue <= harmAlpha,
        nonInferiorityShown: nonInferiorityPValue <= promoteAlpha,
        harmPValue,
        nonInferiorityPValue,
      };
    },
  };
}

function compareReal({ margin, harmAlpha, promoteAlpha }: LossConfig): LossComparison {
  return {
    initial: () => ({ kind: 'real', moments: emptyMeanDifference() }),
    update: (state, losses) => {
      if (state.kind !== 'real') throw new TypeError('this rollout compares real losses, the state holds binary ones');
      const values = asArms(losses as { champion?: ArrayLike<number>; challenger?: ArrayLike<number> });
      return { kind: 'real', moments: updateMeanDifference(state.moments, values) };
    },
    evidence: (state) => {
      if (state.kind !== 'real') throw new TypeError('this rollout compares real losses, the state holds binary ones');
      const { a, b } = state.moments;
      const { difference, lower } = meanDifferenceBounds(state.moments, { alpha: harmAlpha });
      const { upper } = meanDifferenceBounds(state.moments, { alpha: promoteAlpha });
      return {
        championCount: a.count,
        challengerCount: b.count,
        championLoss: a.count > 0 ? a.mean : NaN,
        challengerLoss: b.count > 0 ? b.mean : NaN,
        difference,
        harmShown: lower > 0,
        nonInferiorityShown: upper < margin,
        lower,
        upper,
      };
    },
  };
}
