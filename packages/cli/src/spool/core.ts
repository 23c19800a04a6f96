import type { Ids } from './ids.ts';
import type { Known } from './known.ts';
import type { Queue } from './queue.ts';
import type { Store } from './store.ts';
import type { Target } from './target.ts';

/** What the parts of the spool work on together. */
export interface Core {
  store: Store;
  queue: Queue;
  known: Known;
  ids: Ids;
  target: Target;
  /** Folder of bodies that are too large for the queue itself. */
  filesDir: string;
  /** Says that something waits in the queue. */
  wake(): void;
}

/** A request as the spool reads it. */
export interface Asked {
  method: string;
  /** From the root of the server, as it came. */
  path: string;
  /** `/api/2.0/mlflow`, as it came. */
  root: string;
  /** Below the root. */
  route: string;
  query: URLSearchParams;
  workspace: string;
  /** The body, or the query of a GET. */
  body: Record<string, unknown>;
  text: string;
}

export interface Answer {
  status: number;
  body: unknown;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });

/** A question that somebody waits for: the server is asked for so long, then the spool answers by itself. */
export const askMs = 3000;
