import { type Static, Type } from 'typebox';
import { Id, Instant, Strict, Title } from '../fields.ts';
import { operation } from '../operation.ts';
import { project, tag } from './scope.ts';

const Screen = Type.String({ pattern: '^[a-z][a-z-]{0,39}$', description: 'The table it is a view of, e.g. runs' });
/** What stands in the address of the table: filter, order, columns. */
const Search = Type.Record(
  Type.String({ pattern: '^[a-z][A-Za-z]{0,29}$' }),
  Type.String({ maxLength: 20_000, pattern: '^[^\\u0000]*$' }),
  { maxProperties: 20 },
);

export const SavedView = Type.Object({
  id: Id,
  screen: Type.String(),
  name: Type.String(),
  /** Who saved it last. */
  owner: Type.String(),
  search: Search,
  updatedAt: Instant,
});
export type SavedView = Static<typeof SavedView>;

export const listSavedViews = operation({
  id: 'listSavedViews',
  method: 'GET',
  path: '/projects/:project/saved-views',
  summary: 'The saved views of a table of runs, shared by all of the project',
  tag,
  permission: 'run:read',
  params: Type.Object(project),
  query: Type.Object({ screen: Screen }),
  reply: Type.Object({ items: Type.Array(SavedView) }),
  audit: false,
  cli: 'views list',
});
export const saveView = operation({
  id: 'saveView',
  method: 'PUT',
  path: '/projects/:project/saved-views',
  summary: 'Save filter, order and columns under a name, in place of what had that name',
  tag,
  permission: 'run:write',
  params: Type.Object(project),
  body: Strict({ screen: Screen, name: Title, search: Search }),
  reply: SavedView,
  errors: ['CONFLICT'],
  audit: 'view.save',
  cli: 'views save',
});
export const deleteView = operation({
  id: 'deleteView',
  method: 'DELETE',
  path: '/projects/:project/saved-views/:view',
  summary: 'Delete a saved view',
  tag,
  permission: 'run:write',
  status: 204,
  params: Type.Object({ ...project, view: Id }),
  errors: ['NOT_FOUND'],
  audit: 'view.delete',
  cli: 'views delete',
});
