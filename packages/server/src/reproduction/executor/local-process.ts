import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { processEnvironment } from '#platform/config';
import { endLeftBehind } from './left-behind.ts';
import type { Executor, ProcessEnd } from './port.ts';
import type { SupervisedOrder } from './supervisor.ts';

const supervisor = fileURLToPath(new URL('./supervisor.ts', import.meta.url));
/** Longer lines are cut: a program may write megabytes without an end of line. */
const longestLine = 2000;
/** If the supervisor does not get the group to end, it is ended itself. */
const supervisorGraceMs = 10_000;

const groupFile = (folder: string): string => join(folder, 'process-group');

/** Ends what an earlier attempt in this folder left running. */
export const clearFolder = (folder: string): Promise<void> => endLeftBehind(groupFile(folder));

/** A carriage return ends a line, too: progress bars. */
const readLines = (stream: Readable, onLine: (line: string) => void): void => {
  let open = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (open + chunk).split(/\r\n|\n|\r/);
    open = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) if (line !== '') onLine(line.slice(0, longestLine));
  });
  stream.on('end', () => {
    if (open !== '') onLine(open);
  });
};

/** Runs commands as processes of this machine, one at a time, each in a group of its own under a supervisor. */
export const localProcesses = (folder: string): Executor => ({
  async run(order, { signal, onLine }) {
    signal.throwIfAborted();
    const watcher = spawn(process.execPath, [supervisor], {
      // So that an interrupt of the server's terminal reaches the server alone.
      detached: true,
      env: processEnvironment(''),
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    const supervised: SupervisedOrder = { ...order, groupFile: groupFile(folder) };
    watcher.stdin?.on('error', () => undefined);
    watcher.stdin?.write(`${JSON.stringify(supervised)}\n`);
    readLines(watcher.stdout as Readable, onLine);
    const complaint = text(watcher.stderr as Readable);
    const report = text(watcher.stdio[3] as Readable);
    let kill: NodeJS.Timeout | undefined;
    const stop = (): void => {
      // The end of its input tells the supervisor to end the group.
      watcher.stdin?.end();
      kill = setTimeout(() => watcher.kill('SIGKILL'), supervisorGraceMs).unref();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        watcher.on('error', reject);
        watcher.on('close', () => resolve());
      });
    } finally {
      clearTimeout(kill);
      signal.removeEventListener('abort', stop);
      watcher.stdin?.end();
    }
    if (signal.aborted) {
      await clearFolder(folder);
      throw signal.reason;
    }
    const said = await report;
    if (said === '') throw new Error(`the supervisor of a process went away: ${(await complaint).slice(-500)}`);
    const end = JSON.parse(said) as ProcessEnd | { error: string };
    if ('error' in end) throw new Error(`${order.argv[0]} could not be started: ${end.error}`);
    return end;
  },
});
