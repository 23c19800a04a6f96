import type { LineageService } from '#lineage';
import type { Change } from '#platform/change';
import { instantOf } from '#platform/ids';
import { planNext } from '../graph.ts';
import { nodesOf } from '../spec-check.ts';
import { enqueueStep } from './starting.ts';
import { type SavedRun, type SavedStep, lockRun, stepsOf, updateRun, updateStep } from './store.ts';

export const isUnderWay = (state: SavedRun['state']): boolean => state === 'queued' || state === 'running';

export const emitStep = (change: Change, run: Pick<SavedRun, 'id' | 'pipelineId'>, step: SavedStep): void =>
  change.emit('pipelines.step-changed', run.id, {
    pipelineId: run.pipelineId,
    step: step.name,
    kind: step.kind,
    state: step.state,
    message: step.message,
  });

/** What a step can have made, by the prefix of its identifier. */
const madeTypes: Record<string, string> = {
  run: 'run',
  dsv: 'dataset-version',
  evl: 'evaluation',
  mv: 'model-version',
  rol: 'rollout',
};

const madeIn = (output: unknown): { type: string; id: string }[] =>
  Object.values((output ?? {}) as Record<string, unknown>).flatMap((value) => {
    const prefix = typeof value === 'string' ? /^([a-z]+)_[0-9A-HJKMNP-TV-Z]{26}$/.exec(value)?.[1] : undefined;
    const type = prefix === undefined ? undefined : madeTypes[prefix];
    return type === undefined ? [] : [{ type, id: String(value) }];
  });

const messageOfRun = (state: 'succeeded' | 'stopped' | 'failed', steps: readonly SavedStep[]): string => {
  const decisive = steps.find((step) => step.state === state);
  if (!decisive || state === 'succeeded') return '';
  return state === 'failed'
    ? `Step '${decisive.name}' failed: ${decisive.message}`
    : `Step '${decisive.name}' stopped the run: ${decisive.message}`;
};

/** The end of a step with all that follows from it, in one change. False when the run has ended meanwhile: nothing is written. */
export const settleStep = async (lineage: LineageService, change: Change, ended: SavedStep): Promise<boolean> => {
  const { project } = ended;
  const run = await lockRun(change.db, project, ended.runId);
  if (!run || !isUnderWay(run.state)) return false;
  await updateStep(change.db, ended);
  emitStep(change, run, ended);
  const steps = await stepsOf(change.db, project, [run.id]);
  if (ended.state === 'succeeded') {
    // A step also names what it was given: made is only what is younger than the run and came from no step before.
    const passedOn = new Set(
      steps
        .filter((step) => step.name !== ended.name)
        .flatMap((step) => madeIn(step.output))
        .map((one) => one.id),
    );
    for (const made of madeIn(ended.output).filter(
      (one) => !passedOn.has(one.id) && instantOf(one.id) >= run.startedAt,
    ))
      await lineage.link(change, { project, from: { type: 'pipeline-run', id: run.id }, to: made, kind: ended.kind });
  }

  const plan = planNext(nodesOf(run.spec), new Map(steps.map((step) => [step.name, step.state])));
  for (const step of steps) {
    if (plan.ready.includes(step.name)) enqueueStep(change, run, step);
    if (!plan.skipped.includes(step.name)) continue;
    const skipped: SavedStep = {
      ...step,
      state: 'skipped',
      endedAt: change.now,
      message: `Not run, because '${ended.name}' did not succeed.`,
    };
    await updateStep(change.db, skipped);
    emitStep(change, run, skipped);
  }
  if (plan.ended !== null) {
    const message = messageOfRun(plan.ended, steps);
    await updateRun(change.db, project, run.id, { state: plan.ended, message, endedAt: change.now });
    change.audit({
      verb: 'pipeline-run.end',
      resourceType: 'pipeline-run',
      resourceId: run.id,
      detail: { state: plan.ended, message },
    });
    change.emit('pipelines.run-ended', run.id, {
      pipelineId: run.pipelineId,
      pipelineName: run.pipelineName,
      number: run.number,
      state: plan.ended,
      message,
    });
  }
  return true;
};

/** Ends a run that is under way; its open steps end with it. The caller holds the lock of the run. */
export const cancelRun = async (change: Change, run: SavedRun, message: string): Promise<SavedStep[]> => {
  const open = (await stepsOf(change.db, run.project, [run.id])).filter((step) =>
    ['pending', 'running', 'waiting'].includes(step.state),
  );
  for (const step of open) {
    const cancelled: SavedStep = { ...step, state: 'cancelled', endedAt: change.now, message };
    await updateStep(change.db, cancelled);
    emitStep(change, run, cancelled);
  }
  await updateRun(change.db, run.project, run.id, { state: 'cancelled', message, endedAt: change.now });
  change.emit('pipelines.run-ended', run.id, {
    pipelineId: run.pipelineId,
    pipelineName: run.pipelineName,
    number: run.number,
    state: 'cancelled',
    message,
  });
  return open;
};
