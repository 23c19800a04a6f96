import { type NamedRun, nameFrom, type Run, type RunOutcomes, unknownPlaceholders } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail, isMillwrightError } from '#platform/errors';
import type { Trash } from '../trash/service.ts';
import type { Copying } from './copying/service.ts';
import { outcomesInOrder } from './moving/placing.ts';
import type { Moving, Placing } from './moving/service.ts';
import { applyUpdate, refuseUnstorable } from './run.ts';
import type { Runs } from './service.ts';
import { findRunsNamed } from './store.ts';
import type { RunWriter } from './writer.ts';

export interface RunsEdit extends Placing {
  action: 'delete' | 'restore' | 'edit' | 'move' | 'copy';
  tags?: Readonly<Record<string, string>> | undefined;
  removedTags?: readonly string[] | undefined;
  /** May hold placeholders. */
  name?: string | undefined;
  note?: string | undefined;
  status?: Run['status'] | undefined;
}

/** Many runs at once. Each stands for itself: one that cannot be changed keeps no other from it. */
export interface Bulk {
  /** Errors: INVALID_INPUT where what is given and the action do not fit; those of moveRuns and copyRuns. */
  changeRuns(ctx: Ctx, runIds: readonly string[], edit: RunsEdit): Promise<RunOutcomes>;
  purgeRuns(ctx: Ctx, runIds: readonly string[]): Promise<RunOutcomes>;
}

const outcomesOf = async (
  runIds: readonly string[],
  run: (runId: string, number: number) => Promise<void>,
): Promise<RunOutcomes> => {
  // All at once: what is asked for together shares a transaction.
  const outcomes = await Promise.all(
    runIds.map(async (id, index) => {
      try {
        await run(id, index + 1);
        return { run: id, code: null, detail: null };
      } catch (error) {
        if (!isMillwrightError(error) || error.status >= 500) throw error;
        return { run: id, code: error.code, detail: error.message };
      }
    }),
  );
  return outcomesInOrder(runIds, outcomes);
};

const editing = ['tags', 'removedTags', 'name', 'note', 'status'] as const;
const placing = ['experiment', 'children'] as const;

const checkEdit = (edit: RunsEdit): void => {
  const { action, tags = {}, removedTags = [], name } = edit;
  const given = (keys: readonly (keyof RunsEdit)[]) =>
    keys.filter((key) => {
      const value = edit[key];
      return typeof value === 'object' ? Object.keys(value).length > 0 : value !== undefined;
    });
  const edits = given(editing);
  const places = given(placing);
  if (action === 'edit' && edits.length === 0) fail('INVALID_INPUT', `Name what to change: ${editing.join(', ')}.`);
  if (action === 'move' && edit.experiment === undefined)
    fail('INVALID_INPUT', 'Name the experiment that the runs are to go to.');
  const unfit = [...(action === 'edit' ? [] : edits), ...(action === 'move' || action === 'copy' ? [] : places)];
  if (unfit.length > 0) fail('INVALID_INPUT', `To ${action} takes no ${unfit.join(', ')}.`);
  const unknown = unknownPlaceholders(name ?? '');
  if (unknown.length > 0)
    fail(
      'INVALID_INPUT',
      `A name knows no ${unknown.join(', ')}. It knows {name}, {number}, {experiment}, {parameters.KEY} and {tags.KEY}.`,
    );
  refuseUnstorable({ parameters: {}, tags });
  const both = removedTags.filter((key) => Object.hasOwn(tags, key));
  if (both.length > 0) fail('INVALID_INPUT', `The tag '${both[0]}' cannot be set and removed at once.`);
};

export const createBulk = (
  { database: { db } }: Pick<Platform, 'database'>,
  {
    write,
    runs,
    trash,
    moving,
    copying,
  }: {
    write: RunWriter;
    runs: Pick<Runs, 'setRunDeleted'>;
    trash: Pick<Trash, 'purgeRun'>;
    moving: Moving;
    copying: Copying;
  },
): Bulk => {
  const editRuns = async (ctx: Ctx, runIds: readonly string[], edit: RunsEdit): Promise<RunOutcomes> => {
    const { tags = {}, removedTags = [], name, note, status } = edit;
    const isState = name !== undefined || note !== undefined || status !== undefined;
    const named: ReadonlyMap<string, NamedRun> = name?.includes('{')
      ? await findRunsNamed(db, ctx.project, runIds)
      : new Map();
    const nameOf = (id: string, number: number): string | undefined => {
      const run = named.get(id);
      if (name === undefined || !run) return name;
      return nameFrom(name, run, number) || fail('INVALID_INPUT', `The name '${name}' leaves nothing for this run.`);
    };
    return outcomesOf(runIds, async (runId, number) => {
      const update = { name: nameOf(runId, number), note, status };
      await write.log(ctx, {
        runId,
        tags,
        removedTags,
        ...(isState ? { update: (run, now) => applyUpdate(run, update, now) } : {}),
      });
    });
  };
  return {
    async changeRuns(ctx, runIds, edit) {
      checkEdit(edit);
      const { action, experiment, children } = edit;
      if (action === 'edit') return editRuns(ctx, runIds, edit);
      if (action === 'move') return moving.moveRuns(ctx, runIds, { experiment: experiment as string, children });
      if (action === 'copy') return copying.copyRuns(ctx, runIds, { experiment, children });
      return outcomesOf(runIds, (runId) => runs.setRunDeleted(ctx, runId, action === 'delete'));
    },
    purgeRuns: (ctx, runIds) => outcomesOf(runIds, (runId) => trash.purgeRun(ctx, runId)),
  };
};
