export { allowedOn, demand, localOwner, mayDependOnResource, mayDo, systemActor } from './actor.ts';
export type { Actor, ActorGrant, Scope } from './actor.ts';
export { authorize, systemCtx } from './context.ts';
export type { Ctx } from './context.ts';
export { createAuth } from './service.ts';
export type { Auth } from './service.ts';
export type { Team, TeamGrant } from './teams/service.ts';
