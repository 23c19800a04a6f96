import type { Permission } from '@millwright/contract';

/** In DuckDB and Parquet: DOUBLE, BIGINT, VARCHAR, TIMESTAMP in UTC (kept as epoch milliseconds). */
export interface RelationColumn {
  name: string;
  type: 'number' | 'integer' | 'string' | 'timestamp';
  about: string;
}

const column =
  (type: RelationColumn['type']) =>
  (name: string, about = ''): RelationColumn => ({ name, type, about });
export const text = column('string');
export const integer = column('integer');
export const number = column('number');
export const instant = column('timestamp');

/** A table that people ask of, and that is exported: what a module keeps, in the words of its users. */
export interface Relation {
  name: string;
  about: string;
  permission: Permission;
  columns: readonly RelationColumn[];
  /** A SELECT that answers those columns; `$1` is the project. */
  select: string;
}

/** Points of metrics: too many to be read anew each time, and never changed. */
export interface PointsRelation {
  /** Columns `series`, `run_id`, `key`, `points` (how many there are); `$1` is the project. */
  series: string;
  /** Columns `series`, `step`, `at`, `value`, `special` of the series `$2` to `$3` of the project `$1` that have `$4` to `$5` points. */
  select: string;
}

export interface Relations {
  declare(relations: readonly Relation[]): void;
  declarePoints(points: PointsRelation): void;
  all(): readonly Relation[];
  points(): PointsRelation | null;
}

/** What there is to ask of; each module declares its own. */
export const createRelations = (): Relations => {
  const declared: Relation[] = [];
  let points: PointsRelation | null = null;
  return {
    declare: (relations) => void declared.push(...relations),
    declarePoints(relation) {
      points = relation;
    },
    all: () => declared,
    points: () => points,
  };
};
