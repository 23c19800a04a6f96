import type { Run } from '@millwright/contract';
import { fail } from '#platform/errors';
import type { ParameterConflict } from '../refusals.ts';

export interface RunUpdate {
  status?: Run['status'] | undefined;
  name?: string | undefined;
  note?: string | undefined;
  /** Epoch ms; default now. Only for a run that has ended or ends with this. */
  endedAt?: number | undefined;
  parameters?: Record<string, string> | undefined;
  tags?: Record<string, string> | undefined;
}

/** What a run is besides its parameters, tags, metrics and files. `experiment` is the number of its experiment. */
export type RunState = Pick<
  Run,
  'id' | 'name' | 'status' | 'startedAt' | 'endedAt' | 'deletedAt' | 'owner' | 'userId' | 'note'
> & { number: number; project: string; experiment: number; parentRunId: string | null };

const isOpen = (status: Run['status']): boolean => status === 'running' || status === 'scheduled';

/**
 * A running run may end in any way; one that ended may only be set running again, or be told once more how it ended.
 * Errors: CONFLICT, INVALID_INPUT.
 */
export const applyUpdate = <State extends Pick<RunState, 'name' | 'status' | 'startedAt' | 'endedAt' | 'note'>>(
  run: State,
  update: RunUpdate,
  now: number,
): State => {
  const status = update.status ?? run.status;
  if (!isOpen(run.status) && !isOpen(status) && status !== run.status)
    fail('CONFLICT', `The run ended as ${run.status}. Set it to running before it can end as ${status}.`);
  if (isOpen(status) && update.endedAt !== undefined)
    fail('INVALID_INPUT', 'A run that is running has not ended: leave endedAt out, or set the status it ended with.');
  if (update.endedAt !== undefined && update.endedAt < run.startedAt)
    fail('INVALID_INPUT', `The run started at ${run.startedAt} and cannot have ended at ${update.endedAt}.`);
  const endedAt = isOpen(status) ? null : (update.endedAt ?? run.endedAt ?? now);
  return { ...run, status, endedAt, name: update.name ?? run.name, note: update.note ?? run.note };
};

/** As it is stored and read back: half of a pair of surrogates becomes the replacement character. */
export const wellFormed = (values: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key.toWellFormed(), value.toWellFormed()]));

/** A parameter says what was run: once told, it stays. Those that would change. */
export const conflictingParameters = (
  known: ReadonlyMap<string, string>,
  wanted: Readonly<Record<string, string>>,
): ParameterConflict[] =>
  Object.entries(wanted).flatMap(([key, value]) => {
    const before = known.get(key);
    return before === undefined || before === value ? [] : [{ key, before, wanted: value }];
  });

/** PostgreSQL cannot hold the character NUL. */
export const refuseUnstorable = (entries: {
  parameters: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
}): void => {
  for (const [part, values] of Object.entries(entries))
    for (const [key, value] of Object.entries(values))
      if (value.includes('\u0000'))
        fail('INVALID_INPUT', `body/${part}/${key}: the value holds the character NUL.`, {
          problems: [{ path: `body/${part}/${key}`, message: 'holds the character NUL' }],
        });
};
