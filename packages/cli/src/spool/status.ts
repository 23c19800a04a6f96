import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createKnown } from './known.ts';
import { createQueue } from './queue.ts';
import { lockFolder, openStore } from './store.ts';

export interface SpoolStatus {
  to: string | null;
  isRunning: boolean;
  /** Why the server is not reached; null: it is, or nobody tried. */
  problem: string | null;
  waiting: number;
  waitingBytes: number;
  oldestAt: number | null;
  refused: number;
  lastRefused: { at: number; request: string; run: string; answer: string }[];
}

const shownRefusals = 20;

/** Of a folder that a spool keeps, whether one runs there now or not; null: no spool ever did. */
export const readStatus = (dataDir: string): SpoolStatus | null => {
  if (!existsSync(join(dataDir, 'queue.db'))) return null;
  const lock = lockFolder(dataDir);
  lock?.release();
  const store = openStore(dataDir, { readOnly: true });
  try {
    const queue = createQueue(store);
    const known = createKnown(store);
    const { waiting, refused, bytes, oldestAt } = queue.counts();
    return {
      to: known.note('to'),
      isRunning: lock === null,
      problem: lock === null ? known.note('problem') || null : null,
      waiting,
      waitingBytes: bytes,
      oldestAt,
      refused,
      lastRefused: queue.refused(shownRefusals).map(({ at, method, path, subject, answer }) => ({
        at,
        request: `${method} ${path}`,
        run: subject,
        answer,
      })),
    };
  } finally {
    store.close();
  }
};

const size = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

export const statusText = (status: SpoolStatus, now: number): string => {
  const age = status.oldestAt === null ? '' : `, the oldest for ${Math.round((now - status.oldestAt) / 1000)} s`;
  return [
    `server    ${status.to ?? '-'}${status.problem === null ? '' : `   not reached: ${status.problem}`}`,
    `spool     ${status.isRunning ? 'runs' : 'does not run'}`,
    `waiting   ${status.waiting} (${size(status.waitingBytes)}${age})`,
    `refused   ${status.refused}${status.refused === 0 ? '' : '   millwright spool retry tries them again'}`,
    ...status.lastRefused.map(
      ({ at, request, run, answer }) =>
        `  ${new Date(at).toISOString()}  ${run}  ${request}\n    ${answer.replaceAll('\n', ' ').slice(0, 300)}`,
    ),
    '',
  ].join('\n');
};
