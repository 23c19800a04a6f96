import { ConfigError, createApp, createLog, loadConfig, messageOf, systemClock } from '@millwright/server';
import { parseArguments, takeText } from '../arguments.ts';

const untilSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });

/** Starts the server and stays until a signal. A worker only takes jobs. */
export const up = async (argv: string[], kind: { worker: boolean }): Promise<number> => {
  const { flags } = parseArguments(argv);
  const file = takeText(flags, '--config');
  const { config } = loadConfig({ flags, ...(file === undefined ? {} : { file }) });
  const log = createLog({ level: config.logLevel, clock: systemClock, write: (line) => process.stderr.write(line) });
  if (kind.worker && config.databaseUrl === null)
    throw new ConfigError(['a worker of its own needs --database-url: SQLite belongs to one process']);
  const app = await createApp({ config: kind.worker ? { ...config, worker: true } : config, log });
  try {
    if (kind.worker) {
      app.start();
      process.stdout.write('Millwright worker is taking jobs. Ctrl-C ends it.\n');
    } else {
      const address = await app.listen();
      process.stdout.write(`Millwright is ready: ${address}\n`);
    }
  } catch (error) {
    await app.close();
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE')
      throw new Error(
        `port ${config.port} on ${config.host} is taken. Is Millwright running already? Otherwise choose another with --port.`,
        { cause: error },
      );
    if (code === 'EACCES')
      throw new Error(
        `port ${config.port} on ${config.host} may not be opened by this user. Choose one above 1023 with --port.`,
        { cause: error },
      );
    throw new Error(`the server could not start: ${messageOf(error)}`, { cause: error });
  }
  const signal = await untilSignal();
  log.info('stopping', { signal });
  await app.close();
  return 0;
};
