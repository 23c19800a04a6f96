import { type ArmLosses, compareLosses, type LossEvidence, type LossState, observed } from './rollout-loss.ts';
import { createTwoProportionTest, type TwoProportionState } from './two-proportion.ts';

export interface RolloutConfig {
  /** binary: wrong or right predictions; real: a loss per prediction; none: no labels will come, errors decide. */
  lossKind: 'binary' | 'real' | 'none';
  /**
   * Level of a wrong rollback and, separately, of a wrong promotion, over the whole rollout. Half the rollback level
   * goes to failed requests and half to loss.
   */
  alpha?: number;
  /** Rise of the mean loss (absolute) up to which a challenger still counts as no worse. Must be positive. */
  lossMargin: number;
  /** Rise of the share of failed requests (absolute) that is tolerated. Positive when lossKind is none. */
  errorMargin?: number;
  /** Labelled predictions (requests when lossKind is none) each arm needs before a promotion. */
  minSamplesPerArm?: number;
  /** Labelled predictions (requests when lossKind is none) of both arms after which an open rollout pauses. */
  maxSamples?: number;
}

/** What was newly observed of one arm. */
export interface ArmObservations {
  requests?: { failed: number; succeeded: number };
  losses?: ArmLosses;
}

/** Plain JSON; keep it between updates. */
export interface RolloutState {
  errors: TwoProportionState;
  /** The errors test in the other direction, which promotes a rollout without labels. */
  errorsWithinMargin: TwoProportionState;
  loss: LossState | null;
  /** Requests of the challenger since the breaker last looked. */
  breaker: { requests: number; failed: number };
  /** Set once, when the breaker trips. */
  tripped: { requests: number; failed: number } | null;
}

export interface RolloutEvidence {
  errors: {
    championRequests: number;
    challengerRequests: number;
    championFailed: number;
    challengerFailed: number;
    harmPValue: number;
    withinMarginPValue: number;
  };
  loss: LossEvidence | null;
  breakerTripped: boolean;
}

export interface RolloutDecision {
  decision: 'continue' | 'promote' | 'rollback' | 'pause';
  /** One sentence with the numbers that decided. */
  reason: string;
  evidence: RolloutEvidence;
}

export interface Rollout {
  initial(): RolloutState;
  update(state: RolloutState, observations: { champion?: ArmObservations; challenger?: ArmObservations }): RolloutState;
  decide(state: RolloutState): RolloutDecision;
}

/** The breaker looks at the challenger's requests in groups of at least this many. */
const BREAKER_REQUESTS = 20;
const BREAKER_FAILED_SHARE = 0.5;

/**
 * Decides a canary rollout from what has been observed so far. Every test is anytime-valid: look after each request.
 * rollback: harm shown (failed requests beyond errorMargin, or a higher loss), or half of 20 requests failed.
 * promote: the loss is shown to rise by less than lossMargin (without labels: failures by less than errorMargin).
 * pause: maxSamples seen and neither shown. A rollback has precedence. The caller stops at the first decision.
 */
export function createRollout(config: RolloutConfig): Rollout {
  const { lossKind, lossMargin, alpha = 0.05, errorMargin = 0, minSamplesPerArm = 50, maxSamples = 20_000 } = config;
  if (!(alpha > 0 && alpha < 0.5)) throw new RangeError(`alpha must lie in (0, 0.5), got ${alpha}`);
  if (lossKind !== 'none' && !(lossMargin > 0)) throw new RangeError(`lossMargin must be positive, got ${lossMargin}`);
  if (lossKind === 'binary' && lossMargin >= 1) throw new RangeError(`lossMargin must be below 1, got ${lossMargin}`);
  if (lossKind === 'none' && !(errorMargin > 0))
    throw new RangeError('a rollout without labels needs a positive errorMargin');
  // Without labels errors are the only ground for a statistical rollback and get the whole level.
  const harmAlpha = lossKind === 'none' ? alpha : alpha / 2;
  const errors = createTwoProportionTest({
    alternative: 'greater',
    nullDifference: errorMargin,
    prior: { ones: 0.5, zeros: 9.5 },
  });
  const errorsWithinMargin = createTwoProportionTest({
    alternative: 'less',
    nullDifference: errorMargin,
    effects: [0.5, 1, 2, 4].map((multiple) => multiple * (errorMargin || 0.01)),
    prior: { ones: 0.5, zeros: 9.5 },
  });
  const losses =
    lossKind === 'none' ? null : compareLosses({ kind: lossKind, margin: lossMargin, harmAlpha, promoteAlpha: alpha });

  const update: Rollout['update'] = (state, { champion, challenger }) => {
    const outcomes = (arm: ArmObservations | undefined) => ({
      ones: arm?.requests?.failed ?? 0,
      zeros: arm?.requests?.succeeded ?? 0,
    });
    const [a, b] = [outcomes(champion), outcomes(challenger)];
    const breaker = { requests: state.breaker.requests + b.ones + b.zeros, failed: state.breaker.failed + b.ones };
    const full = breaker.requests >= BREAKER_REQUESTS;
    const trips = full && breaker.failed >= BREAKER_FAILED_SHARE * breaker.requests;
    return {
      errors: errors.update(state.errors, { a, b }),
      errorsWithinMargin: errorsWithinMargin.update(state.errorsWithinMargin, { a, b }),
      loss:
        losses && state.loss
          ? losses.update(state.loss, {
              ...(champion?.losses === undefined ? {} : { champion: champion.losses }),
              ...(challenger?.losses === undefined ? {} : { challenger: challenger.losses }),
            })
          : state.loss,
      breaker: full ? { requests: 0, failed: 0 } : breaker,
      tripped: state.tripped ?? (trips ? breaker : null),
    };
  };

  const decide: Rollout['decide'] = (state) => {
    const seen = observed(state.errors);
    const loss = losses && state.loss ? losses.evidence(state.loss) : null;
    const harmPValue = errors.anytimePValue(state.errors);
    const withinMarginPValue = errorsWithinMargin.anytimePValue(state.errorsWithinMargin);
    const evidence: RolloutEvidence = {
      errors: {
        championRequests: seen.champion.count,
        challengerRequests: seen.challenger.count,
        championFailed: seen.champion.ones,
        challengerFailed: seen.challenger.ones,
        harmPValue,
        withinMarginPValue,
      },
      loss,
      breakerTripped: state.tripped !== null,
    };
    const conclude = (decision: RolloutDecision['decision'], reason: string) => ({ decision, reason, evidence });
    const failures =
      `${seen.challenger.ones} of ${seen.challenger.count} challenger requests failed, ` +
      `${seen.champion.ones} of ${seen.champion.count} of the champion`;
    if (state.tripped) {
      return conclude(
        'rollback',
        `${state.tripped.failed} of ${state.tripped.requests} successive challenger requests failed.`,
      );
    }
    if (harmPValue <= harmAlpha) return conclude('rollback', `${failures} (anytime p ${number(harmPValue)}).`);
    if (loss?.harmShown) return conclude('rollback', `The challenger's loss is higher: ${describe(loss)}.`);
    const arms = loss ? [loss.championCount, loss.challengerCount] : [seen.champion.count, seen.challenger.count];
    const enough = Math.min(...arms) >= minSamplesPerArm;
    const shown = loss ? loss.nonInferiorityShown : withinMarginPValue <= alpha;
    if (shown && enough) {
      return loss
        ? conclude(
            'promote',
            `The challenger's loss is at most ${number(lossMargin)} above the champion's: ${describe(loss)}.`,
          )
        : conclude(
            'promote',
            `${failures}: at most ${number(errorMargin)} more (anytime p ${number(withinMarginPValue)}).`,
          );
    }
    const total = arms[0]! + arms[1]!;
    const soFar = loss ? describe(loss) : failures;
    if (total >= maxSamples)
      return conclude('pause', `Neither harm nor safety is shown after ${total} samples: ${soFar}.`);
    return conclude('continue', `Not decided after ${total} of at most ${maxSamples} samples: ${soFar}.`);
  };

  return {
    initial: () => ({
      errors: errors.initial(),
      errorsWithinMargin: errorsWithinMargin.initial(),
      loss: losses?.initial() ?? null,
      breaker: { requests: 0, failed: 0 },
      tripped: null,
    }),
    update,
    decide,
  };
}

const number = (value: number): string =>
  Number.isFinite(value) ? Number(value.toPrecision(3)).toString() : 'unknown';

function describe(loss: LossEvidence): string {
  if (loss.championCount === 0 || loss.challengerCount === 0) {
    return `${loss.championCount} labels for the champion, ${loss.challengerCount} for the challenger`;
  }
  const means =
    `${number(loss.challengerLoss)} on ${loss.challengerCount} labels against ${number(loss.championLoss)} ` +
    `on ${loss.championCount} of the champion`;
  if (loss.harmPValue !== undefined && loss.nonInferiorityPValue !== undefined) {
    return `${means} (anytime p: worse ${number(loss.harmPValue)}, within the margin ${number(loss.nonInferiorityPValue)})`;
  }
  return `${means} (difference between ${number(loss.lower!)} and ${number(loss.upper!)} at any time)`;
}
