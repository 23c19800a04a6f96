import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBackup } from '@millwright/contract';
import { createClient } from '@millwright/sdk';
import { restoreBackup } from '@millwright/server';
import { defaultServer, fromEnvironment } from '../environment.ts';
import { UsageError, parseArguments, takeText } from '../arguments.ts';

/** The file appears under its name once it is complete. */
export const backup = async (argv: string[]): Promise<number> => {
  const { words, flags } = parseArguments(argv);
  const path = words[0];
  if (path === undefined) throw new UsageError('millwright backup FILE [--server URL] [--token TOKEN]');
  if (existsSync(path)) throw new UsageError(`${path} exists already`);
  const token = takeText(flags, '--token') ?? fromEnvironment('MILLWRIGHT_TOKEN');
  const client = createClient({
    baseUrl: takeText(flags, '--server') ?? fromEnvironment('MILLWRIGHT_URL') ?? defaultServer,
    ...(token === undefined ? {} : { token }),
  });
  const partial = `${path}.partial`;
  try {
    const response = await client.open(createBackup);
    await pipeline(Readable.fromWeb(response.body as never), createWriteStream(partial));
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
  process.stdout.write(`saved to ${path} (${((await stat(path)).size / 1e6).toFixed(1)} MB)\n`);
  return 0;
};

export const restore = async (argv: string[]): Promise<number> => {
  const { words, flags } = parseArguments(argv);
  const [path] = words;
  const dataDir = takeText(flags, '--data-dir');
  if (path === undefined || dataDir === undefined)
    throw new UsageError('millwright restore FILE --data-dir NEW_FOLDER');
  const { blobs } = await restoreBackup(path, resolve(dataDir));
  process.stdout.write(`restored with ${blobs} contents. Start it: millwright up --data-dir ${dataDir}\n`);
  return 0;
};
