/** A command to be run under supervision, away from this process. */
export interface ProcessOrder {
  /** The program and its arguments; no shell reads them. */
  argv: readonly [string, ...string[]];
  cwd: string;
  /** All that it sees of an environment. */
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
}

export interface ProcessEnd {
  /** null: a signal ended it. */
  exitCode: number | null;
  signal: string | null;
  timedOut: boolean;
}

export interface ProcessWatch {
  signal: AbortSignal;
  /** Standard output and error, line by line. */
  onLine(line: string): void;
}

/**
 * Runs one command to its end. Rejects with the reason of `signal` once it was aborted and nothing of the command runs any
 * more, and with an Error when the command could not be started. Whatever the command started ends with it, and all of it
 * ends when this process does, however that happens.
 */
export interface Executor {
  run(order: ProcessOrder, watch: ProcessWatch): Promise<ProcessEnd>;
}
