import { type Client, createClient } from '@millwright/sdk';
import { parseArguments, takeSwitch, takeText, UsageError } from '../arguments.ts';
import { defaultServer, fromEnvironment } from '../environment.ts';

export interface FileOfRun {
  client: Client;
  params: { project: string; run: string };
  path: string;
  /** The file on this machine. */
  local: string | undefined;
  asJson: boolean;
}

/** RUN --path PATH, and where the file lies here; null where only the usage was asked for. */
export const readFileOfRun = (argv: string[], localFlag: '--file' | '--output', usage: string): FileOfRun | null => {
  const { words, flags } = parseArguments(argv, ['--json', '--help']);
  if (takeSwitch(flags, '--help')) {
    process.stdout.write(`Usage: ${usage}\n`);
    return null;
  }
  const asJson = takeSwitch(flags, '--json') || !process.stdout.isTTY;
  const baseUrl = takeText(flags, '--server') ?? fromEnvironment('MILLWRIGHT_URL') ?? defaultServer;
  const token = takeText(flags, '--token') ?? fromEnvironment('MILLWRIGHT_TOKEN');
  const project = takeText(flags, '--project') ?? fromEnvironment('MILLWRIGHT_PROJECT') ?? 'default';
  const path = takeText(flags, '--path');
  const local = takeText(flags, localFlag);
  const [run] = words;
  if (run === undefined || words.length > 1 || path === undefined || Object.keys(flags).length > 0)
    throw new UsageError(usage);
  const client = createClient({ baseUrl, ...(token === undefined ? {} : { token }) });
  return { client, params: { project, run }, path, local, asJson };
};
