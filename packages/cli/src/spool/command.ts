import { UsageError, parseArguments, takeSwitch, takeText } from '../arguments.ts';
import { armSpoolFailurePoint } from './failure-points.ts';
import { createQueue } from './queue.ts';
import { takeSettings } from './settings.ts';
import { openSpool } from './spool.ts';
import { readStatus, statusText } from './status.ts';
import { lockFolder, openStore } from './store.ts';

const help = `Usage: millwright spool --to URL [options]

Answers MLflow's clients on this machine at once, keeps what they log on disk and forwards it in order when the server
is there. Train with MLFLOW_TRACKING_URI=http://127.0.0.1:5005.

  --to URL            the server, Millwright or MLflow; without it MILLWRIGHT_URL, or the one of last time
  --token TOKEN       for the server; without it MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and _PASSWORD
  --port NUMBER       5005
  --host ADDRESS      127.0.0.1; another one needs --allow-others, as it logs with the spool's token
  --data-dir FOLDER   .millwright/spool
  --max-size SIZE     most that is kept on disk, as in 500m or 20g; 10g
`;

const refuseLeftOver = (words: string[], flags: Record<string, unknown>): void => {
  const unknown = words[0] ?? Object.keys(flags)[0];
  if (unknown !== undefined)
    throw new UsageError(`millwright spool knows no ${unknown}. millwright spool --help lists what it knows.`);
};

const read = (argv: string[]) => {
  const { words, flags } = parseArguments(argv, ['--help', '--json', '--allow-others']);
  return { words, flags, asksForHelp: takeSwitch(flags, '--help'), asJson: takeSwitch(flags, '--json') };
};
const sayHelp = (): number => {
  process.stdout.write(help);
  return 0;
};

/** Runs until it is told to end; what is not forwarded by then is forwarded after the next start. */
export const spool = async (argv: string[]): Promise<number> => {
  const { words, flags, asksForHelp } = read(argv);
  if (asksForHelp) return sayHelp();
  const settings = takeSettings(flags);
  refuseLeftOver(words, flags);
  armSpoolFailurePoint();
  const running = await openSpool(settings);
  const { waiting } = running.core.queue.counts();
  const address = await running.listen(settings);
  process.stdout.write(`Millwright spool ready: ${address}, forwards to ${running.core.target.url}\n`);
  if (waiting > 0) process.stdout.write(`${waiting} requests are waiting from last time\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await running.close();
  return 0;
};

/** Exit code 1 where something was refused. */
export const spoolStatus = async (argv: string[]): Promise<number> => {
  const { words, flags, asksForHelp, asJson } = read(argv);
  if (asksForHelp) return sayHelp();
  const { dataDir } = takeSettings(flags);
  refuseLeftOver(words, flags);
  const status = readStatus(dataDir);
  if (status === null) throw new Error(`there is no spool in ${dataDir}`);
  process.stdout.write(asJson ? `${JSON.stringify(status, null, 2)}\n` : statusText(status, Date.now()));
  return status.refused > 0 ? 1 : 0;
};

const pollMs = 200;

/**
 * Waits until everything is forwarded, by the spool that runs or, where none does, by itself. Exit code 0: all of it is
 * on the server; 1: something was refused, or the time is over.
 */
export const spoolDrain = async (argv: string[]): Promise<number> => {
  const { words, flags, asksForHelp } = read(argv);
  if (asksForHelp) return sayHelp();
  const seconds = Number(takeText(flags, '--timeout') ?? Number.POSITIVE_INFINITY);
  if (Number.isNaN(seconds)) throw new UsageError('--timeout takes seconds');
  const settings = takeSettings(flags);
  refuseLeftOver(words, flags);
  const first = readStatus(settings.dataDir);
  if (first === null) throw new Error(`there is no spool in ${settings.dataDir}`);
  const own = first.isRunning ? null : await openSpool(settings);
  const end = Date.now() + seconds * 1000;
  try {
    for (;;) {
      const status = readStatus(settings.dataDir);
      const isOver = status === null || status.waiting === 0 || Date.now() >= end;
      if (!isOver) {
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        continue;
      }
      process.stdout.write(statusText(status ?? first, Date.now()));
      return status !== null && status.waiting === 0 && status.refused === 0 ? 0 : 1;
    }
  } finally {
    await own?.close();
  }
};

/** Puts what was refused back into the queue, after what waits there. */
export const spoolRetry = async (argv: string[]): Promise<number> => {
  const { words, flags, asksForHelp } = read(argv);
  if (asksForHelp) return sayHelp();
  const { dataDir } = takeSettings(flags);
  refuseLeftOver(words, flags);
  if (readStatus(dataDir) === null) throw new Error(`there is no spool in ${dataDir}`);
  const lock = lockFolder(dataDir);
  const store = openStore(dataDir);
  try {
    const count = await store.commit(() => createQueue(store).retryRefused(Date.now()));
    process.stdout.write(`${count} requests are tried again\n`);
    return 0;
  } finally {
    store.close();
    lock?.release();
  }
};
