import { createInterface } from 'node:readline/promises';
import { createLog, createPlatform, loadConfig, stopPlatform, systemActor, systemClock } from '@millwright/server';
import { fromEnvironment } from '../environment.ts';
import { UsageError, parseArguments, takeText } from '../arguments.ts';

/** Works on the database itself, so only who may read the data folder (or knows the database's password) can do it. */
export const createAdmin = async (argv: string[]): Promise<number> => {
  const { words, flags } = parseArguments(argv);
  const name = words[0];
  if (name === undefined || words.length > 1)
    throw new UsageError(
      'millwright users create-admin NAME (the password is asked for, or read from MILLWRIGHT_ADMIN_PASSWORD)',
    );
  if (takeText(flags, '--password') !== undefined)
    throw new UsageError(
      'a password on the command line is seen by everybody on the machine: let it be asked for, or set MILLWRIGHT_ADMIN_PASSWORD',
    );
  const { config } = loadConfig({ flags });
  let password = fromEnvironment('MILLWRIGHT_ADMIN_PASSWORD');
  if (password === undefined) {
    if (!process.stdin.isTTY) throw new UsageError('set MILLWRIGHT_ADMIN_PASSWORD, or run this in a terminal');
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    password = await terminal.question('Password (at least 12 characters): ');
    terminal.close();
  }
  if (password.length < 12) throw new UsageError('the password must have at least 12 characters');
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/.test(name))
    throw new UsageError('the name takes letters, digits, dot, underscore and hyphen');
  const platform = await createPlatform({
    config,
    log: createLog({ level: 'error', clock: systemClock, write: (line) => process.stderr.write(line) }),
  });
  try {
    await platform.auth.createUser(systemActor('command-line'), { name, password, admin: true }, 'create-admin');
    process.stdout.write(`'${name}' is admin of this instance.\n`);
    return 0;
  } finally {
    await stopPlatform(platform);
  }
};
