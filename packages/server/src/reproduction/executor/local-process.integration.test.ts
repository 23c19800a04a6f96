import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearFolder, localProcesses } from './local-process.ts';
import type { ProcessEnd, ProcessOrder } from './port.ts';

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A process that has ended and was not waited for yet runs no more.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
const until = async (is: () => boolean, withinMs = 15_000): Promise<void> => {
  for (let left = withinMs / 50; left > 0 && !is(); left--) await later(50);
  expect(is()).toBe(true);
};
/** A command that starts another one, says both numbers, and ignores requests to end. */
const family = `
  const { spawn } = require('node:child_process');
  process.on('SIGTERM', () => undefined);
  const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000)"], { stdio: 'inherit' });
  console.log(process.pid + ' ' + child.pid);
  setInterval(() => undefined, 1000);
`;
const pidsIn = (text: string): number[] => text.trim().split(/\s+/).map(Number);

describe('a command under supervision', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millwright-executor-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = async (
    script: string,
    options: Partial<ProcessOrder> & { signal?: AbortSignal; args?: string[]; onLine?: (line: string) => void } = {},
  ): Promise<{ end: ProcessEnd; lines: string[] }> => {
    const lines: string[] = [];
    const { signal = new AbortController().signal, args = [], onLine, ...order } = options;
    const end = await localProcesses(folder).run(
      { argv: [process.execPath, '-e', script, ...args], cwd: folder, env: {}, timeoutMs: 60_000, ...order },
      {
        signal,
        onLine(line) {
          lines.push(line);
          onLine?.(line);
        },
      },
    );
    return { end, lines };
  };

  it('gets its arguments as they are, and of the environment what it is given', async () => {
    const script =
      'console.log(JSON.stringify([process.argv.slice(1), Object.keys(process.env)])); console.error("and this")';
    const { end, lines } = await run(script, { args: ['$(id)', '`id`; id', '--x=y z'], env: { ONLY: '1' } });
    expect(end).toEqual({ exitCode: 0, signal: null, timedOut: false });
    const [args, variables] = JSON.parse(lines.find((line) => line.startsWith('[')) ?? '') as [string[], string[]];
    expect(args).toEqual(['$(id)', '`id`; id', '--x=y z']);
    expect(variables).toEqual(['ONLY']);
    expect(lines).toContain('and this');
  });

  it('is answered with how it ended, and with why it could not begin', async () => {
    expect((await run('process.exit(7)')).end).toMatchObject({ exitCode: 7 });
    expect((await run('process.kill(process.pid, "SIGSEGV")')).end).toMatchObject({
      exitCode: null,
      signal: 'SIGSEGV',
    });
    await expect(run('', { argv: [join(folder, 'nothing')] })).rejects.toThrow(/could not be started/);
  });

  it('may write a line without an end, and progress bars', async () => {
    const script = 'process.stdout.write("x".repeat(3_000_000)); process.stdout.write("\\rhalf\\rdone")';
    const { lines } = await run(script);
    expect(lines.at(-1)).toBe('done');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(2000);
  });

  it('ends with all it started when its time is up', async () => {
    const { end, lines } = await run(family, { timeoutMs: 1500 });
    expect(end).toMatchObject({ timedOut: true });
    for (const pid of pidsIn(lines[0] ?? '')) expect(isRunning(pid)).toBe(false);
  });

  it('ends with all it started when it is cancelled, before anybody is told', async () => {
    const abort = new AbortController();
    let pids: number[] = [];
    const running = run(family, {
      signal: abort.signal,
      onLine: (line) => {
        pids = pidsIn(line);
        abort.abort(new Error('the run was cancelled'));
      },
    });
    await expect(running).rejects.toThrow('the run was cancelled');
    expect(pids).toHaveLength(2);
    for (const pid of pids) expect(isRunning(pid)).toBe(false);
  });

  const aServer = async () => {
    const script = fileURLToPath(new URL('./fixtures/dying-server.ts', import.meta.url));
    const server = spawn(process.execPath, [script, folder, family], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    server.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => said.includes('\n'));
    const pids = pidsIn(said);
    for (const pid of pids) expect(isRunning(pid)).toBe(true);
    return { server, pids };
  };

  it('ends with its server, though that was killed', async () => {
    const { server, pids } = await aServer();
    server.kill('SIGKILL');
    await until(() => pids.every((pid) => !isRunning(pid)));
  });

  it('is ended by the next attempt when server and supervisor were killed', async () => {
    const { server, pids } = await aServer();
    const [supervisor = ''] = execFileSync('pgrep', ['-P', String(server.pid)])
      .toString()
      .trim()
      .split('\n');
    process.kill(Number(supervisor), 'SIGKILL');
    server.kill('SIGKILL');
    await later(300);
    expect(pids.some(isRunning)).toBe(true);
    await clearFolder(folder);
    await until(() => pids.every((pid) => !isRunning(pid)), 1000);
  });
});
