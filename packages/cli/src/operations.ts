import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Operation, operations } from '@millwright/contract';
import { createClient } from '@millwright/sdk';
import { UsageError, parseArguments, takeSwitch, takeText } from './arguments.ts';
import { defaultServer, fromEnvironment } from './environment.ts';
import { render } from './table.ts';

export const operationCommands = (): [string, Operation][] =>
  operations
    .filter((op) => op.cli !== undefined)
    .map((op): [string, Operation] => [op.cli as string, op])
    .sort(([a], [b]) => (a < b ? -1 : 1));

const flagOf = (property: string): string => `--${property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const paramsOf = (op: Operation): string[] =>
  Object.keys(op.params?.properties ?? {}).filter((name) => name !== 'project');
const bodyOf = (op: Operation): Record<string, { type?: string; description?: string }> =>
  (op.body as { properties?: Record<string, { type?: string; description?: string }> } | undefined)?.properties ?? {};

const mediaTypes: Record<string, string> = { csv: 'text/csv', parquet: 'application/vnd.apache.parquet' };

const mediaTypeOf = (file: string, op: Operation): string =>
  mediaTypes[file.split('.').at(-1)?.toLowerCase() ?? ''] ?? op.consumes?.[0] ?? 'application/octet-stream';

const help = (name: string, op: Operation): string => {
  const query = Object.keys(op.query?.properties ?? {});
  return [
    `Usage: millwright ${name} ${paramsOf(op)
      .map((param) => param.toUpperCase())
      .join(' ')}`,
    '',
    op.summary,
    ...(op.description ? [op.description] : []),
    '',
    ...query.map((key) => `  ${flagOf(key)} VALUE`),
    ...Object.entries(bodyOf(op)).map(
      ([key, schema]) =>
        `  ${flagOf(key)} ${schema.type === 'string' ? 'TEXT' : 'JSON|@FILE'}${schema.description ? `   ${schema.description}` : ''}`,
    ),
    ...(op.body ? ['  --body JSON|@FILE|-          the whole body at once'] : []),
    ...(op.bodyKind === 'stream' ? [`  --file FILE                  ${(op.consumes ?? []).join(' or ')}`] : []),
    ...(op.replyKind === 'stream' ? ['  --output FILE                where to; without it standard output'] : []),
    '  --json                       print JSON, not a table',
    '',
  ].join('\n');
};

const contentOf = async (raw: string): Promise<string> => {
  if (!raw.startsWith('@')) return raw;
  try {
    return await readFile(raw.slice(1), 'utf8');
  } catch (error) {
    throw new UsageError(`${raw.slice(1)} cannot be read: ${(error as Error).message}`);
  }
};

/** Text stays text; everything else is JSON, given there or in a file as `@FILE`. */
const readValue = async (
  schema: { type?: string } | undefined,
  flag: string,
  given: string | boolean,
): Promise<unknown> => {
  if (schema?.type === 'string') return String(given);
  if (given === true) return true;
  const raw = await contentOf(String(given));
  try {
    return JSON.parse(raw);
  } catch {
    if (
      schema?.type === 'integer' ||
      schema?.type === 'number' ||
      schema?.type === 'boolean' ||
      schema?.type === 'object' ||
      schema?.type === 'array'
    )
      throw new UsageError(`${flag} must be ${schema.type}, in JSON`);
    return raw;
  }
};

const readBody = async (raw: string): Promise<unknown> => {
  const content = raw === '-' ? await text(process.stdin) : await contentOf(raw);
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new UsageError(`--body is not valid JSON: ${(error as Error).message}`);
  }
};

/** Calls the operation whose command line this is: `millwright datasets show fraud --project default`. */
export const callOperation = async (argv: string[]): Promise<number> => {
  const found = operationCommands()
    .filter(([name]) => name.split(' ').every((word, index) => argv[index] === word))
    .sort(([a], [b]) => b.length - a.length)[0];
  if (!found) throw new UsageError(`there is no command '${argv.slice(0, 2).join(' ')}'. millwright help lists them.`);
  const [name, op] = found;
  const { words, flags } = parseArguments(argv.slice(name.split(' ').length), ['--json', '--help']);
  if (takeSwitch(flags, '--help')) {
    process.stdout.write(help(name, op));
    return 0;
  }
  const asJson = takeSwitch(flags, '--json') || !process.stdout.isTTY;
  const baseUrl = takeText(flags, '--server') ?? fromEnvironment('MILLWRIGHT_URL') ?? defaultServer;
  const token = takeText(flags, '--token') ?? fromEnvironment('MILLWRIGHT_TOKEN');
  const project = takeText(flags, '--project') ?? fromEnvironment('MILLWRIGHT_PROJECT') ?? 'default';

  const names = paramsOf(op);
  if (words.length !== names.length)
    throw new UsageError(
      `millwright ${name} needs ${names.length === 0 ? 'no further words' : names.map((param) => param.toUpperCase()).join(' ')}`,
    );
  const params: Record<string, string> = op.path.includes(':project') ? { project } : {};
  names.forEach((param, index) => {
    params[param] = words[index] as string;
  });

  const file = op.bodyKind === 'stream' ? takeText(flags, '--file') : undefined;
  if (op.bodyKind === 'stream' && file === undefined) throw new UsageError('--file FILE is needed');
  const output = op.replyKind === 'stream' ? takeText(flags, '--output') : undefined;
  const whole = op.body ? takeText(flags, '--body') : undefined;
  const query: Record<string, unknown> = {};
  const body: Record<string, unknown> = whole === undefined ? {} : ((await readBody(whole)) as Record<string, unknown>);
  const queryNames = new Map(Object.keys(op.query?.properties ?? {}).map((key) => [flagOf(key), key]));
  const bodyNames = new Map(Object.keys(bodyOf(op)).map((key) => [flagOf(key), key]));
  for (const [flag, raw] of Object.entries(flags)) {
    const queryName = queryNames.get(flag);
    const bodyName = bodyNames.get(flag);
    if (queryName !== undefined) query[queryName] = raw;
    else if (bodyName !== undefined) body[bodyName] = await readValue(bodyOf(op)[bodyName], flag, raw);
    else throw new UsageError(`millwright ${name} knows no ${flag}. millwright ${name} --help lists what it knows.`);
  }

  const client = createClient({ baseUrl, ...(token === undefined ? {} : { token }) });
  const input = { params, query, ...(op.body ? { body } : {}) } as never;
  const options =
    file === undefined
      ? {}
      : {
          content: Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>,
          contentType: mediaTypeOf(file, op),
        };
  if (op.replyKind === 'stream') {
    const response = await client.open(op, input, options);
    await pipeline(
      Readable.fromWeb(response.body as never),
      output === undefined ? process.stdout : createWriteStream(output),
      { end: output !== undefined },
    );
    return 0;
  }
  const reply: unknown = await client.call(op, input, options);
  if (reply !== undefined) process.stdout.write(asJson ? `${JSON.stringify(reply, null, 2)}\n` : render(reply));
  return 0;
};
