import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Core } from './core.ts';
import { type Ask, areParamsLogged, isModelLogged, makeOnServer } from './creating.ts';
import { headersFor } from './experiments.ts';
import { failurePoint } from './failure-points.ts';
import { batchPathOf, mergeLogs } from './merge.ts';
import type { QueuedRequest } from './queue.ts';
import { backOffMs, type TargetReply, Unreachable } from './target.ts';

const requestIdleMs = 60_000;
const fileIdleMs = 300_000;
/** As many as may become one batch. */
const window = 300;

/** Waiting for the server, which is to be asked again: with this one request only, or with all of them. */
interface Later {
  later: 'this' | 'all';
  why: string;
  waitMs?: number;
}
/** `covered`: what the answer was for, one request or several. */
type Outcome = ({ done: true; learned?: string } | { refused: TargetReply } | Later) & {
  covered: readonly QueuedRequest[];
};

const laterOr = (reply: TargetReply): Later | null => {
  const { status, retryAfterMs, text } = reply;
  const why = `${status} ${text.slice(0, 300)}`;
  const wait = retryAfterMs === null ? {} : { waitMs: retryAfterMs };
  // Of a token that is not valid the request is not guilty: it may be renewed.
  if (status === 401 || status === 408 || status === 429 || [502, 503, 504].includes(status))
    return { later: 'all', why, ...wait };
  // Not built at all, which no waiting changes.
  if (status === 501 || status === 505) return null;
  return status >= 500 ? { later: 'this', why, ...wait } : null;
};

export interface ForwardCore extends Omit<Core, 'wake'> {
  /** Says that a request was refused for good. Within a commit. */
  onRefused(request: QueuedRequest, reply: TargetReply): void;
}

/** Sends one request, or several of a run as one. */
const createSender = (core: ForwardCore, isInDoubt: (seq: number) => boolean) => {
  const { ids, queue, target, filesDir } = core;
  // A batch that was refused is sent again one by one, to learn which of them it was.
  let singlyUpTo = 0;

  const send = async (request: QueuedRequest): Promise<Outcome> => {
    const { workspace, kind, seq, method } = request;
    const ask: Ask = (how, where, what, headers = {}) =>
      target.ask({
        method: how,
        path: where,
        headers: { ...headersFor(workspace), ...headers },
        ...(what === undefined ? {} : { body: typeof what === 'string' ? what : JSON.stringify(what) }),
        idleMs: requestIdleMs,
      });
    if (request.file !== null && !existsSync(join(filesDir, request.file)))
      return { refused: { status: 410, text: 'the stored file is gone', retryAfterMs: null }, covered: [request] };
    const isMerged = kind === 'run-log' && seq > singlyUpTo;
    const together = isMerged ? queue.following(request, window) : [request];
    const merged = isMerged ? mergeLogs(together) : { body: request.body, count: 1 };
    const isOne = merged.count === 1;
    const covered = together.slice(0, merged.count);
    const isMaking = kind.endsWith('-create');

    const path = ids.toServer(isOne ? request.path : batchPathOf(request.path));
    const body = kind === 'file' ? { text: '', unknown: [] } : ids.toServer(isOne ? request.body : merged.body);
    // What the server refused to make it does not know by this name either, and it is for the server to say so.
    const unmade = [...path.unknown, ...body.unknown].find(
      (id) => id !== request.subject && queue.isWaitingToBeMade(id),
    );
    if (unmade !== undefined) return { later: 'this', why: `waits for ${unmade}`, waitMs: 1000, covered };
    failurePoint('spool.before-forward');
    if (isMaking) {
      const made = await makeOnServer(ask, request, body.text, isInDoubt(seq));
      if ('real' in made) return { done: true, learned: made.real, covered };
      return { ...(laterOr(made.reply) ?? { refused: made.reply }), covered };
    }
    if (kind === 'run-log-model' && (await isModelLogged(ask, path.text, body.text))) return { done: true, covered };
    const reply =
      request.file === null
        ? await ask(method, path.text, body.text)
        : await target.ask({
            method,
            path: path.text,
            headers: { ...headersFor(workspace), 'content-type': request.body },
            body: { file: join(filesDir, request.file), sizeBytes: request.size },
            idleMs: fileIdleMs,
          });
    if (reply.status >= 200 && reply.status < 300) return { done: true, covered };
    if (kind === 'run-delete-tag' && reply.status === 404) return { done: true, covered };
    if (kind === 'model-params' && isInDoubt(seq) && (await areParamsLogged(ask, path.text, body.text)))
      return { done: true, covered };
    const later = laterOr(reply);
    if (later) return { ...later, covered };
    if (covered.length === 1) return { refused: reply, covered };
    singlyUpTo = (covered.at(-1) as QueuedRequest).seq;
    return send(request);
  };
  return send;
};

export interface Forwarder {
  wake(): void;
  /** Until what is queued now for these (null: for all) was forwarded. false: not within the time, or nobody is there. */
  settled(subjects: readonly string[] | null, withinMs: number): Promise<boolean>;
  heldUp(): { subject: string; why: string }[];
  stop(): Promise<void>;
}

/** Forwards what is queued, in order, until it is stopped. What one request is held up by does not hold up other runs. */
export const startForwarder = (core: ForwardCore): Forwarder => {
  const { queue, store, target, ids } = core;
  let isStopped = false;
  let wakeUp = (): void => undefined;
  let listeners: (() => void)[] = [];
  /** Up to here requests may have reached the server without an answer that was kept. */
  let doubtUpTo = queue.lastSeq();
  const held = new Map<string, { until: number; failures: number; why: string }>();
  const send = createSender(core, (seq) => seq <= doubtUpTo);
  let everythingUntil = 0;
  let failures = 0;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const settle = async (outcome: Outcome): Promise<void> => {
    const { covered } = outcome;
    const [first] = covered as [QueuedRequest];
    if ('later' in outcome) {
      doubtUpTo = Math.max(doubtUpTo, (covered.at(-1) as QueuedRequest).seq);
      if (outcome.later === 'all') {
        failures += 1;
        everythingUntil = Date.now() + (outcome.waitMs ?? backOffMs(failures));
        return;
      }
      const before = held.get(first.subject)?.failures ?? 0;
      const until = Date.now() + (outcome.waitMs ?? backOffMs(before + 1));
      held.set(first.subject, { until, failures: before + 1, why: outcome.why });
      return;
    }
    failurePoint('spool.after-forward');
    failures = 0;
    held.delete(first.subject);
    await store.commit(() => {
      if ('refused' in outcome) return core.onRefused(first, outcome.refused);
      if (outcome.learned !== undefined) ids.learn(first.subject, outcome.learned);
      queue.done(covered.map(({ seq }) => seq));
    });
    failurePoint('spool.after-remembered');
    if (first.file !== null && 'done' in outcome) await rm(join(core.filesDir, first.file), { force: true });
    const told = listeners;
    listeners = [];
    for (const tell of told) tell();
  };

  /** Answers how long to wait until the next one, ms. */
  const step = async (): Promise<number> => {
    const now = Date.now();
    if (everythingUntil > now) return everythingUntil - now;
    if (!target.isWorthAsking()) return target.waitMs();
    const stillHeld = [...held].filter(([, { until }]) => until > now);
    const request = queue.next(stillHeld.map(([subject]) => subject));
    if (request === null) {
      // Somebody who reads wants to know that it is back.
      if (target.problem() !== null) await target.ask({ method: 'GET', path: '/version', idleMs: 5000 });
      return Math.min(1000, ...stillHeld.map(([, { until }]) => until - now));
    }
    try {
      await settle(await send(request));
    } catch (error) {
      doubtUpTo = Math.max(doubtUpTo, request.seq);
      if (error instanceof Unreachable) throw error;
      await settle({ later: 'this', why: String(error), covered: [request] });
    }
    return 0;
  };

  const run = async (): Promise<void> => {
    while (!isStopped) {
      let waitMs: number;
      try {
        waitMs = await step();
      } catch (error) {
        if (!(error instanceof Unreachable)) process.stderr.write(`millwright spool: ${String(error)}\n`);
        waitMs = error instanceof Unreachable ? target.waitMs() : 1000;
      }
      // New requests change nothing about a server that is away.
      if (waitMs > 0) await pause(waitMs);
    }
  };
  const running = run();

  return {
    wake: () => {
      if (everythingUntil <= Date.now() && target.isWorthAsking()) wakeUp();
    },
    async settled(subjects, withinMs) {
      const upTo = queue.lastSeq();
      const end = Date.now() + withinMs;
      for (;;) {
        const first = queue.firstWaiting(subjects);
        if (first === null || first > upTo) return true;
        if (Date.now() >= end || !target.isWorthAsking() || everythingUntil > Date.now()) return false;
        await new Promise<void>((resolve) => {
          listeners.push(resolve);
          setTimeout(resolve, Math.min(500, end - Date.now())).unref();
        });
      }
    },
    heldUp: () => [...held].map(([subject, { why }]) => ({ subject, why })),
    async stop() {
      isStopped = true;
      wakeUp();
      await running;
    },
  };
};
