import { isProjectName, type Permission } from '@millwright/contract';
import type { FastifyRequest } from 'fastify';
import { type Actor, type Auth, type Ctx, demand, mayDependOnResource, mayDo, systemActor } from '#platform/auth';
import { fail } from '#platform/errors';
import { type Api, projectOfAddress } from '#platform/http';
import type { ExperimentsService } from '#experiments';
import type { EndpointScope } from '../wire/endpoint.ts';
import { createDefaultExperiment } from '../experiments/experiments.ts';
import type { Named, ResourceType } from './resources.ts';

export interface Admit {
  /** Recognises the caller, checks the permission, and that the project is there. */
  (request: FastifyRequest, permission: Permission, scope?: EndpointScope): Promise<Ctx>;
  /**
   * The same, but whose role is one on a single resource passes for now, `isDecided` being false: then `decide` must be
   * asked as soon as it is known what the request is about.
   */
  begin(
    request: FastifyRequest,
    permission: Permission,
    types: readonly ResourceType[],
  ): Promise<{ ctx: Ctx; isDecided: boolean }>;
  /** Refuses unless the permission holds on every one of them; of nothing, on the whole project. */
  decide(ctx: Ctx, permission: Permission, named: readonly Named[]): Promise<void>;
}

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

export const createAdmit = (api: Api, auth: Auth, experiments: ExperimentsService): Admit => {
  // Projects are never removed.
  const projects = new Set<string>();
  const ensureDefault = createDefaultExperiment(experiments);
  const checkProject = async (project: string): Promise<void> => {
    if (projects.has(project)) return;
    if (!isProjectName(project))
      fail('INVALID_INPUT', `Workspace name '${project}' must be of lower-case letters, digits and hyphens.`);
    if ((await auth.findProject(project)) === null) fail('NOT_FOUND', `Workspace '${project}' not found`);
    projects.add(project);
  };
  const begin: Admit['begin'] = async (request, permission, types) => {
    const actor = await api.admit(request);
    const project = workspaceOf(request);
    const ctx = { actor, project, requestId: request.id };
    const isDecided = mayDo(actor, permission, { project });
    if (!isDecided && !types.some((type) => mayDependOnResource(actor, permission, project, type)))
      demand(actor, permission, { project });
    await checkProject(project);
    await ensureDefault({ ...ctx, actor: systemActor('mlflow') });
    return { ctx, isDecided };
  };
  const admit = async (
    request: FastifyRequest,
    permission: Permission,
    scope: EndpointScope = 'project',
  ): Promise<Ctx> => {
    if (scope === 'public') return { actor: nobody, project: '', requestId: request.id };
    if (scope === 'project') return (await begin(request, permission, [])).ctx;
    const actor = await api.admit(request);
    const ctx = { actor, project: workspaceOf(request), requestId: request.id };
    if (scope === 'signed-in') return ctx;
    if (scope === 'instance') {
      demand(actor, permission, { project: null });
      return ctx;
    }
    const project = (request.params as Record<string, string>)['workspace_name'] ?? '';
    demand(actor, permission, { project });
    await checkProject(project);
    return { ...ctx, project };
  };
  return Object.assign(admit, {
    begin,
    async decide(ctx: Ctx, permission: Permission, named: readonly Named[]) {
      const { actor, project } = ctx;
      const all = named.filter((one) => one !== null);
      if (all.length === 0 || all.length < named.length) return demand(actor, permission, { project });
      for (const { type, id } of all) await auth.admit(actor, permission, { project, resource: { type, ref: id } });
    },
  });
};
