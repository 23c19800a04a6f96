/**
 * A process between the server and a command: it starts the command in a process group of its own, and ends the whole group
 * when the command has ended, when its time is up, or when the server is gone, which it notices by the end of its standard
 * input. First line of the input: the order. What the command writes goes to standard output; how it ended to descriptor 3.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ProcessEnd, ProcessOrder } from './port.ts';

export interface SupervisedOrder extends ProcessOrder {
  /** Where to write down which group it is, for the case that this process dies, too. */
  groupFile: string;
}

/** Between asking a group to end and ending it. */
const graceMs = 5000;
/** How long output is waited for after the end. */
const outputMs = 3000;

/** When a process began, in ticks since the machine did: a number that is given out again is told apart by it. */
const beganAt = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
};

const killGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing of it is left.
  }
};

const lines = createInterface({ input: process.stdin });

const supervise = ({ argv: [program, ...rest], cwd, env, timeoutMs, groupFile }: SupervisedOrder): void => {
  const report = createWriteStream('', { fd: 3 });
  const say = (end: ProcessEnd | { error: string }): void => {
    report.end(JSON.stringify(end), () => process.exit(0));
  };
  const child = spawn(program, rest, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(process.stdout, { end: false });
  child.stderr.pipe(process.stdout, { end: false });
  const { pid } = child;
  if (pid !== undefined) writeFileSync(groupFile, `${pid} ${beganAt(pid)}\n`, { mode: 0o600 });
  let timedOut = false;
  const end = (): void => {
    if (pid === undefined) return;
    killGroup(pid, 'SIGTERM');
    setTimeout(() => killGroup(pid, 'SIGKILL'), graceMs);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs);
  let isServerGone = false;
  lines.on('close', () => {
    isServerGone = true;
    end();
  });
  // Nobody reads any more.
  process.stdout.on('error', () => undefined);
  child.on('error', (error) => say({ error: error.message }));
  child.on('exit', (exitCode, signal) => {
    clearTimeout(timer);
    // What it left running has nobody to watch it.
    if (pid !== undefined) killGroup(pid, 'SIGKILL');
    if (isServerGone) process.exit(0);
    // Something that left the group may hold the output open for ever.
    setTimeout(() => say({ exitCode, signal, timedOut }), outputMs);
  });
  // After all output was read.
  child.on('close', (exitCode, signal) => say({ exitCode, signal, timedOut }));
};

lines.once('line', (line) => supervise(JSON.parse(line) as SupervisedOrder));
