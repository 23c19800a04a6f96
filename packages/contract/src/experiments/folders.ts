import { type Static, Type } from 'typebox';
import { Count, Id, Instant, Nullable, Ref, Strict } from '../fields.ts';
import { operation } from '../operation.ts';
import { project, tag } from './scope.ts';

export const FolderName = Type.String({
  minLength: 1,
  maxLength: 120,
  pattern: '^(?!\\.{1,2}$)[^\\s/\\u0000-\\u001f\\u007f](?:[^/\\u0000-\\u001f\\u007f]*[^\\s/\\u0000-\\u001f\\u007f])?$',
  description: 'Anything but slashes and control characters, without white space at its ends',
});
/** An id, or the names from the top down: `vision/resnet`. */
export const FolderRef = Type.String({
  minLength: 1,
  maxLength: 1000,
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
  description: 'Identifier or path, e.g. vision/resnet',
});

export const Folder = Type.Object({
  id: Id,
  name: Type.String(),
  /** The names from the top down. */
  path: Type.String(),
  /** null: at the top. */
  parentId: Nullable(Id),
  /** Directly in it, without the trash. */
  experimentCount: Count,
  createdAt: Instant,
  updatedAt: Instant,
});
export type Folder = Static<typeof Folder>;

const folder = Type.Object({ ...project, folder: Id });

export const listFolders = operation({
  id: 'listFolders',
  method: 'GET',
  path: '/projects/:project/experiment-folders',
  summary: 'The folders of experiments, in the order of their paths',
  tag,
  permission: 'run:read',
  params: Type.Object(project),
  reply: Type.Object({
    items: Type.Array(Folder),
    /** How many experiments lie in no folder. */
    outside: Count,
  }),
  audit: false,
  cli: 'folders list',
});
export const createFolder = operation({
  id: 'createFolder',
  method: 'POST',
  path: '/projects/:project/experiment-folders',
  summary: 'Create a folder for experiments',
  tag,
  permission: 'run:write',
  status: 201,
  params: Type.Object(project),
  body: Strict({ name: FolderName, parent: Type.Optional(FolderRef) }),
  reply: Folder,
  errors: ['NAME_TAKEN', 'INVALID_REFERENCE', 'CONFLICT'],
  audit: 'folder.create',
  cli: 'folders create',
});
export const updateFolder = operation({
  id: 'updateFolder',
  method: 'PATCH',
  path: '/projects/:project/experiment-folders/:folder',
  summary: 'Rename a folder, or move it with all that is in it',
  tag,
  description: '`parent` null: to the top.',
  permission: 'run:write',
  params: folder,
  body: Strict({ name: Type.Optional(FolderName), parent: Type.Optional(Nullable(FolderRef)) }),
  reply: Folder,
  errors: ['NOT_FOUND', 'NAME_TAKEN', 'INVALID_REFERENCE', 'CONFLICT'],
  audit: 'folder.update',
  cli: 'folders update',
});
export const deleteFolder = operation({
  id: 'deleteFolder',
  method: 'DELETE',
  path: '/projects/:project/experiment-folders/:folder',
  summary: 'Delete a folder, never what is in it',
  tag,
  description: 'With `moveUp` what is in it goes to the folder above; without, it must be empty.',
  permission: 'run:write',
  status: 204,
  params: folder,
  query: Type.Object({ moveUp: Type.Optional(Type.Boolean()) }),
  errors: ['NOT_FOUND', 'NAME_TAKEN', 'CONFLICT'],
  audit: 'folder.delete',
  cli: 'folders delete',
});
export const placeExperiments = operation({
  id: 'placeExperiments',
  method: 'POST',
  path: '/projects/:project/experiment-folders/place',
  summary: 'Put up to 1,000 experiments into a folder, or out of all',
  tag,
  description: '`folder` null: out of all folders. All of them or none.',
  permission: 'run:write',
  params: Type.Object(project),
  body: Strict({
    experiments: Type.Array(Ref, { minItems: 1, maxItems: 1000, uniqueItems: true }),
    folder: Nullable(FolderRef),
  }),
  reply: Type.Object({ moved: Count }),
  errors: ['INVALID_REFERENCE'],
  audit: 'experiment.place',
  cli: 'folders place',
});
