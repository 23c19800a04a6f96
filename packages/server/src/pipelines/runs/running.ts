import type { LineageService } from '#lineage';
import { type Ctx, systemActor } from '#platform/auth';
import type { Platform } from '#platform/core';
import { MillwrightError, messageOf } from '#platform/errors';
import type { JobContext, JobOutcome } from '#platform/jobs';
import { checkInput } from '../schema-fit.ts';
import type { StepKind, StepKinds, StepResult } from '../step-kind.ts';
import { emitStep, isUnderWay, settleStep } from './settling.ts';
import { lossesAllowed } from './starting.ts';
import { inputOf } from './step-input.ts';
import { type StepLog, createStepLog } from './step-log.ts';
import {
  type SavedRun,
  type SavedStep,
  findStep,
  lockRun,
  readLogs,
  stateOfRun,
  stepsOf,
  updateRun,
  updateStep,
  writeLog,
} from './store.ts';

/** How often a running step looks whether its run was cancelled (by another process), and writes down its log. */
const lookEveryMs = 1000;
const longestWaitMs = 3_600_000;

export interface StepRunner {
  /** The handler of the job of one step. */
  run(job: JobContext): Promise<JobOutcome | void>;
  /** Aborts these steps where they run in this process. */
  abort(stepIds: readonly string[], reason: string): void;
}

type Ending = Pick<SavedStep, 'state' | 'message'> & { output?: SavedStep['output'] };

const withoutNul = (text: string): string => text.replaceAll('\u0000', '').slice(0, 4000);

/** What a step does is done in the name of whoever started the run, with the rights of the pipeline. */
const actingFor = (run: SavedRun): Ctx => ({
  actor: { ...systemActor('pipelines'), id: run.actorId, name: run.trigger.by },
  project: run.project,
  requestId: run.id,
});

export const createStepRunner = (platform: Platform, kinds: StepKinds, lineage: LineageService): StepRunner => {
  const { db } = platform.database;
  const aborts = new Map<string, AbortController>();

  /** Takes note that the step runs. null: the run ended before. */
  const begin = (
    job: JobContext,
    stepId: string,
    project: string,
  ): Promise<{ run: SavedRun; step: SavedStep } | null> =>
    job.change(async (change) => {
      const known = await findStep(change.db, project, stepId);
      const run = known && (await lockRun(change.db, project, known.runId));
      const step = run && isUnderWay(run.state) ? await findStep(change.db, project, stepId) : null;
      if (!run || !step) return null;
      // A step that waits is looked at, not started again: its state and its count stay.
      if (step.state === 'waiting' && step.attempts === job.attempt) return { run, step };
      const running: SavedStep = {
        ...step,
        state: 'running',
        attempts: job.attempt,
        startedAt: step.startedAt ?? change.now,
      };
      await updateStep(change.db, running);
      if (run.state === 'queued') await updateRun(change.db, project, run.id, { state: 'running' });
      emitStep(change, run, running);
      return { run, step: running };
    });

  const call = async (
    kind: StepKind,
    run: SavedRun,
    step: SavedStep,
    signal: AbortSignal,
    log: StepLog,
  ): Promise<StepResult> => {
    const input = inputOf(run, step, await stepsOf(db, run.project, [run.id]), kind.input);
    const result = await kind.run({
      ctx: actingFor(run),
      input,
      stepRunId: step.id,
      attempt: step.attempts,
      signal,
      log: (line) => log.add(line),
      pipelineRun: {
        id: run.id,
        pipelineId: run.pipelineId,
        pipelineName: run.pipelineName,
        number: run.number,
        revision: run.revision,
        startedAt: run.startedAt,
        parameters: run.parameters,
      },
    });
    if (result.state !== 'succeeded') return result;
    const output = checkInput(kind.output, result.output);
    if (!output.ok)
      throw new MillwrightError(
        'INVALID_INPUT',
        `The step kind '${kind.kind}' answered an output it does not promise: ${output.problems[0]?.path} ${output.problems[0]?.message}.`,
      );
    return result;
  };

  const finish = (job: JobContext, step: SavedStep, log: StepLog, ending: Ending): Promise<void> =>
    job.finish(async (change) => {
      const message = withoutNul(ending.message);
      await settleStep(lineage, change, {
        ...step,
        ...ending,
        message,
        output: ending.output ?? null,
        endedAt: change.now,
      });
      if (log.lines().length > 0) await writeLog(change.db, step.project, step.id, log.lines());
    });

  /** Keeps the row in step while the job goes on. False: the run has ended meanwhile. */
  const note = (job: JobContext, step: SavedStep, log: StepLog): Promise<boolean> =>
    job.change(async (change) => {
      const run = await lockRun(change.db, step.project, step.runId);
      const before = await findStep(change.db, step.project, step.id);
      if (!run || !before || !isUnderWay(run.state)) return false;
      await updateStep(change.db, step);
      if (before.state !== step.state) emitStep(change, run, step);
      if (log.takeChanged()) await writeLog(change.db, step.project, step.id, log.lines());
      return true;
    });

  const settleError = async (
    job: JobContext,
    run: SavedRun,
    step: SavedStep,
    log: StepLog,
    error: unknown,
  ): Promise<JobOutcome> => {
    const state = await stateOfRun(db, run.project, run.id);
    if (state === null || !isUnderWay(state)) return undefined;
    // Shutting down is nobody's failure: the next process goes on with the same attempt.
    if (job.signal.aborted) return { againInMs: 0 };
    const maxAttempts = run.spec.steps.find((other) => other.name === step.name)?.maxAttempts ?? 3;
    const failures = step.failures + 1;
    const message = withoutNul(messageOf(error));
    log.add(`attempt ${step.attempts} failed: ${message}`);
    // What the definition got wrong does not get better by trying again.
    const hopeless = error instanceof MillwrightError && error.status < 500;
    if (hopeless || failures >= maxAttempts) {
      platform.log.warn('a pipeline step failed', { pipelineRun: run.id, step: step.name, failures, error });
      await finish(job, { ...step, failures }, log, { state: 'failed', message });
      return undefined;
    }
    await note(
      job,
      {
        ...step,
        failures,
        state: 'pending',
        message: `Attempt ${failures} of ${maxAttempts} failed and is tried again: ${message}`,
      },
      log,
    );
    throw error;
  };

  return {
    abort(stepIds, reason) {
      for (const id of stepIds) aborts.get(id)?.abort(new Error(reason));
    },
    async run(job) {
      const project = job.project ?? '';
      const stepId = String(job.payload['stepRunId']);
      const begun = await begin(job, stepId, project);
      if (!begun) return undefined;
      const { run, step } = begun;
      const log = createStepLog((await readLogs(db, project, [stepId])).get(stepId) ?? [], () => platform.clock.now());
      const kind = kinds.find(step.kind);
      if (!kind)
        return finish(job, step, log, { state: 'failed', message: `This server has no step kind '${step.kind}'.` });
      const losses = job.attempt - 1 - step.failures;
      if (losses > lossesAllowed)
        return finish(job, step, log, {
          state: 'failed',
          message: `The server ended ${losses} times while this step ran. It is not tried again.`,
        });
      if (losses > 0 && step.state === 'running')
        log.add(`attempt ${step.attempts}: the one before was cut short by the end of its process`);

      const abort = new AbortController();
      aborts.set(stepId, abort);
      const looking = setInterval(() => {
        void (async () => {
          const state = await stateOfRun(db, project, run.id);
          if (state !== null && !isUnderWay(state)) abort.abort(new Error('the run was cancelled'));
          else if (log.takeChanged()) await job.change((change) => writeLog(change.db, project, stepId, log.lines()));
        })().catch((error: unknown) =>
          platform.log.debug('a running step could not look at its run', { step: stepId, error }),
        );
      }, lookEveryMs).unref();
      let result: StepResult;
      try {
        result = await call(kind, run, step, AbortSignal.any([job.signal, abort.signal]), log);
      } catch (error) {
        return await settleError(job, run, step, log, error);
      } finally {
        clearInterval(looking);
        aborts.delete(stepId);
      }
      if (result.state === 'waiting') {
        const going = await note(job, { ...step, state: 'waiting', message: withoutNul(result.message) }, log);
        return going ? { againInMs: Math.min(Math.max(result.againInMs, 50), longestWaitMs) } : undefined;
      }
      const output = (result.output ?? null) as SavedStep['output'];
      return finish(job, step, log, { state: result.state, message: result.message ?? '', output });
    },
  };
};
