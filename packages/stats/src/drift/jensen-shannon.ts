import { type PairedCounts, shares } from './frequencies.ts';
import type { DriftResult } from './result.ts';

/** Jensen-Shannon distance, the square root of the divergence; in [0, 1] for base 2, [0, 0.8326] for base e. */
export function jensenShannon(counts: PairedCounts, base: 2 | 'e' = 2): DriftResult {
  const { reference, current } = shares(counts);
  let divergence = 0;
  reference.forEach((r, i) => {
    const c = current[i]!;
    const middle = (r + c) / 2;
    if (r > 0) divergence += 0.5 * r * Math.log(r / middle);
    if (c > 0) divergence += 0.5 * c * Math.log(c / middle);
  });
  return { statistic: Math.sqrt(Math.max(0, divergence) / (base === 2 ? Math.LN2 : 1)) };
}
