import type { Permission } from '@millwright/contract';
import type { FastifyRequest } from 'fastify';
import { type Auth, type Ctx, demand, systemActor } from '#platform/auth';
import { fail } from '#platform/errors';
import type { Api } from '#platform/http';
import type { ExperimentsService } from '#experiments';
import { createDefaultExperiment } from './experiments.ts';

export type Admit = (request: FastifyRequest, permission: Permission) => Promise<Ctx>;

const workspaceOf = (request: FastifyRequest): string => {
  const header = request.headers['x-mlflow-workspace'];
  return (Array.isArray(header) ? header[0] : header)?.trim() || 'default';
};

/** Recognises the caller, checks the permission in the project, and that the project is there. */
export const createAdmit = (api: Api, auth: Auth, experiments: ExperimentsService): Admit => {
  // Projects are never removed.
  const projects = new Set<string>();
  const ensureDefault = createDefaultExperiment(experiments);
  return async (request, permission) => {
    const actor = await api.admit(request);
    const project = workspaceOf(request);
    demand(actor, permission, { project });
    if (!projects.has(project)) {
      if ((await auth.findProject(project)) === null) fail('NOT_FOUND', `There is no workspace '${project}'.`);
      projects.add(project);
    }
    const ctx = { actor, project, requestId: request.id };
    await ensureDefault({ ...ctx, actor: systemActor('mlflow') });
    return ctx;
  };
};
