import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createApp, createLog, loadConfig, systemClock } from '@millwright/server';
import { UsageError, parseArguments, takeSwitch, takeText } from '../arguments.ts';
import { runLoop } from '../demo/index.ts';
import { ownTable } from '../demo/own-table.ts';
import { payments } from '../demo/payments.ts';
import { createProgress } from '../demo/progress.ts';
import { renderReport } from '../demo/report.ts';

const marker = 'this-is-a-demo';

/** A folder of the demo's own, emptied for each run; anything else is left alone. */
const freshFolder = (path: string): void => {
  if (existsSync(path)) {
    if (!existsSync(join(path, marker)))
      throw new UsageError(`${path} is not a folder of the demo. Choose another with --data-dir.`);
    rmSync(path, { recursive: true });
  }
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, marker), 'Made by `millwright demo` and emptied when it runs again.\n');
};

/** Starts a server on embedded storage and plays the whole loop before your eyes. */
export const demo = async (argv: string[]): Promise<number> => {
  const { flags } = parseArguments(argv, ['--exit', '--help']);
  if (takeSwitch(flags, '--help')) {
    process.stdout.write(
      'Usage: millwright demo [--exit] [--seed N] [--port PORT] [--data FILE --target COLUMN [--time COLUMN]]\n\nWithout --data: card payments with two known changes. With it: your own table (CSV or Parquet), its later part replayed as traffic.\n',
    );
    return 0;
  }
  const exit = takeSwitch(flags, '--exit');
  const seed = Number(takeText(flags, '--seed') ?? '1');
  if (!Number.isSafeInteger(seed) || seed < 0) throw new UsageError('--seed must be a whole number');
  const data = takeText(flags, '--data');
  const target = takeText(flags, '--target');
  const timeColumn = takeText(flags, '--time') ?? null;
  if ((data === undefined) !== (target === undefined))
    throw new UsageError('--data FILE and --target COLUMN go together');
  if (data !== undefined && !existsSync(data)) throw new UsageError(`there is no file ${data}`);
  const dataDir = resolve(takeText(flags, '--data-dir') ?? '.millwright/demo');
  freshFolder(dataDir);
  const { config } = loadConfig({
    flags: { '--log-level': 'warn', '--capture-flush-ms': '50', ...flags, '--data-dir': dataDir },
  });
  const log = createLog({ level: config.logLevel, clock: systemClock, write: (line) => process.stderr.write(line) });
  const progress = createProgress(process.stdout, () => performance.now());

  const starting = progress.stage('Server: embedded storage');
  const app = await createApp({ config, log });
  try {
    const address = await app.listen().catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        throw new Error(
          `port ${config.port} is taken. Is a demo running already? Otherwise choose another with --port.`,
        );
      throw error;
    });
    starting.done(`the console is at ${address}`);
    const source =
      data === undefined || target === undefined
        ? payments(seed)
        : await ownTable(app, { path: resolve(data), target, timeColumn });
    const { outcome } = await runLoop(app, address, source, progress);
    process.stdout.write(renderReport(outcome));
    if (!exit) {
      process.stdout.write(`\nThe server stays up, its screens full: ${address}\nCtrl-C ends it.\n`);
      await new Promise<void>((end) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
      });
    }
    return 0;
  } finally {
    await app.close();
  }
};
