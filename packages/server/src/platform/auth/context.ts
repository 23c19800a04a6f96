import type { Permission } from '@millwright/contract';
import { type Actor, demand, systemActor } from './actor.ts';

/** What every use case is given: who, in which project, for which request. */
export interface Ctx {
  actor: Actor;
  /** Name of the project. */
  project: string;
  requestId: string;
}

export const systemCtx = (name: string, project: string, requestId: string): Ctx => ({
  actor: systemActor(name),
  project,
  requestId,
});

/** For use cases that need a second permission beside that of their operation. */
export const authorize = (ctx: Ctx, permission: Permission, resource?: { type: string; ref: string }): void =>
  demand(ctx.actor, permission, { project: ctx.project, resource: resource ?? null });
