import { writeSync } from 'node:fs';
import { fromEnvironment } from '../environment.ts';

/**
 * Places where a test may kill the spool, to prove that what it acknowledged is forwarded once. A name is chosen with
 * MILLWRIGHT_FAILURE_POINT (`name`, or `name:3` for the third passage).
 */
export const spoolFailurePoints = [
  'spool.before-commit',
  'spool.after-commit',
  'spool.file-written',
  'spool.before-forward',
  'spool.after-forward',
  'spool.after-remembered',
] as const;
export type SpoolFailurePoint = (typeof spoolFailurePoints)[number];

let armed: { name: string; countdown: number } | null = null;

export const armSpoolFailurePoint = (): void => {
  const [name = '', count = '1'] = (fromEnvironment('MILLWRIGHT_FAILURE_POINT') ?? '').split(':');
  if (name !== '' && !(spoolFailurePoints as readonly string[]).includes(name))
    throw new Error(`There is no failure point '${name}' here. Known: ${spoolFailurePoints.join(', ')}`);
  armed = name === '' ? null : { name, countdown: Number(count) };
};

export const failurePoint = (name: SpoolFailurePoint): void => {
  if (armed === null || armed.name !== name || --armed.countdown > 0) return;
  writeSync(2, `failure point ${name}: killing the process\n`);
  process.kill(process.pid, 'SIGKILL');
};
