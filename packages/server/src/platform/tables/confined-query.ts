import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { constants, setPriority } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { fail } from '#platform/errors';

/** What a cell shows; numbers that JSON cannot hold are text. */
export type ShownValue = string | number | boolean | null;

export interface ConfinedColumn {
  name: string;
  /** As DuckDB calls it. */
  type: string;
}

export interface ConfinedJob {
  /** Somebody's; checked to be a single SELECT, DESCRIBE or SUMMARIZE. */
  sql: string;
  /** What it may name, in order: each by a SELECT of ours over `files` and the views before it. */
  views: [name: string, sql: string][];
  /** The only files it can read. */
  files: string[];
  /** For what does not fit in memory; a folder of its own, which is removed. */
  tempDir: string;
  memoryLimitBytes: number;
  spillLimitBytes: number;
  threads: number;
  output:
    | { kind: 'rows'; limit: number; maxBytes: number }
    | { kind: 'file'; path: string; format: 'parquet' | 'csv'; maxBytes: number };
}

export type ConfinedAnswer =
  | { kind: 'rows'; columns: ConfinedColumn[]; rows: ShownValue[][]; isCut: boolean }
  | { kind: 'file' }
  | { kind: 'refused'; message: string };

export interface ConfinedLimits {
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Of the process around the engine. */
const baseBytes = 400_000_000;
const watchMs = 50;
const pageBytes = 4096;

/**
 * Runs a query in a process of its own that can see the given files only, and ends it when it takes longer, or more memory
 * or disk, than it may. Errors: QUERY_REFUSED with what is wrong or was exceeded.
 */
export const runConfined = async (
  job: ConfinedJob,
  { timeoutMs, signal }: ConfinedLimits,
): Promise<Exclude<ConfinedAnswer, { kind: 'refused' }>> => {
  signal?.throwIfAborted();
  await mkdir(job.tempDir, { recursive: true });
  const compiled = getCompileCacheDir();
  const child = spawn(process.execPath, [fileURLToPath(new URL('./confined-process.ts', import.meta.url))], {
    cwd: job.tempDir,
    // Nothing of the server's; loading the engine is most of a small query, and half as long from compiled code.
    env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let exceeded: string | null = null;
  const end = (reason: string): void => {
    exceeded ??= reason;
    child.kill('SIGKILL');
  };
  const { pid } = child;
  // Serving goes first.
  if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  const outPath = job.output.kind === 'file' ? job.output.path : null;
  const look = async (): Promise<void> => {
    // DuckDB counts its buffers only: one long text is not among them.
    if ((await residentBytes(pid)) > job.memoryLimitBytes + baseBytes)
      end('It needs more memory than a query may take.');
    const answered = outPath === null ? null : await stat(outPath).catch(() => null);
    if (answered && answered.size > job.output.maxBytes)
      end(`Its answer is longer than ${Math.floor(job.output.maxBytes / 1e6)} MB.`);
  };
  const watch = setInterval(() => void look(), watchMs);
  const timer = setTimeout(() => end(`It took longer than ${timeoutMs / 1000} seconds and was ended.`), timeoutMs);
  const abort = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', abort, { once: true });
  try {
    // One that ended before it read everything says why itself.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(job));
    const ended = new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve());
    });
    const [out, problem] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    signal?.throwIfAborted();
    if (exceeded !== null) return fail('QUERY_REFUSED', `${exceeded} Ask for less: fewer columns, a filter, a LIMIT.`);
    if (out === '') throw new Error(`the process of a query ended without an answer: ${problem.slice(0, 2000)}`);
    const answer = JSON.parse(out) as ConfinedAnswer;
    if (answer.kind === 'refused') return fail('QUERY_REFUSED', answer.message);
    return answer;
  } finally {
    clearInterval(watch);
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    await rm(job.tempDir, { recursive: true, force: true });
  }
};

const residentBytes = async (pid: number | undefined): Promise<number> => {
  const fields = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '0 0');
  return Number(fields.split(' ')[1]) * pageBytes;
};
