import { type Static, Type } from 'typebox';
import { Count, Id, Instant, Name, Nullable, OneOf, PageQuery, Strict, Text, pageOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { FolderRef } from './folders.ts';
import { RunKey, experiment, project, tag } from './scope.ts';

export const Experiment = Type.Object({
  id: Id,
  /** Its number on this instance: what MLflow's clients call the experiment id. */
  number: Count,
  name: Type.String(),
  description: Type.String(),
  owner: Type.String(),
  tags: Type.Record(Type.String(), Type.String()),
  /** Where its clients keep files by themselves; null: here. */
  artifactLocation: Nullable(Type.String()),
  createdAt: Instant,
  updatedAt: Instant,
  /** In the trash since then. */
  deletedAt: Nullable(Instant),
  runCount: Count,
  lastRunAt: Nullable(Instant),
  /** null: in none. */
  folderId: Nullable(Id),
});
export type Experiment = Static<typeof Experiment>;

export const listExperiments = operation({
  id: 'listExperiments',
  method: 'GET',
  path: '/projects/:project/experiments',
  summary: 'List experiments',
  tag,
  permission: 'run:read',
  params: Type.Object(project),
  description:
    '`folder`: only those directly in it, an empty text: those in no folder; with `below` those in its folders, too.',
  query: Type.Object({
    ...PageQuery,
    view: Type.Optional(OneOf('active', 'deleted', 'all')),
    folder: Type.Optional(Type.String({ maxLength: 1000, pattern: '^[^\\u0000-\\u001f\\u007f]*$' })),
    below: Type.Optional(Type.Boolean()),
  }),
  reply: pageOf(Experiment),
  errors: ['INVALID_REFERENCE'],
  audit: false,
  cli: 'experiments list',
});

export const createExperiment = operation({
  id: 'createExperiment',
  method: 'POST',
  path: '/projects/:project/experiments',
  summary: 'Create an experiment',
  tag,
  permission: 'run:write',
  status: 201,
  params: Type.Object(project),
  body: Strict({ name: Name, description: Type.Optional(Text), folder: Type.Optional(FolderRef) }),
  reply: Experiment,
  errors: ['NAME_TAKEN', 'INVALID_REFERENCE'],
  audit: 'experiment.create',
  cli: 'experiments create',
});

export const getExperiment = operation({
  id: 'getExperiment',
  method: 'GET',
  path: '/projects/:project/experiments/:experiment',
  summary: 'Read one experiment',
  tag,
  permission: 'run:read',
  params: experiment,
  resource: { type: 'experiment', param: 'experiment' },
  reply: Experiment,
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'experiments show',
});

export const listRunKeys = operation({
  id: 'listRunKeys',
  method: 'GET',
  path: '/projects/:project/experiments/:experiment/keys',
  summary: 'The keys of metrics, parameters and tags that runs of an experiment have',
  tag,
  permission: 'run:read',
  params: experiment,
  resource: { type: 'experiment', param: 'experiment' },
  reply: Type.Object({
    metrics: Type.Array(Type.String()),
    parameters: Type.Array(Type.String()),
    tags: Type.Array(Type.String()),
  }),
  errors: ['NOT_FOUND'],
  audit: false,
  cli: 'experiments keys',
});

export const updateExperiment = operation({
  id: 'updateExperiment',
  method: 'PATCH',
  path: '/projects/:project/experiments/:experiment',
  summary: 'Rename an experiment, describe it, set its tags',
  tag,
  permission: 'run:write',
  params: experiment,
  resource: { type: 'experiment', param: 'experiment' },
  body: Strict({
    name: Type.Optional(Name),
    description: Type.Optional(Text),
    tags: Type.Optional(Type.Record(RunKey, Type.String({ maxLength: 5000 }))),
  }),
  reply: Experiment,
  errors: ['NOT_FOUND', 'NAME_TAKEN', 'CONFLICT'],
  audit: 'experiment.update',
  cli: 'experiments update',
});

export const deleteExperiment = operation({
  id: 'deleteExperiment',
  method: 'DELETE',
  path: '/projects/:project/experiments/:experiment',
  summary: 'Move an experiment and its runs into the trash',
  tag,
  permission: 'run:write',
  params: experiment,
  resource: { type: 'experiment', param: 'experiment' },
  reply: Experiment,
  errors: ['NOT_FOUND'],
  audit: 'experiment.delete',
  cli: 'experiments delete',
});

export const restoreExperiment = operation({
  id: 'restoreExperiment',
  method: 'POST',
  path: '/projects/:project/experiments/:experiment/restore',
  summary: 'Take an experiment and its runs out of the trash',
  tag,
  permission: 'run:write',
  params: experiment,
  resource: { type: 'experiment', param: 'experiment' },
  reply: Experiment,
  errors: ['NOT_FOUND'],
  audit: 'experiment.restore',
  cli: 'experiments restore',
});
