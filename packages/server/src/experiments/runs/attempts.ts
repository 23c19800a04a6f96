import type { Run } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { NewRun, Runs } from './service.ts';

const attemptTag = 'attempt';
const parentTag = 'parentRunId';

/** Either a run that is ours to fill, or one that reached its end under the same key. */
export type Attempt = { run: Run; isNew: true } | { run: Run; isNew: false };

/**
 * Starts a run under a key, once. A run that finished under the key (or that `isComplete`, though a crash kept it from
 * being ended) is answered; one that failed, or that a crash left running, stays as it is, marked as killed, and the
 * next attempt gets a run of its own under `key#2`, `key#3`, ... The tag tells a run made now from one made before.
 */
export async function startAttempt(
  experiments: Runs,
  ctx: Ctx,
  newRun: NewRun,
  options: { originKey: string | undefined; token: string; isComplete: (run: Run) => Promise<boolean> },
): Promise<Attempt> {
  const { originKey, token, isComplete } = options;
  if (originKey === undefined) return { run: await experiments.startRun(ctx, newRun), isNew: true };
  const tags = { ...newRun.tags, [attemptTag]: token };
  for (let number = 1; ; number++) {
    const key = number === 1 ? originKey : `${originKey}#${number}`;
    const run = await experiments.startRun(ctx, { ...newRun, tags, originKey: key });
    if (run.tags[attemptTag] === token) return { run, isNew: true };
    if (await isComplete(run)) return { run, isNew: false };
    if (run.status === 'running') await killLeftBehind(experiments, ctx, run);
  }
}

/** So that the runs of candidates can be found when their parent was cut short. */
export const childTags = (parentRunId: string): Record<string, string> => ({ [parentTag]: parentRunId });

async function killLeftBehind(experiments: Runs, ctx: Ctx, run: Run): Promise<void> {
  const children = await experiments.listRuns(ctx, {
    filter: `tags.${parentTag} = "${run.id}" and status = "running"`,
    limit: 100,
  });
  for (const { id } of [...children.items, run]) await experiments.endRun(ctx, id, 'killed');
}
