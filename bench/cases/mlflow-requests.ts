/** What is measured: the requests of an MLflow client, as a function of who sends it and how many it sent. */
export interface Target {
  /** The experiment that is searched, with the runs that were seeded. */
  searched: string;
  /** A run of it, for the history of its metrics. */
  searchedRun: string;
  /** The experiment new runs are made in. */
  written: string;
  /** One run for each client. */
  runs: readonly string[];
}

export interface Measured {
  name: string;
  /** Default GET without a body, POST with one. */
  path: string;
  body?(target: Target, client: number, count: number): unknown;
  /** Each request goes to a run made for it, whose making is not measured. */
  onNewRun?: boolean;
}

const base = '/api/2.0/mlflow';
const points = (keys: number, steps: number, first: number) =>
  Array.from({ length: keys * steps }, (_, index) => ({
    key: `key-${index % keys}`,
    value: index / 7,
    timestamp: 1_600_000_000_000 + first + Math.floor(index / keys),
    step: first + Math.floor(index / keys),
  }));
const runOf = ({ runs }: Target, client: number): string => runs[client % runs.length] ?? '';
const search = (name: string, rest: object): Measured => ({
  name,
  path: `${base}/runs/search`,
  body: ({ searched }) => ({ experiment_ids: [searched], ...rest }),
});

export const readRequests: readonly Measured[] = [
  search('search runs, 100 ordered by a metric', { max_results: 100, order_by: ['metrics.m0 DESC'] }),
  search('search runs, 1,000', { max_results: 1000 }),
  search('search runs, 100 by metric and parameter', {
    max_results: 100,
    filter: "metrics.m1 > 0.5 AND params.p1 = 'value-3'",
  }),
  { name: 'search experiments', path: `${base}/experiments/search`, body: () => ({ max_results: 100 }) },
  { name: 'metric history', path: `${base}/metrics/get-history?metric_key=m0&max_results=25000&run_id=` },
];

export const writeRequests: readonly Measured[] = [
  {
    name: 'create run',
    path: `${base}/runs/create`,
    body: ({ written }, client, count) => ({
      experiment_id: written,
      start_time: 1_600_000_000_000 + count,
      run_name: `made-${client}-${count}`,
    }),
  },
  {
    name: 'log one metric',
    path: `${base}/runs/log-metric`,
    body: (target, client, count) => ({
      run_id: runOf(target, client),
      key: 'single',
      value: count,
      timestamp: 1_600_000_000_000 + count,
      step: count,
    }),
  },
  {
    name: 'log-batch of 40 metrics',
    path: `${base}/runs/log-batch`,
    body: (target, client, count) => ({ run_id: runOf(target, client), metrics: points(10, 4, count * 4) }),
  },
  {
    name: 'log-batch of 1,000 metrics',
    path: `${base}/runs/log-batch`,
    body: (target, client, count) => ({
      run_id: runOf(target, client),
      metrics: points(500, 2, 1_000_000 + count * 2),
    }),
  },
  {
    name: 'log-batch of 100 parameters',
    path: `${base}/runs/log-batch`,
    onNewRun: true,
    body: ({ runs }) => ({
      run_id: runs[0],
      params: Array.from({ length: 100 }, (_, index) => ({ key: `p-${index}`, value: `${index}` })),
    }),
  },
  {
    name: 'log-batch of 40 metrics, all on one run',
    path: `${base}/runs/log-batch`,
    body: (target, client, count) => ({
      run_id: runOf(target, 0),
      metrics: points(10, 4, (client + 1) * 10_000_000 + count * 4),
    }),
  },
];
