import { rng } from '../random.ts';

/** Outcomes of one arm: how many rows were 1 (an error) and how many 0. */
export interface Outcomes {
  ones: number;
  zeros: number;
}

export interface TwoProportionConfig {
  /** delta. 'greater' tests H0: p_b - p_a <= delta; 'less' tests H0: p_b - p_a >= delta. */
  nullDifference?: number;
  alternative: 'greater' | 'less';
  /** Distances beyond delta the test bets on, in equal parts; best near the true one, valid for any choice. */
  effects?: readonly number[];
  /** What is known of the rate beforehand, as pseudo-counts; sharpens the first bets, never affects validity. */
  prior?: Outcomes;
}

/** Everything the test remembers; plain JSON. */
export interface TwoProportionState {
  /** Outcomes already bet on. */
  used: { a: Outcomes; b: Outcomes };
  /** Outcomes that wait until both arms have enough for a block. */
  pending: { a: Outcomes; b: Outcomes };
  /** Logarithm of the capital of each bet. */
  logCapitals: number[];
  /** Largest logarithm of the e-value so far. */
  maxLogE: number;
}

export interface TwoProportionTest {
  initial(): TwoProportionState;
  /** Adds any number of new outcomes of either arm; the state given is left alone. */
  update(state: TwoProportionState, outcomes: { a?: Outcomes; b?: Outcomes }): TwoProportionState;
  /** Evidence against H0; its logarithm does not overflow. */
  logEValue(state: TwoProportionState): number;
  eValue(state: TwoProportionState): number;
  /** min(1, 1 / largest e-value so far): at most alpha ever, with probability at least 1 - alpha under H0. */
  anytimePValue(state: TwoProportionState): number;
}

/** Blocks wait for this many outcomes of each arm: smaller ones pair arms unevenly and waste evidence. */
const MIN_BLOCK_PER_ARM = 4;
const DEFAULT_EFFECTS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32];
/** Share of the largest bet that cannot bankrupt a capital. */
const MAX_STAKE = 0.8;

const size = (o: Outcomes) => o.ones + o.zeros;
const add = (x: Outcomes, y: Outcomes): Outcomes => ({ ones: x.ones + y.ones, zeros: x.zeros + y.zeros });
const none = (): Outcomes => ({ ones: 0, zeros: 0 });

/**
 * Sequential test of two error rates that may be looked at after every row and stopped at any time.
 *
 * Source: the block e-variables of Turner, Ly and Grünwald ("Generic E-variables for exact sequential k-sample tests
 * that allow for optional stopping", 2024) with the composite null of Turner and Grünwald ("Exact anytime-valid
 * confidence intervals for contingency tables and beyond", 2023), in betting form (Waudby-Smith and Ramdas 2024).
 *
 * A block has n_a and n_b outcomes y in [0, 1]. Before it, choose a centre q and a stake s >= 0, from the past only:
 *   E = prod_a (1 - s (n_b/n_a) (y - q)) * prod_b (1 + s (y - q - delta)).
 * Given the past, the outcomes of a block are independent with mean rates p_a and p_b over the block, so by
 * 1 + x <= exp(x) the expectation is at most exp(s n_b (p_b - p_a - delta)) <= 1 under H0, whatever p_a is. The product
 * over blocks is a non-negative supermartingale, as is a mixture over stakes; by Ville's inequality it ever reaches
 * 1/alpha with probability at most alpha. The rates may even change from block to block. What must hold: rows are
 * independent given the past, and how many rows of each arm arrive does not depend on their outcomes.
 *
 * The stake aims at a distance e beyond delta: s = e / (variance of an arm-b outcome and its share of arm a).
 */
export function createTwoProportionTest(config: TwoProportionConfig): TwoProportionTest {
  const { nullDifference = 0, alternative, effects = DEFAULT_EFFECTS, prior = { ones: 0.5, zeros: 0.5 } } = config;
  if (!(nullDifference > -1 && nullDifference < 1))
    throw new RangeError(`nullDifference must lie in (-1, 1), got ${nullDifference}`);
  if (effects.length === 0 || effects.some((e) => !(e > 0))) throw new RangeError('effects must be positive');
  // 'less' is 'greater' for the opposite outcome: (1 - y_b) - (1 - y_a) = -(y_b - y_a).
  const flipped = alternative === 'less';
  const delta = flipped ? -nullDifference : nullDifference;
  const orient = (o: Outcomes): Outcomes => (flipped ? { ones: o.zeros, zeros: o.ones } : o);
  const orientedPrior = orient(prior);

  const centre = (used: { a: Outcomes; b: Outcomes }): number => {
    const [a, b] = [orient(used.a), orient(used.b)];
    const count = size(a) + size(b) + size(orientedPrior);
    const pooled = (a.ones + b.ones + orientedPrior.ones - delta * size(b)) / count;
    // Both centres, q and q + delta, stay inside (0, 1).
    const edge = Math.min(0.25 * (1 - Math.abs(delta)), 0.5 / (count + 1));
    return Math.min(Math.min(1, 1 - delta) - edge, Math.max(Math.max(0, -delta) + edge, pooled));
  };

  const bet = (state: TwoProportionState, block: { a: Outcomes; b: Outcomes }): TwoProportionState => {
    const [a, b] = [orient(block.a), orient(block.b)];
    const ratio = size(b) / size(a);
    const q = centre(state.used);
    const qb = q + delta;
    const variance = ratio * q * (1 - q) + qb * (1 - qb);
    const largest = MAX_STAKE * Math.min(1 / (ratio * (1 - q)), 1 / qb);
    const logCapitals = state.logCapitals.map((capital, j) => {
      const stake = Math.min(effects[j]! / variance, largest);
      const stakeA = stake * ratio;
      return (
        capital +
        a.ones * Math.log1p(-stakeA * (1 - q)) +
        a.zeros * Math.log1p(stakeA * q) +
        b.ones * Math.log1p(stake * (1 - qb)) +
        b.zeros * Math.log1p(-stake * qb)
      );
    });
    const used = { a: add(state.used.a, block.a), b: add(state.used.b, block.b) };
    return {
      used,
      pending: { a: none(), b: none() },
      logCapitals,
      maxLogE: Math.max(state.maxLogE, logMeanExp(logCapitals)),
    };
  };

  const update: TwoProportionTest['update'] = (state, outcomes) => {
    const rest = {
      a: add(state.pending.a, checked(outcomes.a ?? none())),
      b: add(state.pending.b, checked(outcomes.b ?? none())),
    };
    let next = state;
    const smallest = () => Math.min(size(rest.a), size(rest.b));
    while (smallest() >= MIN_BLOCK_PER_ARM) {
      const block = takeBlock(rest, size(next.used.a) + size(next.used.b));
      next = bet(next, block);
    }
    return { ...next, pending: rest };
  };

  const logEValue = (state: TwoProportionState) => logMeanExp(state.logCapitals);
  return {
    initial: () => ({
      used: { a: none(), b: none() },
      pending: { a: none(), b: none() },
      logCapitals: effects.map(() => 0),
      maxLogE: 0,
    }),
    update,
    logEValue,
    eValue: (state) => Math.exp(logEValue(state)),
    anytimePValue: (state) => Math.min(1, Math.exp(-state.maxLogE)),
  };
}

/** Logarithm of the mean of exponentials, without overflow. */
function logMeanExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, v) => sum + Math.exp(v - largest), 0) / values.length);
}

function checked(outcomes: Outcomes): Outcomes {
  for (const count of [outcomes.ones, outcomes.zeros]) {
    if (!(Number.isInteger(count) && count >= 0))
      throw new RangeError(`outcome counts must be whole and not negative, got ${count}`);
  }
  return outcomes;
}

/**
 * Takes the next block out of `rest`. A block is at most as large as all before it (at least 40), so that the centre is
 * learned from the first part of a large delivery. Which rows come first is drawn at random, as rows within a delivery
 * have no order; the seed depends on how many rows there are, never on their outcomes.
 */
function takeBlock(rest: { a: Outcomes; b: Outcomes }, usedCount: number): { a: Outcomes; b: Outcomes } {
  const waiting = size(rest.a) + size(rest.b);
  const share = Math.max(40, usedCount) / waiting;
  const part = (o: Outcomes) => Math.max(MIN_BLOCK_PER_ARM, Math.ceil(size(o) * share));
  const [fromA, fromB] = [part(rest.a), part(rest.b)];
  const enoughLeft = size(rest.a) - fromA >= MIN_BLOCK_PER_ARM && size(rest.b) - fromB >= MIN_BLOCK_PER_ARM;
  if (!enoughLeft) {
    const block = { a: rest.a, b: rest.b };
    rest.a = none();
    rest.b = none();
    return block;
  }
  const random = rng(usedCount * 1_000_003 + waiting);
  const draw = (from: Outcomes, count: number): Outcomes => {
    const drawn = none();
    for (let i = 0; i < count; i++) {
      const isOne = random.next() * (size(from) - size(drawn)) < from.ones - drawn.ones;
      if (isOne) drawn.ones++;
      else drawn.zeros++;
    }
    return drawn;
  };
  const block = { a: draw(rest.a, fromA), b: draw(rest.b, fromB) };
  rest.a = { ones: rest.a.ones - block.a.ones, zeros: rest.a.zeros - block.a.zeros };
  rest.b = { ones: rest.b.ones - block.b.ones, zeros: rest.b.zeros - block.b.zeros };
  return block;
}
