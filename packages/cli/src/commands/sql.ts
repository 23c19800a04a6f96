import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { downloadSql, querySql, type SqlResult } from '@millwright/contract';
import { createClient } from '@millwright/sdk';
import { UsageError, parseArguments, takeSwitch, takeText } from '../arguments.ts';
import { defaultServer, fromEnvironment } from '../environment.ts';
import { render } from '../table.ts';

const usage =
  'millwright sql "SELECT ..." [--limit N] [--max-age SECONDS] [--json] | --format csv|parquet [--output FILE] [--project NAME] [--server URL] [--token TOKEN]';

/** As a table for people, as JSON for programs; with a format the whole answer as a file. */
export const sql = async (argv: string[]): Promise<number> => {
  const { words, flags } = parseArguments(argv, ['--json']);
  const [text] = words;
  const asJson = takeSwitch(flags, '--json') || !process.stdout.isTTY;
  const format = takeText(flags, '--format');
  const output = takeText(flags, '--output');
  const limit = takeNumber(flags, '--limit');
  const maxAgeSeconds = takeNumber(flags, '--max-age');
  const baseUrl = takeText(flags, '--server') ?? fromEnvironment('MILLWRIGHT_URL') ?? defaultServer;
  const token = takeText(flags, '--token') ?? fromEnvironment('MILLWRIGHT_TOKEN');
  const project = takeText(flags, '--project') ?? fromEnvironment('MILLWRIGHT_PROJECT') ?? 'default';
  const isFormat = format === undefined || format === 'csv' || format === 'parquet';
  if (text === undefined || words.length > 1 || !isFormat || Object.keys(flags).length > 0) throw new UsageError(usage);
  const client = createClient({ baseUrl, ...(token === undefined ? {} : { token }) });
  const params = { project };
  if (format !== undefined) {
    const response = await client.open(downloadSql, { params, body: { sql: text, format } });
    const target = output === undefined ? process.stdout : createWriteStream(output);
    await pipeline(Readable.fromWeb(response.body as never), target, { end: output !== undefined });
    return 0;
  }
  const body = {
    sql: text,
    ...(limit === undefined ? {} : { limit }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  };
  const result = await client.call(querySql, { params, body });
  const rows = namedRows(result);
  process.stdout.write(asJson ? `${JSON.stringify(rows, null, 2)}\n` : render({ items: rows }));
  if (result.isCut)
    process.stderr.write(`note: cut off after ${rows.length} rows; --limit or --format csv gives more\n`);
  return 0;
};

const namedRows = ({ columns, rows }: SqlResult): Record<string, unknown>[] =>
  rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));

const takeNumber = (flags: Record<string, string | boolean>, name: string): number | undefined => {
  const text = takeText(flags, name);
  if (text !== undefined && !/^\d+$/.test(text)) throw new UsageError(`${name} needs a number`);
  return text === undefined ? undefined : Number(text);
};
