import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';

/** What an export may hold, by name; anything else does not become a file. */
const entryName = /^(?:[a-z_]+\/part-\d{5,}\.parquet|files\/[0-9a-f]{64})$/;
const manifestName = 'manifest.json';

export interface ExportManifest {
  project: string;
  tables: { name: string; rows: number }[];
  files: number;
}

/** Writes an export into a folder; its manifest takes its name last. Throws where the export was cut off. */
export const unpackExport = async (stream: Readable, folder: string): Promise<ExportManifest> => {
  await mkdir(folder, { recursive: true });
  const partial = join(folder, `${manifestName}.partial`);
  const extract = tar.extract();
  const reading = pipeline(stream, extract);
  // Told by the loop below too; unheard here it would end the process.
  reading.catch(() => undefined);
  let isComplete = false;
  for await (const entry of extract) {
    const { name } = entry.header;
    const isManifest = name === manifestName;
    if (!isManifest && !entryName.test(name)) throw new Error(`the export holds an entry of an unknown name: ${name}`);
    const path = isManifest ? partial : join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await pipeline(entry, createWriteStream(path));
    isComplete = isManifest;
  }
  await reading;
  if (!isComplete) throw new Error('the export was cut off: try again');
  await rename(partial, join(folder, manifestName));
  return JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as ExportManifest;
};
