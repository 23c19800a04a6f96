import type { LineageEdge, LineageNode } from '@millwright/contract';
import type { Change } from '#platform/change';
import type { Platform } from '#platform/core';
import { type Direction, explore } from './graph.ts';
import { deleteEdge, deleteEdges, edgesFrom, edgesTo, insertEdge } from './store.ts';

/** Type and id of anything that has a place in the graph. */
export interface LineageRef {
  type: string;
  id: string;
}

export interface Lineage {
  nodes: LineageNode[];
  edges: LineageEdge[];
  /** There is more than `nodeLimit` nodes, or more beyond the depth. */
  truncated: boolean;
}

export type LabelSource = (project: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

export interface LineageService {
  /** Records within a change that `from` went into `to`. An edge that exists already is left as it is. */
  link(change: Change, edge: { project: string; from: LineageRef; to: LineageRef; kind: string }): Promise<void>;
  /** Takes an edge back that `link` recorded. */
  unlink(change: Change, edge: { project: string; from: LineageRef; to: LineageRef; kind: string }): Promise<void>;
  /** Takes things out of the graph that are gone for good, with all edges from and to them. */
  forget(change: Change, project: string, type: string, ids: readonly string[]): Promise<void>;
  /** How nodes of a type are called by people; without a label a node shows its id. */
  registerLabels(type: string, labels: LabelSource): void;
  /** What `root` was made from (`up`, negative depths) and what was made from it (`down`, positive depths). */
  lineageOf(project: string, root: LineageRef, options: { direction: Direction; depth: number }): Promise<Lineage>;
}

/** More would be unreadable as a picture and slow as an answer. */
export const nodeLimit = 500;

export const createLineage = (platform: Platform): LineageService => {
  const sources = new Map<string, LabelSource>();
  const { db } = platform.database;

  const labelsOf = async (project: string, refs: readonly LineageRef[]): Promise<Map<string, string>> => {
    const idsByType = Map.groupBy(refs, (ref) => ref.type);
    const found = await Promise.all(
      [...idsByType].map(async ([type, typed]) => {
        const labels = await sources.get(type)?.(
          project,
          typed.map((ref) => ref.id),
        );
        return [...(labels ?? [])].map(([id, label]) => [`${type}/${id}`, label] as const);
      }),
    );
    return new Map(found.flat());
  };

  return {
    link: (change, edge) => insertEdge(change.db, edge, change.now),
    unlink: (change, edge) => deleteEdge(change.db, edge),
    forget: (change, project, type, ids) => deleteEdges(change.db, project, type, ids),
    registerLabels(type, labels) {
      if (sources.has(type)) throw new Error(`the labels of '${type}' are registered twice`);
      sources.set(type, labels);
    },
    async lineageOf(project, root, options) {
      const read = {
        up: (refs: readonly LineageRef[], limit: number) => edgesTo(db, project, refs, limit),
        down: (refs: readonly LineageRef[], limit: number) => edgesFrom(db, project, refs, limit),
      };
      const found = await explore(root, { ...options, nodeLimit }, read);
      const labels = await labelsOf(project, found.nodes);
      const nodes = found.nodes.map((node) => ({ ...node, label: labels.get(`${node.type}/${node.id}`) ?? node.id }));
      return { ...found, nodes };
    },
  };
};
