import type { Rollout, RolloutPolicy, Signature } from '@millwright/contract';
import { type RolloutState as TestState, type RolloutDecision as TestDecision, createRollout } from '@millwright/stats';

export type Policy = Required<RolloutPolicy>;
export type Arm = Rollout['champion'];

/** Where a rollout stands: what was counted, what the sequential tests remember, how much traffic the challenger gets. */
export interface Progress {
  state: Rollout['state'];
  stepIndex: number;
  weight: number;
  champion: Arm;
  challenger: Arm;
  test: TestState;
}

/** What was newly seen of one arm. `losses`: of labelled predictions, 1 or 0 for classes, squared errors for numbers. */
export interface ArmObservations {
  requests: number;
  failures: number;
  losses: number[];
}

export interface Step {
  decision: 'advance' | 'promote' | 'roll-back' | 'pause';
  weight: number;
  reason: string;
}

const defaults: Policy = {
  steps: [0.25, 0.5],
  minLabelsPerStep: 50,
  alpha: 0.05,
  lossMargin: 0.05,
  errorMargin: 0.02,
  maxLabels: 20_000,
};

/** The policy with its defaults, and what is wrong with it; null when nothing is. */
export const completePolicy = (given: RolloutPolicy | undefined): { policy: Policy; problem: string | null } => {
  const policy = { ...defaults, ...given };
  const { steps } = policy;
  if (steps.some((weight, index) => index > 0 && weight <= (steps[index - 1] as number)))
    return { policy, problem: 'The steps must rise: each weight above the one before it.' };
  if (policy.lossMargin <= 0 || policy.lossMargin >= 1_000_000_000)
    return {
      policy,
      problem: 'lossMargin must be above 0: no number of labels shows that two models are exactly equal.',
    };
  if (policy.alpha >= 0.5) return { policy, problem: 'alpha must be below 0.5.' };
  return { policy, problem: null };
};

/** The loss of one labelled prediction. null: the prediction cannot be compared with the label. */
export const lossOf = (
  task: Signature['task'],
  predicted: { label: string | null; value: number },
  label: string,
): number | null => {
  if (task === 'classification') return predicted.label === null ? null : predicted.label === label ? 0 : 1;
  const squared = (predicted.value - Number(label)) ** 2;
  return Number.isFinite(squared) ? squared : null;
};

const testsOf = (task: Signature['task'], policy: Policy) =>
  createRollout({
    lossKind: task === 'classification' ? 'binary' : 'real',
    alpha: policy.alpha,
    lossMargin: task === 'classification' ? Math.min(policy.lossMargin, 0.99) : policy.lossMargin,
    errorMargin: policy.errorMargin,
    minSamplesPerArm: policy.minLabelsPerStep,
    maxSamples: policy.maxLabels,
  });

const emptyArm = (version: { id: string; number: number }): Arm => ({
  modelVersionId: version.id,
  number: version.number,
  requests: 0,
  failures: 0,
  labelled: 0,
  lossSum: 0,
  meanLoss: null,
});

export const beginRollout = (
  task: Signature['task'],
  policy: Policy,
  versions: { champion: { id: string; number: number }; challenger: { id: string; number: number } },
): Progress => ({
  state: 'running',
  stepIndex: 0,
  weight: policy.steps[0] as number,
  champion: emptyArm(versions.champion),
  challenger: emptyArm(versions.challenger),
  test: testsOf(task, policy).initial(),
});

const addTo = (arm: Arm, seen: ArmObservations): Arm => {
  const labelled = arm.labelled + seen.losses.length;
  const lossSum = seen.losses.reduce((sum, loss) => sum + loss, arm.lossSum);
  return {
    ...arm,
    requests: arm.requests + seen.requests,
    failures: arm.failures + seen.failures,
    labelled,
    lossSum,
    meanLoss: labelled === 0 ? null : lossSum / labelled,
  };
};

const observed = (task: Signature['task'], { requests, failures, losses }: ArmObservations) => {
  const wrong = losses.reduce((sum, loss) => sum + loss, 0);
  return {
    requests: { failed: failures, succeeded: requests - failures },
    losses: task === 'classification' ? { ones: wrong, zeros: losses.length - wrong } : losses,
  };
};

/**
 * Counts what is new and decides. A paused rollout goes on counting and may still be rolled back for harm, but neither
 * rises nor is promoted. The weight rises by a step for every `minLabelsPerStep` labelled predictions of the challenger.
 */
export const advanceRollout = (
  task: Signature['task'],
  policy: Policy,
  before: Progress,
  seen: { champion: ArmObservations; challenger: ArmObservations },
): { progress: Progress; steps: Step[] } => {
  const tests = testsOf(task, policy);
  const progress: Progress = {
    ...before,
    champion: addTo(before.champion, seen.champion),
    challenger: addTo(before.challenger, seen.challenger),
    test: tests.update(before.test, {
      champion: observed(task, seen.champion),
      challenger: observed(task, seen.challenger),
    }),
  };
  const { decision, reason } = tests.decide(progress.test);
  if (decision === 'rollback') return concluded(progress, 'rolled-back', { decision: 'roll-back', weight: 0, reason });
  if (progress.state === 'paused') return { progress, steps: [] };
  if (decision === 'promote') return concluded(progress, 'promoted', { decision: 'promote', weight: 1, reason });
  if (decision === 'pause')
    return concluded(progress, 'paused', { decision: 'pause', weight: progress.weight, reason });
  const steps: Step[] = [];
  while (
    progress.stepIndex + 1 < policy.steps.length &&
    progress.challenger.labelled >= policy.minLabelsPerStep * (progress.stepIndex + 1)
  ) {
    progress.stepIndex++;
    progress.weight = policy.steps[progress.stepIndex] as number;
    steps.push({
      decision: 'advance',
      weight: progress.weight,
      reason: `${progress.challenger.labelled} labelled predictions of the challenger and no harm shown: its share rises to ${percent(progress.weight)}. ${reason}`,
    });
  }
  return { progress, steps };
};

const concluded = (progress: Progress, state: Rollout['state'], step: Step): { progress: Progress; steps: Step[] } => ({
  progress: { ...progress, state, weight: step.weight },
  steps: [step],
});

export const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

const largest = 1e12;
const eValue = (pValue: number): number => Math.min(largest, 1 / pValue);

/**
 * What the tests have gathered, on one scale where `threshold` (1 / alpha) decides. Rolling back has two tests that share
 * alpha, so their e-values count half. Real losses are decided by bounds, not e-values: they show the threshold once decided.
 */
export const evidenceOf = (task: Signature['task'], policy: Policy, test: TestState): Rollout['evidence'] => {
  const { evidence }: TestDecision = testsOf(task, policy).decide(test);
  const { loss, errors } = evidence;
  const threshold = 1 / policy.alpha;
  return {
    harm: loss?.harmPValue === undefined ? (loss?.harmShown ? threshold : 0) : eValue(loss.harmPValue) / 2,
    noHarm:
      loss?.nonInferiorityPValue === undefined
        ? loss?.nonInferiorityShown
          ? threshold
          : 0
        : eValue(loss.nonInferiorityPValue),
    errors: eValue(errors.harmPValue) / 2,
    threshold,
  };
};
