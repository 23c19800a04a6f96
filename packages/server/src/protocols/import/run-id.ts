import { createHash } from 'node:crypto';
import { idOfHex } from '#platform/ids';

/** The id of a run that has none of our kind where it comes from: the same for the same origin in the same project. */
export const runIdOf = (project: string, origin: string): string =>
  idOfHex('run', createHash('sha256').update(`${project}\n${origin}`).digest('hex').slice(0, 32)) as string;
