import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Core } from './core.ts';
import { removeOrphans } from './files.ts';
import { type Forwarder, startForwarder } from './forward.ts';
import { createIds } from './ids.ts';
import { createKnown } from './known.ts';
import { removeFinished } from './pruning.ts';
import { createQueue, type QueuedRequest } from './queue.ts';
import { createReserve, createSpoolServer } from './serve.ts';
import { lockFolder, openStore } from './store.ts';
import { createTarget, type TargetReply } from './target.ts';

export interface SpoolOptions {
  /** undefined: the server of last time. */
  to: string | undefined;
  authorization: string | undefined;
  dataDir: string;
}

export interface Spool {
  core: Core;
  forwarder: Forwarder;
  /** Answers the address. */
  listen(options: { host: string; port: number; maxBytes: number }): Promise<string>;
  close(): Promise<void>;
}

class SpoolError extends Error {}

/** In a run's tags: how many of its requests the server refused for good, and the last of them. */
const refusedTag = 'millwright.spool.refused';
/** `spool status` looks whether the folder is locked by locking it. */
const lockWaitMs = 500;
const pruneEveryMs = 3_600_000;

const addTag = (core: Omit<Core, 'wake'>, request: QueuedRequest, reply: TargetReply): void => {
  const { subject, workspace, path, method } = request;
  const isRun = core.known.find('run', workspace, subject) !== null && request.kind !== 'run-create';
  if (!isRun || request.body.includes(refusedTag)) return;
  const count = core.queue.countRefused(subject);
  const value = `${count} refused, last: ${method} ${path}: ${reply.status} ${reply.text}`.slice(0, 1000);
  core.known.setEntry(subject, 'tag', { key: refusedTag, value });
  core.queue.add(
    {
      workspace,
      kind: 'run-log',
      subject,
      method: 'POST',
      path: '/api/2.0/mlflow/runs/set-tag',
      body: JSON.stringify({ run_id: subject, key: refusedTag, value }),
    },
    Date.now(),
  );
};

/** Opens the folder and begins to forward. Errors: SpoolError where another process has it, or no server is named. */
export const openSpool = async (options: SpoolOptions): Promise<Spool> => {
  const lock = lockFolder(options.dataDir, lockWaitMs);
  if (lock === null) throw new SpoolError(`${options.dataDir} is in use by another spool`);
  const store = openStore(options.dataDir);
  const known = createKnown(store);
  const url = options.to ?? known.note('to');
  if (url === null) {
    store.close();
    lock.release();
    throw new SpoolError('say where to forward to: --to http://server:7117');
  }
  const queue = createQueue(store);
  const target = createTarget({
    url,
    authorization: options.authorization,
    onChange: (problem) => {
      process.stderr.write(problem === null ? `${url} is there\n` : `${problem}; requests are kept\n`);
      void store.commit(() => known.setNote('problem', problem ?? ''));
    },
  });
  const base = { store, queue, known, ids: createIds(store), target, filesDir: join(options.dataDir, 'files') };
  await removeOrphans(base);
  await store.commit(() => {
    known.setNote('to', url);
    known.setNote('problem', '');
    removeFinished(base, Date.now());
  });
  const forwarder = startForwarder({
    ...base,
    onRefused(request, reply) {
      queue.refuse(request.seq, `${reply.status} ${reply.text.slice(0, 2000)}`);
      process.stderr.write(`refused: ${request.method} ${request.path}: ${reply.status} ${reply.text.slice(0, 300)}\n`);
      addTag(base, request, reply);
    },
  });
  const core: Core = { ...base, wake: () => forwarder.wake() };
  const pruning = setInterval(() => void store.commit(() => removeFinished(base, Date.now())), pruneEveryMs);
  let closeServer = async (): Promise<void> => undefined;
  return {
    core,
    forwarder,
    async listen({ host, port, maxBytes }) {
      const reserve = createReserve({ core, maxBytes });
      const server = createSpoolServer({ core, forwarder, host, reserve, startedUpAt: Date.now() });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, resolve);
      });
      closeServer = () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeIdleConnections();
          setTimeout(() => server.closeAllConnections(), 2000).unref();
        });
      const { port: taken } = server.address() as AddressInfo;
      return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
    },
    async close() {
      clearInterval(pruning);
      await closeServer();
      await forwarder.stop();
      target.destroy();
      store.close();
      lock.release();
    },
  };
};
