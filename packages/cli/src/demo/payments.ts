import { type Rng, rng } from '@millwright/stats';
import type { KnownChange, Source, SourceColumn, Value } from './source.ts';

const features: readonly SourceColumn[] = [
  { name: 'amount', kind: 'number' },
  { name: 'hour', kind: 'number' },
  { name: 'distance_km', kind: 'number' },
  { name: 'account_age_days', kind: 'number' },
  { name: 'failed_attempts', kind: 'number' },
  { name: 'session_seconds', kind: 'number' },
  { name: 'channel', kind: 'category' },
  { name: 'merchant', kind: 'category' },
];

const channels = ['chip', 'contactless', 'online'] as const;
const merchants = ['grocery', 'fuel', 'travel', 'electronics', 'gaming', 'fashion'] as const;

interface Regime {
  /** Factor on the time people spend in the app: it means nothing for fraud. */
  sessionFactor: number;
  pattern: 'stolen-cards' | 'account-takeover';
}

const pick = <T>(random: Rng, values: readonly T[], weights: readonly number[]): T => {
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < values.length; i++) {
    left -= weights[i] as number;
    if (left < 0) return values[i] as T;
  }
  return values.at(-1) as T;
};

/** Log-odds of fraud. Stolen cards: large, far, electronics, online. Account takeover: small tests at gaming shops, close by, contactless. */
const logOdds = (
  regime: Regime,
  z: { amount: number; distance: number; age: number; failed: number },
  channel: string,
  merchant: string,
): number => {
  const base = -3.1 - 0.7 * z.age + 1.1 * z.failed;
  return regime.pattern === 'stolen-cards'
    ? base +
        1.9 * z.amount +
        1.5 * z.distance +
        (channel === 'online' ? 1.6 : 0) +
        (merchant === 'electronics' ? 1.7 : 0) +
        (merchant === 'travel' ? 0.8 : 0)
    : base -
        1.7 * z.amount -
        1.3 * z.distance +
        (channel === 'contactless' ? 2 : 0) +
        (merchant === 'gaming' ? 2.2 : 0) +
        (merchant === 'fuel' ? 1 : 0);
};

const payment = (random: Rng, regime: Regime): { row: Value[]; label: string } => {
  const amountZ = random.normal();
  const distanceZ = random.normal();
  const ageZ = random.normal();
  const failed = Math.max(0, Math.floor(-Math.log(1 - random.next()) * 0.7));
  const channel = pick(random, channels, [3, 4, 3]);
  const merchant = pick(random, merchants, [4, 2, 1, 2, 1.5, 2]);
  const session = Math.exp(4 + 0.5 * random.normal()) * regime.sessionFactor;
  const hour = Math.floor(random.next() * 24);
  const odds = logOdds(regime, { amount: amountZ, distance: distanceZ, age: ageZ, failed }, channel, merchant);
  const fraud = random.bernoulli(1 / (1 + Math.exp(-odds)));
  const round = (value: number) => Math.round(value * 100) / 100;
  // One in fifty apps does not report where the phone is.
  const distance = random.bernoulli(0.02) ? null : round(Math.exp(1.5 + 0.9 * distanceZ));
  return {
    row: [
      round(Math.exp(3.4 + 0.8 * amountZ)),
      hour,
      distance,
      Math.round(Math.exp(6 + 0.8 * ageZ)),
      failed,
      round(session),
      channel,
      merchant,
    ],
    label: fraud ? 'fraud' : 'genuine',
  };
};

export interface PaymentPlan {
  historyRows: number;
  harmlessAt: number;
  patternAt: number;
  streamRows: number;
}
export const demoPlan: PaymentPlan = { historyRows: 4000, harmlessAt: 2500, patternAt: 6000, streamRows: 12_000 };

/** A stream of card payments with two changes at known times: first one that means nothing, then one that does. */
export const payments = (seed: number, plan: PaymentPlan = demoPlan): Source => {
  const random = rng(seed);
  const rows: Value[][] = [];
  const labels: string[] = [];
  for (let i = 0; i < plan.historyRows + plan.streamRows; i++) {
    const at = i - plan.historyRows;
    const { row, label } = payment(random, {
      sessionFactor: at >= plan.harmlessAt ? 1.6 : 1,
      pattern: at >= plan.patternAt ? 'account-takeover' : 'stolen-cards',
    });
    rows.push(row);
    labels.push(label);
  }
  const changes: KnownChange[] = [
    { kind: 'harmless', at: plan.harmlessAt, what: 'a new app version: people stay 60 % longer in a session' },
    { kind: 'pattern', at: plan.patternAt, what: 'fraud moves from stolen cards to account takeover' },
  ];
  return {
    name: 'payments',
    unit: 'payments',
    target: 'outcome',
    task: 'classification',
    timeColumn: null,
    features,
    historyRows: plan.historyRows,
    rows,
    labels,
    times: null,
    changes,
    oracle: (changeIndex, count) => {
      const change = changes[changeIndex];
      const afterwards: Regime = {
        sessionFactor: 1.6,
        pattern: change?.kind === 'pattern' ? 'account-takeover' : 'stolen-cards',
      };
      const fresh = rng(seed + 1_000_003 * (changeIndex + 1));
      const drawn = Array.from({ length: count }, () => payment(fresh, afterwards));
      return { rows: drawn.map((one) => one.row), labels: drawn.map((one) => one.label) };
    },
  };
};
