import { get, post } from '../requests.ts';
import type { Session } from '../session.ts';
import { anExperiment } from './experiments.ts';

export const startedAtMs = 1_600_000_000_000;

export const aRun = async (session: Session, experiment: string, extra: object = {}): Promise<string> => {
  const body = {
    experiment_id: experiment,
    start_time: startedAtMs + session.random.integer(0, 1e9),
    run_name: session.name('run'),
    ...extra,
  };
  const { run } = await session.capture(post('runs/create', body, { captures: { run: 'run.info.run_id' } }));
  return run as string;
};

const keys = ['loss', 'train/loss', 'val loss', 'a.b-c_d', 'Größe', 'x:y'];
const badKeys = [
  '',
  '/loss',
  'a//b',
  '../x',
  'a/../b',
  './a',
  'a/',
  'a\\b',
  'a"b',
  'a,b',
  'k'.repeat(250),
  'k'.repeat(251),
  '数',
  '🙂',
  '.',
  '%s',
  '...',
  '..a',
  'a\tb',
];

/** Runs from their start to their end, with everything that is logged to them. */
export const runs = async (session: Session): Promise<void> => {
  const { random } = session;
  const experiment = await anExperiment(session);
  const run = await aRun(
    session,
    experiment,
    random.pick([
      {},
      {
        tags: [
          { key: 'mlflow.user', value: 'ann' },
          { key: 'stage', value: 'ü' },
        ],
      },
      { user_id: 'ann' },
    ]),
  );
  const scrapExperiment = await anExperiment(session);
  const scrap = await aRun(session, scrapExperiment);
  const read = () => session.send(get('runs/get', { run_id: run }));
  await read();
  await session.probe(get('runs/get', { run_uuid: run }, { variant: 'by run_uuid' }));
  await session.malform(get('runs/get', { run_id: scrap }), 1);
  await session.malform(
    post('runs/create', {
      experiment_id: scrapExperiment,
      start_time: startedAtMs,
      user_id: 'ann',
      run_name: 'n',
      tags: [{ key: 'k', value: 'v' }],
    }),
    4,
  );
  await session.probe(
    post(
      'runs/create',
      { experiment_id: scrapExperiment, run_name: 'one', tags: [{ key: 'mlflow.runName', value: 'two' }] },
      { variant: 'two names' },
    ),
  );
  await session.probe(
    post(
      'runs/create',
      { experiment_id: scrapExperiment, tags: [{ key: 'mlflow.runName', value: 'two' }] },
      { variant: 'named by a tag' },
    ),
  );
  await session.probe(post('runs/create', { experiment_id: scrapExperiment }, { variant: 'without a name' }));
  await session.send(post('runs/create', { experiment_id: '987654321' }, { variant: 'no such experiment' }));
  await logParameters(session, run, scrap);
  await logTags(session, run, scrap);
  await logMetrics(session, run, scrap);
  await logBatches(session, run, scrap);
  await read();
  await session.send(
    post('runs/update', {
      run_id: run,
      status: random.pick(['FINISHED', 'FAILED', 'KILLED', 'SCHEDULED', 'RUNNING']),
      end_time: startedAtMs + 5,
    }),
  );
  await session.send(post('runs/update', { run_id: run, run_name: session.name('renamed') }, { variant: 'renamed' }));
  await session.malform(
    post('runs/update', { run_id: scrap, status: 'FINISHED', end_time: startedAtMs + 6, run_name: 'again' }),
    4,
  );
  await read();
  await session.send(post('runs/delete', { run_id: run }));
  await read();
  await session.send(post('runs/delete', { run_id: run }, { variant: 'deleted already' }));
  await session.send(
    post('runs/log-metric', { run_id: run, key: 'late', value: 1, timestamp: 1 }, { variant: 'run deleted' }),
  );
  await session.send(post('runs/set-tag', { run_id: run, key: 'late', value: '1' }, { variant: 'run deleted' }));
  await session.send(post('runs/update', { run_id: run, status: 'RUNNING' }, { variant: 'run deleted' }));
  await session.send(post('runs/restore', { run_id: run }));
  await session.send(post('runs/restore', { run_id: run }, { variant: 'not deleted' }));
  await session.malform(post('runs/restore', { run_id: scrap }), 1);
  await session.malform(post('runs/delete', { run_id: scrap }), 1);
  await read();
  const nobody = '0123456789abcdef0123456789abcdef';
  for (const [route, body] of [
    ['runs/delete', {}],
    ['runs/restore', {}],
    ['runs/update', { status: 'FINISHED' }],
    ['runs/log-metric', { key: 'm', value: 1, timestamp: 1 }],
    ['runs/log-batch', {}],
    ['runs/log-inputs', {}],
  ] as const)
    await session.send(post(route, { run_id: nobody, ...body }, { variant: 'no such run' }));
  await session.send(get('runs/get', { run_id: nobody }, { variant: 'no such run' }));
};

const logParameters = async (session: Session, run: string, scrap: string): Promise<void> => {
  const { random } = session;
  const key = random.pick(keys);
  await session.send(post('runs/log-parameter', { run_id: run, key, value: '0.1' }));
  await session.send(post('runs/log-parameter', { run_id: run, key, value: '0.1' }, { variant: 'the same again' }));
  await session.send(post('runs/log-parameter', { run_id: run, key, value: '0.2' }, { variant: 'another value' }));
  const bad = random.pick(badKeys);
  await session.probe(
    post(
      'runs/log-parameter',
      { run_id: scrap, key: bad, value: 'x' },
      { variant: `key ${JSON.stringify(bad.slice(0, 12))} of ${bad.length}` },
    ),
  );
  const length = random.pick([0, 500, 501, 6000, 6001]);
  await session.probe(
    post(
      'runs/log-parameter',
      { run_id: scrap, key: `long${length}`, value: 'v'.repeat(length) },
      { variant: `a value of ${length} characters` },
    ),
  );
  await session.probe(
    post('runs/log-parameter', { run_uuid: scrap, key: 'by-uuid', value: 'x' }, { variant: 'by run_uuid' }),
  );
  await session.malform(post('runs/log-parameter', { run_id: scrap, key: session.name('p'), value: 'x' }), 3);
};

const logTags = async (session: Session, run: string, scrap: string): Promise<void> => {
  const { random } = session;
  const key = random.pick(keys);
  await session.send(post('runs/set-tag', { run_id: run, key, value: 'a' }));
  await session.send(post('runs/set-tag', { run_id: run, key, value: 'b' }, { variant: 'overwritten' }));
  await session.send(
    post('runs/set-tag', { run_id: run, key: 'half', value: 'a\ud800b' }, { variant: 'half of a pair of surrogates' }),
  );
  const bad = random.pick(badKeys);
  await session.probe(
    post(
      'runs/set-tag',
      { run_id: scrap, key: bad, value: 'x' },
      { variant: `key ${JSON.stringify(bad.slice(0, 12))} of ${bad.length}` },
    ),
  );
  const length = random.pick([0, 5000, 8000, 8001]);
  await session.probe(
    post(
      'runs/set-tag',
      { run_id: scrap, key: `long${length}`, value: 'v'.repeat(length) },
      { variant: `a value of ${length} characters` },
    ),
  );
  await session.send(
    post(
      'runs/set-tag',
      { run_id: run, key: 'mlflow.runName', value: session.name('by-tag') },
      { variant: 'the name' },
    ),
  );
  await session.malform(post('runs/set-tag', { run_id: scrap, key: 'k', value: 'x' }), 3);
  await session.send(post('runs/delete-tag', { run_id: run, key }));
  await session.send(post('runs/delete-tag', { run_id: run, key }, { variant: 'no such tag' }));
  await session.malform(post('runs/delete-tag', { run_id: scrap, key: 'k' }), 1);
};

const values = [
  1,
  0,
  -0.5,
  1e308,
  1e-320,
  'NaN',
  'Infinity',
  '-Infinity',
  '1.5',
  3.0000000001,
  Number.MAX_VALUE,
  123456789012345680,
];

const logMetrics = async (session: Session, run: string, scrap: string): Promise<void> => {
  const { random } = session;
  for (let count = 0; count < 4; count++) {
    const [value, step, timestamp] = [
      random.pick(values),
      random.pick([undefined, 0, 1, -5, 2 ** 53 - 1, '7']),
      random.pick([0, 1, startedAtMs, '1600000000001']),
    ];
    const odd = typeof value === 'string' || Math.abs(value) > 1e300;
    await (odd ? session.probe : session.send)(
      post(
        'runs/log-metric',
        {
          run_id: odd ? scrap : run,
          key: random.pick(keys),
          value,
          timestamp,
          ...(step === undefined ? {} : { step }),
        },
        { variant: `value ${value}, step ${step}` },
      ),
    );
  }
  const bad = random.pick(badKeys);
  await session.probe(
    post(
      'runs/log-metric',
      { run_id: scrap, key: bad, value: 1, timestamp: 1 },
      { variant: `key ${JSON.stringify(bad.slice(0, 12))} of ${bad.length}` },
    ),
  );
  const odd = random.pick(['NaN', 'Infinity', '-Infinity', '1e999']);
  await session.probe(
    post(
      'runs/log-metric',
      {},
      { rawBody: `{"run_id": "${scrap}", "key": "bare", "value": ${odd}, "timestamp": 5}`, variant: `a bare ${odd}` },
    ),
  );
  await session.malform(post('runs/log-metric', { run_id: scrap, key: 'm', value: 1.5, timestamp: 10, step: 2 }), 4);
};

const logBatches = async (session: Session, run: string, scrap: string): Promise<void> => {
  const { random } = session;
  const point = (index: number) => ({
    key: `batch/${index % 3}`,
    value: random.pick([index, -index, 'NaN', 0.25]),
    timestamp: startedAtMs + index,
    step: index,
  });
  const list = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => make(index));
  await session.send(
    post('runs/log-batch', {
      run_id: run,
      metrics: list(12, point),
      params: list(3, (index) => ({ key: `b${index}`, value: `${index}` })),
      tags: list(2, (index) => ({ key: `t${index}`, value: `${index}` })),
    }),
  );
  await session.send(post('runs/log-batch', { run_id: run }, { variant: 'empty' }));
  const [metrics, params, tags] = random.pick([
    [1000, 0, 0],
    [1001, 0, 0],
    [0, 100, 0],
    [0, 101, 0],
    [0, 0, 100],
    [0, 0, 101],
    [900, 60, 50],
    [800, 100, 100],
  ]);
  await session.probe(
    post(
      'runs/log-batch',
      {
        run_id: scrap,
        metrics: list(metrics ?? 0, point),
        params: list(params ?? 0, (index) => ({ key: `many${index}`, value: 'x' })),
        tags: list(tags ?? 0, (index) => ({ key: `many${index}`, value: 'x' })),
      },
      { variant: `${metrics} metrics, ${params} params, ${tags} tags` },
    ),
  );
  await session.probe(
    post(
      'runs/log-batch',
      {
        run_id: scrap,
        params: [
          { key: 'twice', value: '1' },
          { key: 'twice', value: '2' },
        ],
      },
      { variant: 'one param with two values' },
    ),
  );
  await session.probe(
    post(
      'runs/log-batch',
      {
        run_id: scrap,
        params: [
          { key: 'same', value: '1' },
          { key: 'same', value: '1' },
        ],
      },
      { variant: 'one param twice' },
    ),
  );
  await session.probe(
    post(
      'runs/log-batch',
      {
        run_id: scrap,
        params: [
          { key: 'b0', value: 'other' },
          { key: 'new-one', value: '1' },
        ],
        tags: [{ key: 'not-kept', value: '1' }],
      },
      { variant: 'one param changed' },
    ),
  );
  await session.probe(
    post(
      'runs/log-batch',
      {
        run_id: scrap,
        tags: [
          { key: 'twice', value: '1' },
          { key: 'twice', value: '2' },
        ],
      },
      { variant: 'one tag twice' },
    ),
  );
  await session.send(get('runs/get', { run_id: run }));
  await session.malform(
    post('runs/log-batch', {
      run_id: scrap,
      metrics: [{ key: 'm', value: 1, timestamp: 1, step: 1 }],
      params: [{ key: session.name('p'), value: 'x' }],
      tags: [{ key: 't', value: 'x' }],
    }),
    6,
  );
};
