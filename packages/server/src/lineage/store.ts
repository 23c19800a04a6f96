import type { LineageEdge } from '@millwright/contract';
import { type Db, isAmong } from '#platform/db';
import type { LineageTables } from './tables.ts';

const tables = (db: Db) => db.withTables<LineageTables>();

interface Ref {
  type: string;
  id: string;
}

export const insertEdge = async (
  db: Db,
  edge: { project: string; from: Ref; to: Ref; kind: string },
  now: number,
): Promise<void> => {
  const { project, from, to, kind } = edge;
  await tables(db)
    .insertInto('lineage_edges')
    .values({ project, from_type: from.type, from_id: from.id, to_type: to.type, to_id: to.id, kind, at: now })
    .onConflict((conflict) =>
      conflict.columns(['project', 'from_type', 'from_id', 'to_type', 'to_id', 'kind']).doNothing(),
    )
    .execute();
};

export const deleteEdge = async (
  db: Db,
  edge: { project: string; from: Ref; to: Ref; kind: string },
): Promise<void> => {
  await tables(db)
    .deleteFrom('lineage_edges')
    .where('project', '=', edge.project)
    .where('from_type', '=', edge.from.type)
    .where('from_id', '=', edge.from.id)
    .where('to_type', '=', edge.to.type)
    .where('to_id', '=', edge.to.id)
    .where('kind', '=', edge.kind)
    .execute();
};

const toEdge = (row: LineageTables['lineage_edges']): LineageEdge => ({
  fromType: row.from_type,
  fromId: row.from_id,
  toType: row.to_type,
  toId: row.to_id,
  kind: row.kind,
  at: row.at,
});

const edgesAt = async (
  db: Db,
  side: 'from' | 'to',
  project: string,
  nodes: readonly Ref[],
  limit: number,
): Promise<LineageEdge[]> => {
  const rows = await tables(db)
    .selectFrom('lineage_edges')
    .selectAll()
    .where('project', '=', project)
    .where((e) =>
      e.or(
        [...Map.groupBy(nodes, (node) => node.type)].map(([type, typed]) =>
          e.and([
            e(`${side}_type`, '=', type),
            e(
              `${side}_id`,
              'in',
              typed.map((node) => node.id),
            ),
          ]),
        ),
      ),
    )
    .orderBy('at')
    .orderBy('from_id')
    .orderBy('to_id')
    .limit(limit)
    .execute();
  return rows.map(toEdge);
};

/** What the nodes went into. */
export const edgesFrom = (db: Db, project: string, nodes: readonly Ref[], limit: number): Promise<LineageEdge[]> =>
  edgesAt(db, 'from', project, nodes, limit);

/** What went into the nodes. */
export const edgesTo = (db: Db, project: string, nodes: readonly Ref[], limit: number): Promise<LineageEdge[]> =>
  edgesAt(db, 'to', project, nodes, limit);

/** All edges from and to the nodes. */
export const deleteEdges = async (db: Db, project: string, type: string, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return;
  for (const side of ['from', 'to'] as const)
    await tables(db)
      .deleteFrom('lineage_edges')
      .where('project', '=', project)
      .where(`${side}_type`, '=', type)
      .where(isAmong(db, `${side}_id`, ids))
      .execute();
};
