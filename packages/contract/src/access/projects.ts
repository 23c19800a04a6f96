import { type Static, Type } from 'typebox';
import { Id, Instant, PageQuery, ProjectName, Strict, Text, Title, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { tag } from './scope.ts';

export const Project = Type.Object({
  id: Id,
  name: ProjectName,
  title: Type.String(),
  description: Type.String(),
  createdAt: Instant,
});
export type Project = Static<typeof Project>;

export const listProjects = operation({
  id: 'listProjects',
  method: 'GET',
  path: '/projects',
  summary: 'List the projects I may see',
  tag,
  permission: 'signed-in',
  query: Type.Object(PageQuery),
  reply: pageOf(Project),
  audit: false,
  cli: 'projects list',
});

export const getProject = operation({
  id: 'getProject',
  method: 'GET',
  path: '/projects/:project',
  summary: 'Read one project',
  tag,
  permission: 'project:read',
  params: Type.Object({ project: ProjectName }),
  reply: Project,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'projects show',
});

export const createProject = operation({
  id: 'createProject',
  method: 'POST',
  path: '/projects',
  summary: 'Create a project',
  tag,
  permission: 'project:write',
  status: 201,
  body: Strict({ name: ProjectName, title: Type.Optional(Title), description: Type.Optional(Text) }),
  reply: Project,
  errors: ['NAME_TAKEN'],
  audit: 'project.create',
  cli: 'projects create',
});

export const updateProject = operation({
  id: 'updateProject',
  method: 'PATCH',
  path: '/projects/:project',
  summary: 'Change the title or the description of a project',
  tag,
  permission: 'project:write',
  params: Type.Object({ project: ProjectName }),
  body: Strict({ title: Type.Optional(Title), description: Type.Optional(Text) }),
  reply: Project,
  errors: ['NOT_FOUND'],
  audit: 'project.update',
  cli: 'projects update',
});
