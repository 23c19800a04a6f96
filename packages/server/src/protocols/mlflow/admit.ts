import { isProjectName, type Permission } from '@millwright/contract';
import type { FastifyRequest } from 'fastify';
import { type Actor, type Auth, type Ctx, demand, systemActor } from '#platform/auth';
import { fail } from '#platform/errors';
import { type Api, projectOfAddress } from '#platform/http';
import type { ExperimentsService } from '#experiments';
import type { EndpointScope } from './endpoint.ts';
import { createDefaultExperiment } from './experiments.ts';

export type Admit = (request: FastifyRequest, permission: Permission, scope?: EndpointScope) => Promise<Ctx>;

const workspaceOf = (request: FastifyRequest): string => {
  const header = request.headers['x-mlflow-workspace'];
  const named = projectOfAddress(request.originalUrl) ?? (Array.isArray(header) ? header[0] : header)?.trim();
  return named || 'default';
};

const nobody: Actor = {
  id: 'anonymous',
  name: 'anonymous',
  kind: 'user',
  via: 'session',
  grants: [],
  limits: null,
};

/** Recognises the caller, checks the permission in the project, and that the project is there. */
export const createAdmit = (api: Api, auth: Auth, experiments: ExperimentsService): Admit => {
  // Projects are never removed.
  const projects = new Set<string>();
  const ensureDefault = createDefaultExperiment(experiments);
  const checkProject = async (project: string): Promise<void> => {
    if (projects.has(project)) return;
    if (!isProjectName(project))
      fail('INVALID_INPUT', `'${project}' is no name of a workspace: lower-case letters, digits and hyphens.`);
    if ((await auth.findProject(project)) === null) fail('NOT_FOUND', `There is no workspace '${project}'.`);
    projects.add(project);
  };
  return async (request, permission, scope = 'project') => {
    if (scope === 'public') return { actor: nobody, project: '', requestId: request.id };
    const actor = await api.admit(request);
    const project =
      scope === 'named-project'
        ? ((request.params as Record<string, string>)['workspace_name'] ?? '')
        : workspaceOf(request);
    const ctx = { actor, project, requestId: request.id };
    if (scope === 'instance') demand(actor, permission, { project: null });
    if (scope === 'instance' || scope === 'signed-in') return ctx;
    demand(actor, permission, { project });
    await checkProject(project);
    if (scope === 'project') await ensureDefault({ ...ctx, actor: systemActor('mlflow') });
    return ctx;
  };
};
