import { instant, integer, type Relation, text } from '#platform/relations';

export const modelRelations: readonly Relation[] = [
  {
    name: 'models',
    about: 'registered models',
    permission: 'model:read',
    columns: [
      text('model_id'),
      text('name'),
      text('description'),
      text('owner'),
      instant('created_at'),
      instant('updated_at'),
    ],
    select: `select id as model_id, name, description, owner, created_at, updated_at from models
      where project = $1 and taken_name is not null`,
  },
  {
    name: 'versions',
    about: 'versions of registered models',
    permission: 'model:read',
    columns: [
      text('version_id'),
      text('model_id'),
      text('model', 'the name of the model'),
      integer('number'),
      text('stage'),
      text('status'),
      text('approval', 'where its approval stands'),
      text('run_id', 'the run it was made from'),
      text('source', 'where its client says the files are'),
      text('digest', 'of its files'),
      integer('size_bytes'),
      text('note'),
      text('created_by'),
      instant('created_at'),
      instant('updated_at'),
    ],
    select: `select v.id as version_id, v.model_id, m.name as model, v.number, v.stage, v.status, v.approval_state as approval,
      v.run_id, v.source, v.digest, v.size_bytes, v.note, v.created_by, v.created_at, v.updated_at
      from model_versions v join models m on m.id = v.model_id
      where v.project = $1 and v.deleted_at is null and m.taken_name is not null`,
  },
  {
    name: 'aliases',
    about: 'names that point at versions',
    permission: 'model:read',
    columns: [text('model_id'), text('alias'), text('version_id'), instant('moved_at', 'when it began to point there')],
    select: 'select model_id, alias, version_id, moved_at from model_aliases where project = $1',
  },
];
