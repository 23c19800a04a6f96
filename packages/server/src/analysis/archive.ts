import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import { type Ctx, mayDo } from '#platform/auth';
import type { Platform } from '#platform/core';
import type { Snapshot } from '#platform/db';
import type { StreamReply } from '#platform/http';
import type { Relation } from '#platform/relations';
import { readParquet } from '#platform/tables';
import { allPoints, selectPoints } from './point-files.ts';
import type { RelationFiles } from './relation-files.ts';
import { pointsTable } from './sql.ts';

/** Of the layout; a reader refuses what it does not know. */
const version = 1;
const digestsPerPage = 1000;

interface Described {
  name: string;
  about: string;
  columns: Relation['columns'];
  rows: number;
  files: string[];
}

/**
 * All tables of a project as they are at this moment, then the files of its runs and models if they are wanted, then
 * `manifest.json`: an archive without it is not complete. What the caller may not read is not in it.
 */
export const streamExport = async (
  platform: Platform,
  relationFiles: RelationFiles,
  ctx: Ctx,
  options: { files: boolean },
): Promise<StreamReply> => {
  const { clock, contents, relations } = platform;
  const now = clock.now();
  const wanted = relations.all().filter(({ permission }) => mayDo(ctx.actor, permission, { project: ctx.project }));
  await platform.changes.change(ctx, async (change) =>
    change.audit({ verb: 'project.export', resourceType: 'project', resourceId: ctx.project, detail: { ...options } }),
  );
  // From here on nothing may go that the tables refer to.
  const release = options.files ? await contents.hold() : () => undefined;
  const snapshot = await relationFiles.openSnapshot().catch((error: unknown) => {
    release();
    throw error;
  });
  const pack = tar.pack();
  const write = async (): Promise<void> => {
    try {
      await writeAll({ platform, relationFiles, ctx, snapshot, pack, wanted, now, withFiles: options.files });
      pack.finalize();
    } catch (error) {
      pack.destroy(error as Error);
    } finally {
      release();
      await snapshot.close();
    }
  };
  void write();
  return {
    stream: Readable.from(pack),
    headers: {
      'content-type': 'application/x-tar',
      'content-disposition': `attachment; filename="${ctx.project}-${new Date(now).toISOString().slice(0, 10)}.tar"`,
    },
  };
};

interface Writing {
  platform: Platform;
  relationFiles: RelationFiles;
  ctx: Ctx;
  snapshot: Snapshot;
  pack: tar.Pack;
  wanted: readonly Relation[];
  now: number;
  withFiles: boolean;
}

const partName = (name: string, part: number): string => `${name}/part-${String(part).padStart(5, '0')}.parquet`;

const writeAll = async (writing: Writing): Promise<void> => {
  const { relationFiles, ctx, snapshot, pack, wanted, now, withFiles } = writing;
  const described: Described[] = [];
  const artifacts: string[] = [];
  const add = (name: string, size: number, content: Readable): Promise<void> =>
    pipeline(content, pack.entry({ name, size }));
  const addFile = async (name: string, path: string): Promise<void> =>
    add(name, (await stat(path)).size, createReadStream(path));
  try {
    for (const relation of wanted) {
      const { name, about, columns } = relation;
      const one: Described = { name, about, columns, rows: 0, files: [] };
      described.push(one);
      for await (const { path, rows } of relationFiles.write(snapshot, relation, ctx.project)) {
        const entry = partName(name, one.files.length);
        await addFile(entry, path);
        one.files.push(entry);
        one.rows += rows;
        // Which contents there are is asked of it afterwards.
        if (withFiles && name === 'artifacts') artifacts.push(path);
        else await rm(path);
      }
    }
    described.push(await addPoints(writing, addFile));
    const files = await addContents(writing, artifacts, add);
    const manifest = {
      format: 'millwright-export',
      version,
      project: ctx.project,
      exportedAt: now,
      tables: described,
      files,
    };
    const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
    await add('manifest.json', bytes.length, Readable.from([bytes]));
  } finally {
    for (const path of artifacts) await rm(path, { force: true });
  }
};

const addPoints = async (
  { platform, relationFiles, ctx, snapshot }: Writing,
  addFile: (name: string, path: string) => Promise<void>,
): Promise<Described> => {
  const { name, about, columns } = pointsTable;
  const one: Described = { name, about, columns, rows: 0, files: [] };
  const points = platform.relations.points();
  if (!points) return one;
  const { fresh } = relationFiles;
  for await (const part of allPoints({ snapshot, tables: platform.tables, points, project: ctx.project, fresh })) {
    const outPath = `${part.path}.named`;
    const { rowCount } = await platform.tables.writeQuery(selectPoints([part.path], part.series), { outPath });
    await rm(part.path);
    const entry = partName(name, one.files.length);
    await addFile(entry, outPath);
    await rm(outPath);
    one.files.push(entry);
    one.rows += rowCount;
  }
  return one;
};

/** Contents by their digests, each once: `artifacts` says which path has which. Answers how many. */
const addContents = async (
  { platform: { tables, blobs } }: Writing,
  artifacts: readonly string[],
  add: (name: string, size: number, content: Readable) => Promise<void>,
): Promise<number> => {
  if (artifacts.length === 0) return 0;
  let count = 0;
  let after = '';
  for (;;) {
    const page = await tables.rows(
      `SELECT DISTINCT digest FROM ${readParquet(artifacts)} WHERE digest > $after ORDER BY digest LIMIT ${digestsPerPage}`,
      { params: { after } },
    );
    for (const row of page) {
      after = String(row['digest']);
      const content = await blobs.get(after);
      await add(`files/${after.replace('sha256:', '')}`, content.sizeBytes, content.stream);
      count += 1;
    }
    if (page.length < digestsPerPage) return count;
  }
};
