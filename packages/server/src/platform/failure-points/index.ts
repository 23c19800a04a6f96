import { writeSync } from 'node:fs';

/**
 * Places where a test may kill the process, to prove that everything acknowledged survives and nothing is invented.
 * A name is chosen with MILLWRIGHT_FAILURE_POINT (`name` or `name:3` for the third passage); without it this costs one comparison.
 */
export const failurePoints = [
  'migration.before-commit',
  'change.before-commit',
  'change.after-commit',
  'job.claimed',
  'job.before-commit',
  'job.after-commit',
  'outbox.before-delivery',
  'outbox.after-delivery',
  'blob.half-written',
  'blob.before-rename',
  'journal.half-written',
  'capture.before-commit',
  'capture.after-commit',
  'rollout.before-commit',
  'rollout.after-commit',
  'upload.before-commit',
  'upload.part-stored',
  'upload.hashed',
  'upload.sealed',
  'upload.adopted',
  'schedule.before-commit',
  'purge.after-piece',
  'move.before-commit',
  'copy.after-piece',
  'process.started',
  'garbage.doomed',
  'garbage.half-deleted',
] as const;
export type FailurePoint = (typeof failurePoints)[number];

let armed: { name: string; countdown: number } | null = null;

/** Called once by the composition root with the configured value. */
export const armFailurePoint = (setting: string | undefined): void => {
  if (!setting) {
    armed = null;
    return;
  }
  const [name = '', count = '1'] = setting.split(':');
  if (!(failurePoints as readonly string[]).includes(name))
    throw new Error(`There is no failure point '${name}'. Known: ${failurePoints.join(', ')}`);
  armed = { name, countdown: Number(count) };
};

export const failurePoint = (name: FailurePoint): void => {
  if (armed === null || armed.name !== name || --armed.countdown > 0) return;
  writeSync(2, `failure point ${name}: killing the process\n`);
  process.kill(process.pid, 'SIGKILL');
};
