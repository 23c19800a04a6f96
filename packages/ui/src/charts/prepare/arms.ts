import type { Rollout } from '@millwright/contract';
import { type PreparedIntervals, prepareIntervals } from './intervals.ts';
import { wilsonInterval } from './wilson.ts';

export type RolloutArms = Pick<Rollout, 'champion' | 'challenger'>;
type Arm = Rollout['champion'];

const roles = ['champion', 'challenger'] as const;
const sharesOf = (arms: RolloutArms, counts: (arm: Arm) => [hits: number, total: number], what: string) => {
  const rows = roles.flatMap((role) => {
    const [hits, total] = counts(arms[role]);
    const interval = wilsonInterval(hits, total);
    const label = `v${arms[role].number} ${role}`;
    return interval ? [{ entity: role, label, value: hits / total, ...interval }] : [];
  });
  return rows.length === 0 ? null : prepareIntervals(rows, { what });
};

/** Mean loss of both arms where every loss is 0 or 1, with 95 % intervals (Wilson). Null before the first label. */
export const prepareArmLosses = (arms: RolloutArms): PreparedIntervals | null =>
  sharesOf(arms, (arm) => [arm.lossSum, arm.labelled], 'Wrong answers as a share of the labelled ones');

/** Share of requests that failed in both arms, with 95 % intervals (Wilson). Null before the first request. */
export const prepareArmFailures = (arms: RolloutArms): PreparedIntervals | null =>
  sharesOf(arms, (arm) => [arm.failures, arm.requests], 'Failed requests as a share of all');
