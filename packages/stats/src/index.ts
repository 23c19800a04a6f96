export {
  type Attribution,
  type AttributionOptions,
  attributeChange,
  type Contribution,
} from './attribution/attribute.ts';
export type { AttributionRun } from './attribution/design.ts';
export * from './bootstrap.ts';
export * from './compare-means.ts';
export * from './describe.ts';
export * from './distributions.ts';
export * from './drift/chisquare.ts';
export * from './drift/column-drift.ts';
export * from './drift/cramer-von-mises.ts';
export * from './drift/energy.ts';
export * from './drift/frequencies.ts';
export * from './drift/hellinger.ts';
export * from './drift/jensen-shannon.ts';
export { type KsMethod, ks } from './drift/ks.ts';
export * from './drift/l-infinity.ts';
export * from './drift/mann-whitney.ts';
export * from './drift/prepared-reference.ts';
export { klDivergence, psi } from './drift/psi.ts';
export type { DriftResult, DriftTest } from './drift/result.ts';
export * from './drift/t-test.ts';
export * from './drift/total-variation.ts';
export { wasserstein, wassersteinNormed } from './drift/wasserstein.ts';
export * from './drift/z-test.ts';
export * from './error-rate-increase.ts';
export * from './histogram.ts';
export * from './kolmogorov.ts';
export * from './metrics/classification.ts';
export type { Label } from './metrics/pairs.ts';
export * from './metrics/probability.ts';
export * from './metrics/ranking.ts';
export * from './metrics/regression.ts';
export * from './multiplicity.ts';
export * from './persistence.ts';
export { type Rng, rng } from './random.ts';
export * from './sample-ratio.ts';
export * from './sampling.ts';
export * from './sequential/adwin.ts';
export * from './sequential/mean-difference.ts';
export * from './sequential/page-hinkley.ts';
export * from './sequential/rollout.ts';
export type { ArmLosses, LossEvidence, LossState } from './sequential/rollout-loss.ts';
export * from './sequential/two-proportion.ts';
export { betaI, gammaP, gammaQ, lnGamma } from './special-functions.ts';
