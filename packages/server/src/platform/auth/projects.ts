import type { Project } from '@millwright/contract';
import type { Changes } from '#platform/change';
import type { Clock } from '#platform/clock';
import { type Db, isUniqueViolation } from '#platform/db';
import { fail } from '#platform/errors';
import type { Ids } from '#platform/ids';
import { type Actor, mayDo } from './actor.ts';
import * as store from './store.ts';

export interface Projects {
  listProjects(
    actor: Actor,
    filter: { limit?: number | undefined; cursor?: string | undefined },
  ): ReturnType<typeof store.listProjects>;
  findProject(name: string): Promise<Project | null>;
  createProject(
    actor: Actor,
    input: { name: string; title?: string; description?: string },
    requestId: string,
  ): Promise<Project>;
  /** Changes what is given. Errors: NOT_FOUND. */
  updateProject(
    actor: Actor,
    name: string,
    input: { title?: string; description?: string },
    requestId: string,
  ): Promise<Project>;
}

export const createProjects = (parts: { db: Db; changes: Changes; clock: Clock; ids: Ids }): Projects => {
  const { db, changes, clock, ids } = parts;
  return {
    listProjects: (actor, filter) => store.listProjects(db, { ...filter, names: readableProjects(actor) }),
    findProject: (name) => store.findProject(db, name),
    async createProject(actor, input, requestId) {
      const project = {
        id: ids.next('prj'),
        name: input.name,
        title: input.title ?? input.name,
        description: input.description ?? '',
        createdAt: clock.now(),
      };
      try {
        await changes.change({ actor, project: project.name, requestId }, async (tx) => {
          await store.insertProject(tx.db, project);
          tx.audit({
            verb: 'project.create',
            resourceType: 'project',
            resourceId: project.id,
            detail: { name: project.name },
          });
        });
      } catch (error) {
        if (isUniqueViolation(error)) fail('NAME_TAKEN', `There is a project '${input.name}' already.`);
        throw error;
      }
      return project;
    },
    updateProject: (actor, name, input, requestId) =>
      changes.change({ actor, project: name, requestId }, async (tx) => {
        const found = await store.findProject(tx.db, name);
        if (!found) return fail('NOT_FOUND', `There is no project '${name}'.`);
        const set = { title: input.title ?? found.title, description: input.description ?? found.description };
        await store.updateProject(tx.db, found.id, set);
        tx.audit({ verb: 'project.update', resourceType: 'project', resourceId: found.id, detail: { name, ...input } });
        return { ...found, ...set };
      }),
  };
};

/** Names of the projects of which the actor may read at least something; null: all of them. */
const readableProjects = (actor: Actor): string[] | null => {
  if (mayDo(actor, 'project:read', { project: null })) return null;
  const granted = actor.grants.flatMap((grant) => grant.project ?? actor.limits?.project ?? []);
  return [...new Set(granted)].filter((project) =>
    actor.grants.some((grant) =>
      mayDo({ ...actor, grants: [{ ...grant, resource: null }] }, 'project:read', { project }),
    ),
  );
};
