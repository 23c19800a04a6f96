import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { SqlResult, SqlTable } from '@millwright/contract';
import { type Ctx, mayDo } from '#platform/auth';
import type { Platform } from '#platform/core';
import { fail } from '#platform/errors';
import type { StreamReply } from '#platform/http';
import type { Relation } from '#platform/relations';
import { readParquet, runConfined } from '#platform/tables';
import { allFiles, selectPoints } from './point-files.ts';
import { type FilesInUse, pointsName, type RelationFiles } from './relation-files.ts';

const timeoutMs = 60_000;
const rowsMaxBytes = 8_000_000;
const fileMaxBytes = 2_000_000_000;
const spillLimitBytes = 4_000_000_000;
/** More at a time wait; more than may wait are refused. */
const atOnce = 2;
const waitingMost = 20;
/** A download is as fresh as a question of the console is by default. */
const downloadAgeMs = 10_000;

export interface SqlRequest {
  sql: string;
  limit?: number | undefined;
  maxAgeSeconds?: number | undefined;
}

export interface Sql {
  /** What this caller can ask of. */
  tables(ctx: Ctx): SqlTable[];
  /** Errors: QUERY_REFUSED, OVERLOADED. */
  query(ctx: Ctx, request: SqlRequest, signal?: AbortSignal): Promise<SqlResult>;
  /** Errors: QUERY_REFUSED, OVERLOADED. */
  download(ctx: Ctx, request: { sql: string; format: 'csv' | 'parquet' }, signal?: AbortSignal): Promise<StreamReply>;
}

/** Points, as people ask of them. */
export const pointsTable: Omit<Relation, 'select'> = {
  name: pointsName,
  about: 'every point of every metric of runs',
  permission: 'run:read',
  columns: [
    { name: 'run_id', type: 'string', about: 'the run' },
    { name: 'key', type: 'string', about: '' },
    { name: 'step', type: 'integer', about: '' },
    { name: 'logged_at', type: 'timestamp', about: 'as its client says' },
    { name: 'value', type: 'number', about: 'exact; NaN and the infinities too' },
  ],
};

export const createSql = (platform: Platform, files: RelationFiles): Sql => {
  const { relations, clock, config } = platform;
  const permitted = (ctx: Ctx, permission: Relation['permission']) =>
    mayDo(ctx.actor, permission, { project: ctx.project });

  let running = 0;
  const waiting: (() => void)[] = [];
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) {
      if (waiting.length >= waitingMost) fail('OVERLOADED', 'Too many queries are waiting. Try again in a moment.');
      // Whoever ends gives its place to the one that waits longest.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };

  /** What a query may read: what it names, as far as the caller may. */
  const using = <T>(
    ctx: Ctx,
    sql: string,
    { maxAgeMs, signal }: { maxAgeMs: number; signal: AbortSignal | undefined },
    work: (views: [string, string][], paths: string[], asOf: number) => Promise<T>,
  ): Promise<T> => {
    const isNamed = (name: string) => new RegExp(`\\b${name}\\b`, 'i').test(sql);
    const wanted = relations.all().filter(({ name, permission }) => isNamed(name) && permitted(ctx, permission));
    const withPoints = isNamed(pointsName);
    return inTurn(() =>
      files.use(ctx.project, wanted, { withPoints, maxAgeMs, signal }, (inUse) => {
        const views = viewsOf(inUse, withPoints);
        const paths = [...[...inUse.files.values()].flat(), ...(withPoints ? allFiles(inUse.points) : [])];
        return work(views, paths, inUse.asOf);
      }),
    );
  };

  const job = (sql: string, views: [string, string][], paths: string[]) => ({
    sql,
    views,
    files: paths,
    tempDir: files.fresh('query'),
    memoryLimitBytes: Math.floor(config.tableMemoryBytes / 2),
    spillLimitBytes,
    threads: 2,
  });
  const limits = (signal: AbortSignal | undefined) => ({ timeoutMs, ...(signal ? { signal } : {}) });

  return {
    tables: (ctx) =>
      [...relations.all(), pointsTable]
        .filter(({ permission }) => permitted(ctx, permission))
        .map(({ name, about, columns }) => ({ name, about, columns: [...columns] })),
    query(ctx, { sql, limit = 1000, maxAgeSeconds = 10 }, signal) {
      const started = performance.now();
      return using(ctx, sql, { maxAgeMs: maxAgeSeconds * 1000, signal }, async (views, paths, asOf) => {
        const output = { kind: 'rows' as const, limit, maxBytes: rowsMaxBytes };
        const answer = await runConfined({ ...job(sql, views, paths), output }, limits(signal));
        if (answer.kind !== 'rows') throw new Error('a query for rows was answered by a file');
        const { columns, rows, isCut } = answer;
        return { columns, rows, isCut, asOf, tookMs: Math.round(performance.now() - started) };
      });
    },
    download: (ctx, { sql, format }, signal) =>
      using(ctx, sql, { maxAgeMs: downloadAgeMs, signal }, async (views, paths) => {
        const path = files.fresh('answer');
        const output = { kind: 'file' as const, path, format, maxBytes: fileMaxBytes };
        try {
          await runConfined({ ...job(sql, views, paths), output }, limits(signal));
          const { size } = await stat(path);
          const stream = createReadStream(path);
          // Open, it is read to its end; by name nobody finds it any more.
          await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
          return {
            stream,
            headers: {
              'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.apache.parquet',
              'content-length': String(size),
              'content-disposition': `attachment; filename="${ctx.project}-${new Date(clock.now()).toISOString().slice(0, 10)}.${format}"`,
            },
          };
        } finally {
          await rm(path, { force: true });
        }
      }),
  };
};

const viewsOf = ({ files, points }: FilesInUse, withPoints: boolean): [string, string][] => [
  ...[...files].map(([name, paths]): [string, string] => [name, `SELECT * FROM ${readParquet(paths)}`]),
  ...(withPoints
    ? [
        [
          pointsName,
          selectPoints(
            [...points.groups.values()].flatMap((group) => group.files),
            points.series,
          ),
        ] as [string, string],
      ]
    : []),
];
