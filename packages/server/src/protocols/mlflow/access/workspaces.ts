import { isProjectName, type Project } from '@millwright/contract';
import type { Actor, Auth } from '#platform/auth';
import { fail } from '#platform/errors';
import type { MlflowEndpoint } from '../wire/endpoint.ts';
import type { Fields } from '../wire/fields.ts';
import { inWords } from './in-words.ts';

/** As MLflow's clients know names of workspaces: each is a name of a project too, but not the other way round. */
const namePattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const reserved = ['workspaces', 'api', 'ajax-api', 'static-files'];
const maxDescription = 10_000;
const path = '/workspaces/:workspace_name';

const onWire = ({ name, description }: Project) => ({ name, ...(description === '' ? {} : { description }) });

const checkNewName = (name: string): string => {
  if (name === 'default') fail('INVALID_INPUT', "The 'default' workspace is reserved and cannot be created");
  if (name.length < 2 || name.length > 63)
    fail('INVALID_INPUT', `Workspace name '${name}' must be between 2 and 63 characters.`);
  if (!namePattern.test(name))
    fail(
      'INVALID_INPUT',
      `Workspace name '${name}' must match the pattern ${namePattern.source} (lowercase alphanumeric with optional internal hyphens).`,
    );
  if (reserved.includes(name)) fail('INVALID_INPUT', `Workspace name '${name}' is reserved and cannot be used.`);
  return name;
};

const notFound = (name: string): never => fail('NOT_FOUND', `Workspace '${name}' not found`);

/** All files of this server are in one place, and there are no traces to archive. */
const refuseLocations = (input: Fields): void => {
  for (const field of ['default_artifact_root', 'trace_archival_config'])
    if (input.has(field) && input.values[field] !== '')
      fail('INVALID_INPUT', `'${field}' cannot be set: workspaces have no storage of their own here.`);
};

const everyProject = async (auth: Auth, actor: Actor): Promise<Project[]> => {
  const found: Project[] = [];
  let cursor: string | undefined;
  do {
    const page = await auth.listProjects(actor, { limit: 1000, cursor });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
};

/** MLflow's workspaces are our projects. */
export const workspaceEndpoints = (auth: Auth): MlflowEndpoint[] => [
  {
    method: 'GET',
    path: '/workspaces',
    version: '3.0',
    permission: 'project:read',
    scope: 'signed-in',
    async handle(_input, ctx) {
      const projects = await everyProject(auth, ctx.actor);
      return projects.length > 0 ? { workspaces: projects.map(onWire) } : {};
    },
  },
  {
    method: 'POST',
    path: '/workspaces',
    version: '3.0',
    permission: 'project:write',
    scope: 'instance',
    status: 201,
    async handle(input, ctx) {
      const name = checkNewName(input.requiredText('name'));
      const description = input.text('description', { max: maxDescription }) ?? '';
      refuseLocations(input);
      const made = await inWords(auth.createProject(ctx.actor, { name, description }, ctx.requestId), {
        NAME_TAKEN: `Workspace '${name}' already exists.`,
      });
      return { workspace: onWire(made) };
    },
  },
  {
    method: 'GET',
    path,
    version: '3.0',
    permission: 'project:read',
    scope: 'named-project',
    handle: async (_input, ctx) => ({
      workspace: onWire((await auth.findProject(ctx.project)) ?? notFound(ctx.project)),
    }),
  },
  {
    method: 'PATCH',
    path,
    version: '3.0',
    permission: 'project:write',
    scope: 'named-project',
    async handle(input, ctx) {
      const description = input.text('description', { max: maxDescription });
      if (description === undefined && !input.has('default_artifact_root') && !input.has('trace_archival_config'))
        fail('INVALID_INPUT', 'Workspace update must have at least one key');
      refuseLocations(input);
      const change = description === undefined ? {} : { description };
      return { workspace: onWire(await auth.updateProject(ctx.actor, ctx.project, change, ctx.requestId)) };
    },
  },
  {
    method: 'DELETE',
    path,
    version: '3.0',
    permission: 'project:write',
    scope: 'instance',
    ignoresBody: true,
    async handle(input) {
      const name = input.requiredText('workspace_name');
      if (name === 'default') fail('INVALID_INPUT', "The 'default' workspace is reserved and cannot be deleted");
      if (!isProjectName(name) || !(await auth.findProject(name))) notFound(name);
      return fail(
        'CONFLICT',
        `Workspace '${name}' stays: what was done in a project is kept here. Delete its experiments and models instead.`,
      );
    },
  },
];
