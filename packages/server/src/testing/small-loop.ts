import { setTimeout as pause } from 'node:timers/promises';
import { apiPrefix } from '@millwright/contract';

// oxlint-disable-next-line typescript/no-explicit-any -- each test knows the answer to what it asked
type Body = Record<string, any>;

export interface Answer {
  status: number;
  body: Body;
}

/** Asks a started server as the machine's owner. Text goes as CSV, or as bytes where that is all a route takes. Rejects when the server dies before it has answered. */
export const aCaller =
  (address: string) =>
  async (method: string, path: string, body?: object | string): Promise<Answer> => {
    const asText = path.includes('/artifacts') ? 'application/octet-stream' : 'text/csv';
    const contentType = typeof body === 'string' ? asText : 'application/json';
    const response = await fetch(address + apiPrefix + path, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': contentType }, body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return { status: response.status, body: isJson ? (JSON.parse(text) as Body) : {} };
  };
export type Caller = ReturnType<typeof aCaller>;

/** The body of an answer that is no refusal. */
export const done = async (answer: Promise<Answer>): Promise<Body> => {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
  return body;
};

export const project = '/projects/default';
export const endpoint = `${project}/endpoints/payments`;

/** Payments over 0 to 999, in an order that repeats after 1000. What costs more than `limit` is fraud. */
export const amountOf = (n: number): number => (n * 617) % 1000;
export const classOf = (n: number, limit: number): string => (amountOf(n) > limit ? 'fraud' : 'ok');
export const paymentsCsv = (limit: number, rows = 300): string =>
  `amount,country,class\n${Array.from({ length: rows }, (_, n) => `${amountOf(n)},${n % 2 ? 'DE' : 'FR'},${classOf(n, limit)}`).join('\n')}\n`;

/** Until `probe` answers something. */
export const until = async <T>(what: string, probe: () => Promise<T | null>, withinMs = 60_000): Promise<T> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== null) return found;
    if (performance.now() > end) throw new Error(`${what} did not come within ${withinMs} ms`);
    await pause(50);
  }
};

/** From a table to a rollout: by a pipeline, as a person would set it up. Answers the started run. */
export const startRelease = async (
  call: Caller,
  dataset: string,
  limit: number,
  policy: object = {},
): Promise<string> => {
  await done(call('POST', `${project}/datasets`, { name: dataset, targetColumn: 'class' }));
  const version = await done(call('POST', `${project}/datasets/${dataset}/versions`, paymentsCsv(limit)));
  const run = { $from: 'train.runId' };
  const modelVersionId = { $from: 'register.modelVersionId' };
  const evaluationId = { $from: 'evaluate.evaluationId' };
  const rules = [{ kind: 'baseline', baseline: 'majority', margin: 0, mustBeat: true }];
  await done(
    call('PUT', `${project}/pipelines/release`, {
      spec: {
        steps: [
          {
            name: 'train',
            kind: 'training.train',
            with: { datasetVersionId: version['id'], experiment: 'payments', trainer: 'logistic', target: 'class' },
          },
          { name: 'evaluate', kind: 'evaluation.evaluate', needs: ['train'], with: { runId: run, rules } },
          {
            name: 'register',
            kind: 'registry.register',
            needs: ['evaluate'],
            with: { runId: run, evaluationId, model: 'payments', approval: 'automatic' },
          },
          {
            name: 'roll-out',
            kind: 'serving.roll-out',
            needs: ['register'],
            with: { endpoint: 'payments', model: 'payments', modelVersionId, policy },
          },
        ],
      },
    }),
  );
  return String((await done(call('POST', `${project}/pipelines/release/runs`, {}))).id);
};

export const endedRun = (call: Caller, id: string): Promise<Body> =>
  until(`the end of ${id}`, async () => {
    const run = await done(call('GET', `${project}/pipeline-runs/${id}`));
    return run['endedAt'] === null ? null : run;
  });

/** The endpoint `payments`, whose champion takes for fraud what costs more than 700. */
export const aServedModel = async (call: Caller): Promise<void> => {
  await done(call('POST', `${project}/experiments`, { name: 'payments' }));
  const run = await endedRun(call, await startRelease(call, 'before', 700));
  if (run['state'] !== 'succeeded') throw new Error(`the release ended ${run['state']}: ${run['message']}`);
};

export const theRollout = async (call: Caller): Promise<Body> => {
  const { items } = await done(call('GET', `${project}/rollouts`));
  return items[0] ?? {};
};

/** A second version of the model, in a canary: it knows that fraud begins at 300. */
export const aCanary = async (call: Caller, policy: object): Promise<string> => {
  const run = await startRelease(call, 'after', 300, policy);
  await until('the canary', async () => ((await theRollout(call))['state'] === 'running' ? true : null));
  return run;
};

/** Until the champion is loaded: right after a start it is not. */
export const ready = (call: Caller): Promise<true> =>
  until('a loaded champion', async () => {
    const variants = (await done(call('GET', endpoint))).variants as { state: string }[];
    return variants.length > 0 && variants.every(({ state }) => state === 'ready') ? true : null;
  });

/** A request that was cut off because the server died; refusals are passed on. */
export const orDeath = async <T>(answer: Promise<T>): Promise<T | null> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
};

/** A request of the Open Inference Protocol about one payment. */
export const paymentRequest = (n: number) => ({
  inputs: [
    { name: 'amount', shape: [1, 1], datatype: 'FP64', data: [amountOf(n)] },
    { name: 'country', shape: [1, 1], datatype: 'BYTES', data: [n % 2 ? 'DE' : 'FR'] },
  ],
});

/** Asks about one payment. Answers the id under which its outcome is told. */
export const predicted = async (call: Caller, n: number): Promise<{ id: string; version: string }> => {
  const body = await done(call('POST', `${endpoint}/infer`, paymentRequest(n)));
  return { id: String(body['parameters'].prediction_ids[0]), version: String(body['model_version']) };
};

export const labelled = (call: Caller, labels: { predictionId: string; value: string }[]): Promise<unknown> =>
  done(call('POST', `${endpoint}/labels`, { labels }));

/** Until so many predictions are stored and no job is due. A step that waits for its rollout always is, soon. */
export const settled = (call: Caller, count: number): Promise<true> =>
  until(`${count} captured predictions and quiet`, async () => {
    const view = await done(call('GET', endpoint));
    const jobs = (await done(call('GET', '/jobs?limit=1000'))).items as {
      state: string;
      kind: string;
      runAt: number;
    }[];
    const isBusy = jobs.some(
      ({ state, kind, runAt }) =>
        kind !== 'pipelines.step' && (state === 'running' || (state === 'queued' && runAt < Date.now() + 2000)),
    );
    return view['captured'] >= count && !isBusy ? true : null;
  });

/** Whatever is captured, newest last, and the audit chain is whole. */
export const captured = async (call: Caller): Promise<{ id: string; label: unknown }[]> =>
  ((await done(call('GET', `${endpoint}/predictions?limit=500`))).items as { id: string; label: unknown }[]).reverse();
export const isIntact = async (call: Caller): Promise<boolean> =>
  (await done(call('GET', '/audit/verdict'))).intact === true;
