import { type Static, Type } from 'typebox';
import { Instant, OneOf, ProjectName } from './fields.ts';
import { operation } from './operation.ts';

export const LineageNode = Type.Object({
  type: Type.String(),
  id: Type.String(),
  label: Type.String(),
  depth: Type.Integer(),
});
export type LineageNode = Static<typeof LineageNode>;
/** `from` went into `to`: a data set version into a run, a run into a model version, a model version into an endpoint. */
export const LineageEdge = Type.Object({
  fromType: Type.String(),
  fromId: Type.String(),
  toType: Type.String(),
  toId: Type.String(),
  kind: Type.String(),
  at: Instant,
});
export type LineageEdge = Static<typeof LineageEdge>;

export const getLineage = operation({
  id: 'getLineage',
  method: 'GET',
  path: '/projects/:project/lineage/:type/:id',
  summary: 'What something was made from and what was made from it',
  tag: 'lineage',
  permission: 'lineage:read',
  params: Type.Object({
    project: ProjectName,
    type: Type.String({ pattern: '^[a-z-]{1,60}$' }),
    id: Type.String({ pattern: '^[A-Za-z0-9_]{1,160}$' }),
  }),
  query: Type.Object({
    direction: Type.Optional(OneOf('up', 'down', 'both')),
    depth: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 6 })),
  }),
  reply: Type.Object({ nodes: Type.Array(LineageNode), edges: Type.Array(LineageEdge), truncated: Type.Boolean() }),
  audit: false,
  cli: 'lineage show',
});
