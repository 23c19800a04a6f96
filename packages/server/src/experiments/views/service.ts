import type { SavedView } from '@millwright/contract';
import type { Ctx } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import * as store from './store.ts';

export interface Views {
  /** In the order of names. */
  listSavedViews(ctx: Ctx, screen: string): Promise<SavedView[]>;
  /** In place of the one of that name. Errors: CONFLICT for too many. */
  saveView(ctx: Ctx, view: Pick<SavedView, 'screen' | 'name' | 'search'>): Promise<SavedView>;
  /** Errors: NOT_FOUND. */
  deleteView(ctx: Ctx, id: string): Promise<void>;
}

/** More in one menu are not found by anybody. */
const mostViews = 200;

export const createViews = ({ database: { db }, changes, ids }: Platform): Views => ({
  listSavedViews: (ctx, screen) => store.listViews(db, ctx.project, screen),
  saveView: (ctx, { screen, name, search }) =>
    changes.change(ctx, async (change) => {
      const view = { id: ids.next('view'), screen, name, search, owner: ctx.actor.name, updatedAt: change.now };
      const saved = await store.writeView(change.db, ctx.project, view);
      if ((await store.listViews(change.db, ctx.project, screen)).length > mostViews)
        fail('CONFLICT', `A table has at most ${mostViews} saved views. Delete some first.`);
      change.audit({ verb: 'view.save', resourceType: 'view', resourceId: saved.id, detail: { screen, name } });
      return saved;
    }),
  deleteView: (ctx, id) =>
    changes.change(ctx, async (change) => {
      const { screen, name } =
        (await store.deleteView(change.db, ctx.project, id)) ?? fail('NOT_FOUND', `There is no saved view '${id}'.`);
      change.audit({ verb: 'view.delete', resourceType: 'view', resourceId: id, detail: { screen, name } });
    }),
});
