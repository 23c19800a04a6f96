import type { PipelineRun } from '@millwright/contract';
import type { LineageService } from '#lineage';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { planNext } from '../graph.ts';
import { nodesOf } from '../spec-check.ts';
import { type SavedPipeline, takeRunNumber } from '../store.ts';
import { type SavedRun, type SavedStep, insertRun, insertSteps } from './store.ts';

/** A step that the process did not survive is tried again this often, beside the attempts its definition allows. */
export const lossesAllowed = 5;
export const stepJob = 'pipelines.step';

/** One job per step, which carries all its attempts. */
export const enqueueStep = (
  change: Change,
  run: Pick<SavedRun, 'spec'>,
  step: Pick<SavedStep, 'id' | 'name'>,
): void => {
  const maxAttempts = run.spec.steps.find((other) => other.name === step.name)?.maxAttempts ?? 3;
  // Never used up: the step fails by its own count, in the transaction that also ends the run.
  change.enqueue(
    stepJob,
    { stepRunId: step.id },
    { dedupeKey: `step:${step.id}`, maxAttempts: maxAttempts + lossesAllowed + 2 },
  );
};

export interface RunStart {
  project: string;
  pipeline: SavedPipeline;
  trigger: PipelineRun['trigger'];
  actorId: string;
  parameters: Record<string, unknown>;
  /** What the trigger was about, for the lineage. */
  subject?: { type: string; id: string };
}

/** The run, its steps and the jobs of the first ones, within a change that holds the lock of the pipeline. */
export const startRun = async (
  platform: Platform,
  lineage: LineageService,
  change: Change,
  start: RunStart,
): Promise<SavedRun> => {
  const { project, pipeline, trigger } = start;
  const run: SavedRun = {
    id: platform.ids.next('plr'),
    project,
    pipelineId: pipeline.id,
    pipelineName: pipeline.name,
    revision: pipeline.revision,
    number: await takeRunNumber(change.db, project, pipeline.id),
    state: 'queued',
    parameters: { reason: trigger.reason, ...start.parameters },
    trigger,
    actorId: start.actorId,
    startedAt: change.now,
    endedAt: null,
    message: '',
    spec: pipeline.spec,
  };
  const steps = pipeline.spec.steps.map(
    (step): SavedStep => ({
      id: platform.ids.next('stp'),
      runId: run.id,
      project,
      name: step.name,
      kind: step.kind,
      state: 'pending',
      attempts: 0,
      failures: 0,
      startedAt: null,
      endedAt: null,
      output: null,
      message: '',
    }),
  );
  await insertRun(change.db, run);
  await insertSteps(change.db, steps);
  const { ready } = planNext(nodesOf(run.spec), new Map(steps.map((step) => [step.name, step.state])));
  for (const step of steps) if (ready.includes(step.name)) enqueueStep(change, run, step);
  const node = { type: 'pipeline-run', id: run.id };
  await lineage.link(change, { project, from: { type: 'pipeline', id: pipeline.id }, to: node, kind: 'run' });
  if (start.subject) await lineage.link(change, { project, from: start.subject, to: node, kind: 'trigger' });
  change.audit({
    verb: 'pipeline.start',
    resourceType: 'pipeline-run',
    resourceId: run.id,
    detail: {
      pipelineId: pipeline.id,
      number: run.number,
      revision: run.revision,
      trigger: trigger.kind,
      reason: trigger.reason,
    },
  });
  change.emit('pipelines.run-started', run.id, {
    pipelineId: pipeline.id,
    pipelineName: pipeline.name,
    number: run.number,
    reason: trigger.reason,
  });
  return run;
};
