import type { Store } from './store.ts';

export type RequestKind =
  | 'experiment-create'
  | 'experiment-write'
  | 'run-create'
  | 'run-log'
  | 'run-write'
  | 'run-delete-tag'
  | 'run-log-model'
  | 'model-create'
  | 'model-write'
  | 'model-params'
  | 'file';

export interface NewRequest {
  workspace: string;
  kind: RequestKind;
  /** Id of the run, the model or the experiment; what has the same one stays in order. */
  subject: string;
  method: string;
  /** From the root of the server, with its query. */
  path: string;
  body: string;
  /** Name of the file that holds the body; `body` is its media type then. */
  file?: string | null;
  sizeBytes?: number;
}

export interface QueuedRequest extends Required<Omit<NewRequest, 'sizeBytes'>> {
  seq: number;
  at: number;
  size: number;
}

export interface RefusedRequest extends QueuedRequest {
  answer: string;
}

export interface Counts {
  waiting: number;
  refused: number;
  /** Of what is waiting. */
  bytes: number;
  oldestAt: number | null;
}

/** Requests in the order in which they were acknowledged. Everything that writes belongs into a `store.commit`. */
export interface Queue {
  add(request: NewRequest, now: number): number;
  /** The next of a subject that is not held up. */
  next(heldUp: readonly string[]): QueuedRequest | null;
  /** What waits for the same subject, from this one on. */
  following(request: QueuedRequest, limit: number): QueuedRequest[];
  done(seqs: readonly number[]): void;
  refuse(seq: number, answer: string): void;
  hasWaiting(subject: string): boolean;
  isWaitingToBeMade(subject: string): boolean;
  lastSeq(): number;
  firstWaiting(subjects: readonly string[] | null): number | null;
  counts(): Counts;
  countRefused(subject: string): number;
  refused(limit: number): RefusedRequest[];
  /** All that was refused is tried again, after what waits now. Answers how many. */
  retryRefused(now: number): number;
  /** Files that are still needed. */
  files(): string[];
  fileBytes(): number;
  /** Bodies of what was forwarded for a run and what waits for it, in order: its history. */
  logged(run: string): string[];
  forget(subject: string): void;
}

const columns = 'seq, at, workspace, kind, subject, method, path, body, file, size';
const among = (count: number): string => `(${Array.from({ length: count }, () => '?').join(', ')})`;
const makes = "('experiment-create', 'run-create', 'model-create')";

export const createQueue = (store: Store): Queue => ({
  add: ({ workspace, kind, subject, method, path, body, file = null, sizeBytes = body.length }, now) =>
    store.run(
      'INSERT INTO requests (at, workspace, kind, subject, method, path, body, file, size) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      now,
      workspace,
      kind,
      subject,
      method,
      path,
      body,
      file,
      sizeBytes,
    ).lastId,
  next: (heldUp) =>
    store.one(
      `SELECT ${columns} FROM requests WHERE state = 'waiting' AND subject NOT IN ${among(heldUp.length)} ORDER BY seq LIMIT 1`,
      ...heldUp,
    ),
  following: ({ subject, seq }, limit) =>
    store.all(
      `SELECT ${columns} FROM requests WHERE state = 'waiting' AND subject = ? AND seq >= ? ORDER BY seq LIMIT ?`,
      subject,
      seq,
      limit,
    ),
  done(seqs) {
    for (const seq of seqs) {
      // What a run can be asked for later stays until it ended; the rest is not needed again.
      store.run("UPDATE requests SET state = 'done' WHERE seq = ? AND kind = 'run-log'", seq);
      store.run("DELETE FROM requests WHERE seq = ? AND state <> 'done'", seq);
    }
  },
  refuse: (seq, answer) =>
    void store.run("UPDATE requests SET state = 'refused', answer = ? WHERE seq = ?", answer, seq),
  hasWaiting: (subject) =>
    store.one("SELECT 1 FROM requests WHERE subject = ? AND state = 'waiting' LIMIT 1", subject) !== null,
  isWaitingToBeMade: (subject) =>
    store.one(
      `SELECT 1 FROM requests WHERE subject = ? AND state = 'waiting' AND kind IN ${makes} LIMIT 1`,
      subject,
    ) !== null,
  lastSeq: () => store.one<{ seq: number | null }>('SELECT max(seq) AS seq FROM requests')?.seq ?? 0,
  firstWaiting: (subjects) =>
    store.one<{ seq: number | null }>(
      `SELECT min(seq) AS seq FROM requests WHERE state = 'waiting'${subjects === null ? '' : ` AND subject IN ${among(subjects.length)}`}`,
      ...(subjects ?? []),
    )?.seq ?? null,
  counts() {
    const row = store.one<{ waiting: number; bytes: number | null; oldestAt: number | null }>(
      "SELECT count(*) AS waiting, sum(size) AS bytes, min(at) AS oldestAt FROM requests WHERE state = 'waiting'",
    );
    const refused = store.one<{ count: number }>("SELECT count(*) AS count FROM requests WHERE state = 'refused'");
    return {
      waiting: row?.waiting ?? 0,
      bytes: row?.bytes ?? 0,
      oldestAt: row?.oldestAt ?? null,
      refused: refused?.count ?? 0,
    };
  },
  countRefused: (subject) =>
    store.one<{ count: number }>(
      "SELECT count(*) AS count FROM requests WHERE subject = ? AND state = 'refused'",
      subject,
    )?.count ?? 0,
  refused: (limit) =>
    store.all(`SELECT ${columns}, answer FROM requests WHERE state = 'refused' ORDER BY seq DESC LIMIT ?`, limit),
  retryRefused(now) {
    const { changes } = store.run(
      `INSERT INTO requests (at, workspace, kind, subject, method, path, body, file, size)
       SELECT ?, workspace, kind, subject, method, path, body, file, size FROM requests WHERE state = 'refused' ORDER BY seq`,
      now,
    );
    store.run("DELETE FROM requests WHERE state = 'refused'");
    return changes;
  },
  files: () => store.all<{ file: string }>('SELECT file FROM requests WHERE file IS NOT NULL').map(({ file }) => file),
  fileBytes: () =>
    store.one<{ bytes: number | null }>('SELECT sum(size) AS bytes FROM requests WHERE file IS NOT NULL')?.bytes ?? 0,
  logged: (run) =>
    store
      .all<{ body: string }>(
        "SELECT body FROM requests WHERE subject = ? AND kind = 'run-log' AND state <> 'refused' ORDER BY seq",
        run,
      )
      .map(({ body }) => body),
  forget: (subject) => void store.run("DELETE FROM requests WHERE subject = ? AND state = 'done'", subject),
});
