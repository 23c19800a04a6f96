import type { Run } from '@millwright/contract';
import { hexOf, idOfHex } from '#platform/ids';

/** A run or a logged model has one number of 128 bits: natively in base 32 with a prefix, on this wire in hexadecimal. */
export const runIdOnWire = (id: string): string => hexOf(id);

/** What no run can have stays as it is, and is not found. */
export const runIdFromWire = (wire: string): string => idOfHex('run', wire) ?? wire;

const statuses: Record<Run['status'], string> = {
  running: 'RUNNING',
  scheduled: 'SCHEDULED',
  finished: 'FINISHED',
  failed: 'FAILED',
  killed: 'KILLED',
};

export const statusOnWire = (status: Run['status']): string => statuses[status];

/** null for what is no status. */
export const statusFromWire = (wire: string): Run['status'] | null =>
  (Object.keys(statuses) as Run['status'][]).find((status) => statuses[status] === wire) ?? null;
