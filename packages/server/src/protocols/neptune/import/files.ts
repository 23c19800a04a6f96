import { createReadStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { readParquet, type Row, type Tables } from '#platform/tables';
import type { ForeignFile } from '../../import/source.ts';
import type { ExportedRun, Reading } from './index.ts';
import { pagesOf } from './series.ts';

const isFile = "attribute_type IN ('file', 'file_series', 'file_set', 'artifact') AND file_value IS NOT NULL";
const isText = "attribute_type = 'string_series' AND string_value IS NOT NULL";
/** One line per value, as Neptune's exporter hands them on: step, time, text. */
const line = `concat(regexp_replace(step::VARCHAR, '[.]?0+$', ''), '; ', coalesce(strftime(timestamp, '%Y-%m-%dT%H:%M:%S.%gZ'), ''), '; ', string_value, chr(10))`;

/** Files by the attribute they are of, and series of texts as one file each. */
export async function* filesOf(reading: Reading, exported: ExportedRun): AsyncIterable<ForeignFile> {
  const columns = 'attribute_path, attribute_type, step, file_value.path AS path';
  for await (const page of pagesOf(reading.tables, exported.paths, columns, isFile))
    for (const row of page) yield* copiesOf(reading, exported, row);
  yield* textsOf(reading.tables, exported.paths);
}

async function* copiesOf({ folder, problem }: Reading, exported: ExportedRun, row: Row): AsyncIterable<ForeignFile> {
  const attribute = String(row['attribute_path']);
  const path = String(row['path'] ?? '');
  const project = basename(exported.folder);
  const places = [`files/${path}`, `files/${project}/${path}`, path, `${exported.folder}/${path}`];
  for (const place of places) {
    const kind = await folder.kindOf(place);
    if (kind === 'folder' && path !== '') return yield* folder.copiesOf(place, attribute);
    if (kind !== 'file') continue;
    const step = row['attribute_type'] === 'file_series' ? `/step_${Number(row['step'] ?? 0)}` : '';
    const ending = extname(attribute) === '' || step !== '' ? extname(path) : '';
    yield {
      path: `${attribute}${step}${ending}`,
      sizeBytes: await folder.sizeOf(place),
      open: () => createReadStream(`${folder.root}/${place}`),
    };
    return;
  }
  problem(`the file of '${attribute}' was left out: there is no ${path}`);
}

async function* textsOf(tables: Tables, paths: readonly string[]): AsyncIterable<ForeignFile> {
  const found = await tables.rows(
    `SELECT attribute_path, sum(strlen(${line})) AS bytes FROM ${readParquet(paths)} WHERE ${isText} GROUP BY 1 ORDER BY 1`,
  );
  for (const row of found) {
    const attribute = String(row['attribute_path']);
    yield {
      path: `${attribute}.txt`,
      sizeBytes: Number(row['bytes']),
      open: () => linesOf(tables, paths, attribute),
    };
  }
}

async function* linesOf(tables: Tables, paths: readonly string[], attribute: string): AsyncIterable<Uint8Array> {
  for await (const page of pagesOf(tables, paths, `attribute_path, ${line} AS line`, isText)) {
    const own = page.filter((row) => row['attribute_path'] === attribute).map((row) => String(row['line']));
    if (own.length > 0) yield Buffer.from(own.join(''));
  }
}
