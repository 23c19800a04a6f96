import type { Change } from '#platform/change';

export const evaluationJob = 'serving.evaluate-rollout';

/**
 * Asks for an evaluation of the running rollout, in the transaction that brings something to evaluate. One job per turn: it
 * raises the turn before it reads, so that what is committed after its reading asks for a job of its own.
 */
export const enqueueEvaluation = (
  change: Change,
  { rolloutId, turn }: { rolloutId: string | null; turn: number },
): void => {
  if (rolloutId !== null)
    change.enqueue(evaluationJob, { rolloutId }, { dedupeKey: `${evaluationJob}:${rolloutId}:${turn}` });
};
