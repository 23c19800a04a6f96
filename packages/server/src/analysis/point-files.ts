import { rm } from 'node:fs/promises';
import type { Snapshot } from '#platform/db';
import type { PointsRelation } from '#platform/relations';
import { type Column, literal, readParquet, type Tables } from '#platform/tables';

/** So many series that follow one another lie in one group of files ... */
const seriesPerGroup = 1024;
/** ... but those with so many points each in files of their own: one that grows does not make the others be read again. */
const pointsOfLong = 5000;
const any = Number.MAX_SAFE_INTEGER;
const rowsPerPart = 1_000_000;

export interface PointFiles {
  /** Series of the project: number, run, key, how many points. */
  series: string[];
  /** By group (of a long series its number, negative): what it held when its files were made, and where they are. */
  groups: Map<number, { signature: string; files: string[] }>;
}

export const pointFiles = (): PointFiles => ({ series: [], groups: new Map() });

const seriesColumns: Column[] = [
  { name: 'series', type: 'integer' },
  { name: 'run_id', type: 'string' },
  { name: 'key', type: 'string' },
  { name: 'points', type: 'integer' },
];
const pointColumns: Column[] = [
  { name: 'series', type: 'integer' },
  { name: 'step', type: 'integer' },
  { name: 'at', type: 'timestamp' },
  { name: 'value', type: 'number' },
  { name: 'special', type: 'integer' },
];

interface Parts {
  snapshot: Snapshot;
  tables: Tables;
  points: PointsRelation;
  project: string;
  fresh(name: string): string;
}

async function* written(
  { snapshot, tables, fresh }: Parts,
  name: string,
  question: { sql: string; params: (string | number)[] },
  columns: readonly Column[],
): AsyncIterable<{ path: string; rows: number }> {
  for await (const part of snapshot.parts({ ...question, path: fresh(name), rowsPerPart })) {
    const outPath = `${part.path}.parquet`;
    const { rowCount } = await tables.ndjsonToParquet({ path: part.path, outPath, columns });
    await rm(part.path);
    yield { path: outPath, rows: rowCount };
  }
}

const pathsOf = async (parts: AsyncIterable<{ path: string }>): Promise<string[]> => {
  const paths: string[] = [];
  for await (const { path } of parts) paths.push(path);
  return paths;
};

/** Reads only groups in which a series has another number of points than before, or is new, or is gone. */
export const refreshPoints = async (parts: Parts & { before: PointFiles }): Promise<PointFiles> => {
  const { tables, points, project, before } = parts;
  const series = await pathsOf(written(parts, 'series', { sql: points.series, params: [project] }, seriesColumns));
  // What a series with so many points holds never changes.
  const found = await tables.rows(
    `SELECT CASE WHEN points >= ${pointsOfLong} THEN -series ELSE series // ${seriesPerGroup} END AS number, count(*) || ' ' || sum(points) || ' ' || bit_xor(hash(series, points)) AS signature
     FROM ${readParquet(series)} GROUP BY 1 ORDER BY 1`,
  );
  const groups: PointFiles['groups'] = new Map();
  for (const row of found) {
    const number = Number(row['number']);
    const signature = String(row['signature']);
    const known = before.groups.get(number);
    if (known?.signature === signature) {
      groups.set(number, known);
      continue;
    }
    // Series are numbered from 1.
    const params =
      number < 0
        ? [project, -number, -number, pointsOfLong, any]
        : [project, number * seriesPerGroup, (number + 1) * seriesPerGroup - 1, 0, pointsOfLong - 1];
    const files = await pathsOf(written(parts, 'points', { sql: points.select, params }, pointColumns));
    groups.set(number, { signature, files });
  }
  return { series, groups };
};

/** Files of the state before that are not in the one after. */
export const removedFiles = (before: PointFiles, after: PointFiles): string[] => {
  const kept = new Set(allFiles(after));
  return allFiles(before).filter((path) => !kept.has(path));
};

export const allFiles = ({ series, groups }: PointFiles): string[] => [
  ...series,
  ...[...groups.values()].flatMap(({ files }) => files),
];

const specials = `CASE p.special WHEN 1 THEN 'NaN'::DOUBLE WHEN 2 THEN 'Infinity'::DOUBLE WHEN 3 THEN '-Infinity'::DOUBLE ELSE p.value END`;

/** Points with the run and the key they are of. */
export const selectPoints = (pointPaths: readonly string[], seriesPaths: readonly string[]): string =>
  pointPaths.length === 0
    ? `SELECT NULL::VARCHAR AS run_id, NULL::VARCHAR AS key, NULL::BIGINT AS step, NULL::TIMESTAMP AS logged_at, NULL::DOUBLE AS value WHERE ${literal('')} <> ''`
    : `SELECT s.run_id, s.key, p.step, p.at AS logged_at, ${specials} AS value
       FROM ${readParquet(pointPaths)} p JOIN ${readParquet(seriesPaths)} s ON s.series = p.series`;

/** All points of a snapshot, in parts, each together with the files of series it belongs to. */
export async function* allPoints(
  parts: Parts,
): AsyncIterable<{ path: string; rows: number; series: readonly string[] }> {
  const { points, project } = parts;
  const series = await pathsOf(written(parts, 'series', { sql: points.series, params: [project] }, seriesColumns));
  try {
    const question = { sql: points.select, params: [project, 0, any, 0, any] };
    for await (const part of written(parts, 'points', question, pointColumns)) yield { ...part, series };
  } finally {
    for (const path of series) await rm(path, { force: true });
  }
}
