import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createWriteStream } from 'node:fs';
import { Id, reproductionTags, type Run, runTags, Strict } from '@millwright/contract';
import { Type } from 'typebox';
import { type ExperimentsService, startAttempt } from '#experiments';
import type { LineageService } from '#lineage';
import type { StepContext, StepKind } from '#pipelines';
import type { Ctx } from '#platform/auth';
import { processEnvironment } from '#platform/config';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import { failurePoint } from '#platform/failure-points';
import { hexOf } from '#platform/ids';
import type { RecordedCommand } from './command.ts';
import { clearFolder, localProcesses } from './executor/local-process.ts';
import type { ProcessEnd } from './executor/port.ts';
import type { Known } from './known.ts';
import { checkOut, chooseEnvironment, makeFolders, type Workplace } from './preparing.ts';

const Input = Strict({ originalRunId: Id });
const Output = Type.Object({ originalRunId: Id, runId: Id, environment: Type.String() });

/** What a recorded command may do on the tracking server: log. It registers and deletes nothing. */
const childPermissions = ['project:read', 'run:read', 'run:write'] as const;

export const notAllowed =
  'Recorded commands are not run on this server. The operator allows it by --allow-local-processes, knowing that whoever may log runs and start pipelines then runs code on this machine.';

/** Runs the recorded command of a run as a supervised process of this machine, logging to a run of its own. */
export const processStep = (
  platform: Platform,
  { experiments, lineage, known }: { experiments: ExperimentsService; lineage: LineageService; known: Known },
): StepKind<typeof Input, typeof Output> => {
  const { config, blobs, changes, auth } = platform;
  const folderOf = (stepRunId: string): string => join(config.dataDir, 'processes', stepRunId);

  const commandOf = async (ctx: Ctx, original: Run): Promise<RecordedCommand> => {
    if (!config.allowLocalProcesses) return fail('NOT_REPRODUCIBLE', notAllowed);
    const command = known.commandOf(original, await known.factsOf(ctx, original));
    return command.ok ? command.value : fail('NOT_REPRODUCIBLE', command.reason);
  };

  const startRun = (step: StepContext<{ originalRunId: string }>, original: Run) =>
    startAttempt(
      experiments,
      step.ctx,
      {
        experiment: original.experimentId,
        name: `${original.name} again`.slice(0, 250),
        tags: { [reproductionTags.reproduces]: original.id, [reproductionTags.pipelineRun]: step.pipelineRun.id },
      },
      {
        originKey: step.stepRunId,
        token: platform.ids.next('try'),
        isComplete: async (run) => run.status === 'finished',
      },
    );

  const link = (ctx: Ctx, original: Run, run: Run): Promise<void> =>
    changes.change(ctx, (change) =>
      lineage.link(change, {
        project: ctx.project,
        from: { type: 'run', id: original.id },
        to: { type: 'run', id: run.id },
        kind: 'reproduction',
      }),
    );

  const serverAddress = (): string => {
    const address = config.processServer ?? platform.address;
    if (address === null && config.port === 0)
      return fail('NOT_REPRODUCIBLE', 'This worker does not know where its server listens. Set --process-server.');
    // Every address of this machine includes its loopback.
    return (address ?? `http://127.0.0.1:${config.port}`)
      .replace(/\/\/(?:0\.0\.0\.0|\[::\])/, '//127.0.0.1')
      .replace(/\/$/, '');
  };

  const writeDiff = async (ctx: Ctx, original: Run, folder: string): Promise<string | null> => {
    const digest = await known.diffOf(ctx, original);
    if (digest === null) return null;
    const path = join(folder, 'diff.patch');
    const { stream } = await blobs.get(digest);
    await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
    return path;
  };

  const runCommand = async (
    { ctx }: StepContext,
    place: Workplace,
    command: RecordedCommand,
    original: Run,
    run: Run,
  ): Promise<{ end: ProcessEnd; environment: string }> => {
    const code = await checkOut(place, command, await writeDiff(ctx, original, place.folder));
    const environment = await chooseEnvironment(
      place,
      config.processPythons.split(',').flatMap((one) => one.trim() || []),
      { python: original.tags[runTags.python] ?? null, packages: await known.packagesOf(ctx, original) },
    );
    const timeoutMs = config.processMinutes * 60_000;
    const token = await auth.lendToken(
      {
        name: `reproduction of ${original.id}`,
        project: ctx.project,
        permissions: [...childPermissions],
        lifeMs: timeoutMs + 60_000,
      },
      ctx.requestId,
    );
    try {
      place.watch.onLine(`running python ${command.args.join(' ')}`);
      const ended = place.executor.run(
        {
          argv: [environment.python, ...command.args],
          cwd: join(code, command.workdir),
          timeoutMs,
          env: {
            ...place.env,
            ...environment.env,
            ...hashSeedOf(original),
            PYTHONUNBUFFERED: '1',
            DO_NOT_TRACK: 'true',
            MLFLOW_TRACKING_URI: `${serverAddress()}/projects/${ctx.project}`,
            MLFLOW_TRACKING_TOKEN: token.secret,
            MLFLOW_EXPERIMENT_ID: String(original.experimentNumber),
            MLFLOW_RUN_ID: hexOf(run.id),
          },
        },
        place.watch,
      );
      failurePoint('process.started');
      return { end: await ended, environment: environment.description };
    } finally {
      await auth.endToken(token.id, ctx.requestId);
    }
  };

  /** The command says how it went; what it told the server about its run may be another thing. */
  const endRun = async (ctx: Ctx, runId: string, status: 'finished' | 'failed' | 'killed'): Promise<void> => {
    const { status: told } = await experiments.getRun(ctx, runId);
    if (told === status) return;
    if (told !== 'running' && told !== 'scheduled') await experiments.updateRun(ctx, runId, { status: 'running' });
    await experiments.endRun(ctx, runId, status);
  };

  return {
    kind: 'reproduction.run',
    summary: 'Run the recorded command of a run again, at its commit and with its packages',
    input: Input,
    output: Output,
    async run(step) {
      const { ctx, input, stepRunId, signal, log } = step;
      const original = await experiments.getRun(ctx, input.originalRunId);
      const command = await commandOf(ctx, original);
      const folder = folderOf(stepRunId);
      // An attempt that a crash cut short is over before the next begins.
      await clearFolder(folder);
      await rm(folder, { recursive: true, force: true });
      const attempt = await startRun(step, original);
      const { run } = attempt;
      if (!attempt.isNew)
        return { state: 'succeeded', output: { originalRunId: original.id, runId: run.id, environment: '' } };
      await link(ctx, original, run);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        const place: Workplace = {
          folder,
          executor: localProcesses(folder),
          env: { ...processEnvironment(config.processEnvironment), ...(await makeFolders(folder)) },
          watch: { signal, onLine: log },
        };
        await writeFile(join(folder, 'run'), `${run.id}\n`);
        const { end, environment } = await runCommand(step, place, command, original, run);
        const why = end.timedOut
          ? `it took longer than ${config.processMinutes} minutes`
          : `it ended with ${end.exitCode ?? end.signal}`;
        if (end.exitCode !== 0 || end.timedOut)
          return fail(
            'NOT_REPRODUCIBLE',
            `The command did not succeed: ${why}. The log of the step shows what it wrote.`,
          );
        await endRun(ctx, run.id, 'finished');
        return {
          state: 'succeeded',
          output: { originalRunId: original.id, runId: run.id, environment },
          message: `Run ${run.id}, with ${environment}.`,
        };
      } catch (error) {
        await endRun(ctx, run.id, signal.aborted ? 'killed' : 'failed').catch((second: unknown) =>
          platform.log.warn('the run of a failed reproduction could not be ended', { run: run.id, error: second }),
        );
        throw error;
      } finally {
        await rm(folder, { recursive: true, force: true }).catch((error: unknown) =>
          platform.log.warn('the folder of a reproduction could not be removed', { folder, error }),
        );
      }
    },
  };
};

/** The order of sets and dictionaries of texts follows from it. */
const hashSeedOf = (run: Run): Record<string, string> => {
  const seed = /"PYTHONHASHSEED": ?"?(\d{1,10})"?/.exec(run.tags[runTags.seeds] ?? '')?.[1];
  return seed === undefined ? {} : { PYTHONHASHSEED: seed };
};
