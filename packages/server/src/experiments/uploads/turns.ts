import { fail } from '#platform/errors';

/** One at a time under a name. Who comes later takes over: the one before may hang on a connection that is long dead. */
export const createTurns = () => {
  const running = new Map<string, { stop(): void; ended: Promise<unknown> }>();
  return async <T>(name: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    for (let before = running.get(name); before !== undefined; before = running.get(name)) {
      before.stop();
      await before.ended;
    }
    const stopping = new AbortController();
    const work = run(stopping.signal);
    const mine = { stop: () => stopping.abort(), ended: work.catch(() => undefined) };
    running.set(name, mine);
    try {
      return await work;
    } finally {
      if (running.get(name) === mine) running.delete(name);
    }
  };
};

/** Ends with an error at the signal, even while the source says nothing. Errors: CONFLICT. */
export const stoppable = async function* (
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const stopped = new Promise<'stopped'>((resolve) => {
    if (signal.aborted) resolve('stopped');
    else signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  const chunks = source[Symbol.asyncIterator]();
  for (;;) {
    const next = chunks.next();
    const got = await Promise.race([next, stopped]);
    if (got === 'stopped') {
      next.catch(() => undefined);
      return fail('CONFLICT', 'Another request goes on with this upload.');
    }
    if (got.done === true) return;
    yield got.value;
  }
};
