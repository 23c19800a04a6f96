import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '#platform/core';
import { openSnapshot, type Snapshot } from '#platform/db';
import { fail } from '#platform/errors';
import type { Relation } from '#platform/relations';
import { pointFiles, type PointFiles, refreshPoints, removedFiles } from './point-files.ts';
import { changeMark } from './store.ts';

/** The relation of points, which is made of files of its own. */
export const pointsName = 'metric_points';

const rowsPerPart = 500_000;
/** Beyond this age files are made anew, whatever did not change. */
const oldestMs = 30 * 60_000;

interface Held {
  files: string[];
  /** What the project's change mark was when they were made, and when that was. */
  mark: string;
  at: number;
}

interface ProjectFiles {
  relations: Map<string, Held>;
  points: PointFiles;
  /** Questions that read the files at the moment. */
  readers: number;
  /** Replaced, and removed once nobody reads. */
  obsolete: string[];
  /** One refresh after the other. */
  queue: Promise<unknown>;
}

export interface FilesInUse {
  files: ReadonlyMap<string, readonly string[]>;
  points: PointFiles;
  asOf: number;
}

export interface RelationFiles {
  /**
   * Lets `work` read the files of some relations, none of them replaced meanwhile; each is of the same moment, or of another
   * at which it was the same.
   */
  use<T>(
    project: string,
    relations: readonly Relation[],
    options: { withPoints: boolean; maxAgeMs: number; signal?: AbortSignal | undefined },
    work: (inUse: FilesInUse) => Promise<T>,
  ): Promise<T>;
  /** Parquet files of what a relation answers in a snapshot, one after the other. */
  write(snapshot: Snapshot, relation: Relation, project: string): AsyncIterable<{ path: string; rows: number }>;
  /** A path in the folder of this module where nothing is yet. */
  fresh(name: string): string;
  openSnapshot(): Promise<Snapshot>;
}

export const createRelationFiles = (platform: Platform): RelationFiles => {
  const { database, tables, clock, config, ids, relations: declared } = platform;
  const folder = join(config.dataDir, 'tmp', 'analysis');
  // What a former process left is of no use.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const projects = new Map<string, ProjectFiles>();
  const fresh = (name: string): string => join(folder, `${name}-${ids.next('f')}`);
  const open = (): Promise<Snapshot> =>
    database.source === null
      ? fail('CONFLICT', 'This database can be read by this process only: SQL needs a file of SQLite or PostgreSQL.')
      : openSnapshot(database.source);

  async function* write(snapshot: Snapshot, relation: Relation, project: string) {
    const path = fresh(relation.name);
    for await (const part of snapshot.parts({ sql: relation.select, params: [project], path, rowsPerPart })) {
      const outPath = `${part.path}.parquet`;
      const { columns } = relation;
      const { rowCount } = await tables.ndjsonToParquet({ path: part.path, outPath, columns });
      await rm(part.path);
      yield { path: outPath, rows: rowCount };
    }
  }

  const filesOf = (project: string): ProjectFiles => {
    const known = projects.get(project) ?? {
      relations: new Map(),
      points: pointFiles(),
      readers: 0,
      obsolete: [],
      queue: Promise.resolve(),
    };
    projects.set(project, known);
    return known;
  };

  /** Makes what is missing or too old, all of it from one snapshot. */
  const refresh = async (
    project: string,
    own: ProjectFiles,
    wanted: readonly Relation[],
    options: { withPoints: boolean; maxAgeMs: number },
  ): Promise<number> => {
    const mark = await changeMark(database.db, project);
    const now = clock.now();
    const isCurrent = (held: Held | undefined) => held?.mark === mark && now - held.at < oldestMs;
    const isYoung = (held: Held | undefined) => held !== undefined && now - held.at < options.maxAgeMs;
    const names = [...wanted.map(({ name }) => name), ...(options.withPoints ? [pointsName] : [])];
    const held = names.map((name) => own.relations.get(name));
    if (held.every(isCurrent)) return now;
    const marks = new Set(held.map((one) => one?.mark));
    if (marks.size === 1 && held.every(isYoung)) return Math.min(...held.map((one) => one?.at ?? 0));
    const snapshot = await open();
    try {
      for (const relation of wanted) {
        if (isCurrent(own.relations.get(relation.name))) continue;
        const files: string[] = [];
        for await (const { path } of write(snapshot, relation, project)) files.push(path);
        own.obsolete.push(...(own.relations.get(relation.name)?.files ?? []));
        own.relations.set(relation.name, { files, mark, at: now });
      }
      const points = declared.points();
      if (options.withPoints && points && !isCurrent(own.relations.get(pointsName))) {
        const before = own.points;
        own.points = await refreshPoints({ snapshot, tables, points, project, fresh, before });
        own.obsolete.push(...removedFiles(before, own.points));
        own.relations.set(pointsName, { files: [], mark, at: now });
      }
      return now;
    } finally {
      await snapshot.close();
    }
  };

  return {
    write,
    fresh,
    openSnapshot: open,
    async use(project, wanted, options, work) {
      const own = filesOf(project);
      const refreshed = own.queue.then(async () => {
        options.signal?.throwIfAborted();
        const asOf = await refresh(project, own, wanted, options);
        own.readers += 1;
        const files = new Map(wanted.map(({ name }) => [name, own.relations.get(name)?.files ?? []]));
        return { files, points: own.points, asOf };
      });
      own.queue = refreshed.catch(() => undefined);
      const inUse = await refreshed;
      try {
        return await work(inUse);
      } finally {
        own.readers -= 1;
        if (own.readers === 0) for (const path of own.obsolete.splice(0)) await rm(path, { force: true });
      }
    },
  };
};
