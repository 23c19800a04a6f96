import { existsSync, readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { exportProject } from '@millwright/contract';
import { createClient } from '@millwright/sdk';
import { unpackExport } from '@millwright/server';
import { UsageError, parseArguments, takeSwitch, takeText } from '../arguments.ts';
import { defaultServer, fromEnvironment } from '../environment.ts';

/** Everything of a project into a new folder: Parquet per table, `manifest.json` once all of it is there. */
export const exportTo = async (argv: string[]): Promise<number> => {
  const { words, flags } = parseArguments(argv, ['--files']);
  const to = takeText(flags, '--to');
  const files = takeSwitch(flags, '--files');
  const baseUrl = takeText(flags, '--server') ?? fromEnvironment('MILLWRIGHT_URL') ?? defaultServer;
  const token = takeText(flags, '--token') ?? fromEnvironment('MILLWRIGHT_TOKEN');
  const project = takeText(flags, '--project') ?? fromEnvironment('MILLWRIGHT_PROJECT') ?? 'default';
  if (to === undefined || words.length > 0 || Object.keys(flags).length > 0)
    throw new UsageError('millwright export --to FOLDER [--files] [--project NAME] [--server URL] [--token TOKEN]');
  if (existsSync(to) && readdirSync(to).length > 0)
    throw new UsageError(`${to} is not empty. Export into a new folder.`);
  const client = createClient({ baseUrl, ...(token === undefined ? {} : { token }) });
  const response = await client.open(exportProject, { params: { project }, query: { files } });
  const { tables, files: contents } = await unpackExport(Readable.fromWeb(response.body as never), to);
  const rows = tables.map(({ name, rows: count }) => `${count} ${name}`).join(', ');
  process.stdout.write(`exported to ${to}: ${rows}${files ? `; ${contents} files` : ''}\n`);
  return 0;
};
