import type { Run } from '@millwright/contract';
import { hexOf, idOfHex } from '#platform/ids';

/** A run or a logged model has one number of 128 bits: natively in base 32 with a prefix, on this wire in hexadecimal. */
export const runIdOnWire = (id: string): string => hexOf(id);

/** What no run can have stays as it is, and is not found. */
export const runIdFromWire = (wire: string): string => idOfHex('run', wire) ?? wire;

const isNative = (prefix: string, id: string): boolean =>
  id.startsWith(`${prefix}_`) && /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id.slice(prefix.length + 1));

/** A run that a client names may be one of another server; then it stays as it was named. */
export const namedRunOnWire = (id: string): string => (isNative('run', id) ? hexOf(id) : id);

export const modelIdOnWire = (id: string): string => (isNative('lm', id) ? `m-${hexOf(id)}` : id);
export const modelIdFromWire = (wire: string): string =>
  (wire.startsWith('m-') ? idOfHex('lm', wire.slice(2)) : null) ?? wire;

const statuses: Record<Run['status'], string> = {
  running: 'RUNNING',
  scheduled: 'SCHEDULED',
  finished: 'FINISHED',
  failed: 'FAILED',
  killed: 'KILLED',
};

export const statusOnWire = (status: Run['status']): string => statuses[status];

/** By its name, or by its number in the protocol. null for what is no status. */
export const statusFromWire = (wire: string): Run['status'] | null =>
  (Object.keys(statuses) as Run['status'][]).find(
    (status, index) => statuses[status] === wire || String(index + 1) === wire,
  ) ?? null;
