import { aFilter, type Field } from '../filters.ts';
import { post } from '../requests.ts';
import type { Session } from '../session.ts';
import { anExperiment } from './experiments.ts';
import { aRun, startedAtMs } from './runs.ts';

const fields: readonly Field[] = [
  {
    left: ['metrics.m1', 'metric.m1', 'metrics.`m1`', 'metrics."m1"', 'metrics.`m 2`', 'metrics.none'],
    operators: ['=', '!=', '<', '<=', '>', '>=', '=='],
    right: ['0', '1', '0.5', '-1', '1e2', '.5', '+1'],
  },
  {
    left: ['params.p1', 'parameters.p1', 'param.p1', 'params.`p 2`', 'params."p1"', 'params.none'],
    operators: ['=', '!=', 'LIKE', 'ILIKE', 'like', 'IS NULL', 'IS NOT NULL', 'is not null'],
    right: ["'a'", '"b"', "'A%'", "'%_'", "'a b'", "''"],
  },
  {
    left: ['tags.t1', 'tag.t1', 'tags.`t 2`', 'tags."t1"', 'tags.mlflow.runName', 'tags.none'],
    operators: ['=', '!=', 'LIKE', 'ILIKE', 'ilike', 'IS NULL', 'IS NOT NULL'],
    right: ["'x'", '"y"', "'X%'", "'%'", "'ü'"],
  },
  {
    left: ['attributes.status', 'status', 'attr.status', 'run.status'],
    operators: ['=', '!=', 'LIKE'],
    right: ["'RUNNING'", "'FINISHED'", "'finished'", "'%N%'", '"FAILED"'],
  },
  {
    left: ['attributes.run_name', 'run_name', 'attributes.`run name`', '`Run name`'],
    operators: ['=', '!=', 'LIKE', 'ILIKE'],
    right: ["'alpha'", "'ALPHA'", "'al%'", "'%ta'"],
  },
  {
    left: ['start_time', 'attributes.start_time', 'created', 'attributes.created', 'end_time'],
    operators: ['=', '!=', '<', '<=', '>', '>='],
    right: [`${startedAtMs}`, `${startedAtMs + 3000}`, '0', `'${startedAtMs}'`],
  },
  {
    left: ['attributes.run_id', 'run_id'],
    operators: ['=', '!=', 'IN', 'NOT IN', 'in', 'LIKE'],
    right: ["'«run 1»'", "'«run 2»'", "'«run 3»'"],
  },
  { left: ['user_id', 'attributes.user_id'], operators: ['=', '!=', 'LIKE'], right: ["'ann'", "'bob'", "'a%'"] },
  {
    left: ['artifact_uri', 'attributes.artifact_uri'],
    operators: ['LIKE', 'ILIKE', '='],
    right: ["'%artifacts'", "'nothing'"],
  },
  {
    left: ['dataset.name', 'datasets.name', 'dataset.digest', 'dataset.context'],
    operators: ['=', '!=', 'LIKE', 'ILIKE', 'IN'],
    right: ["'wine'", "'d1'", "'training'", "'W%'"],
  },
];

const orders = [
  'metrics.m1',
  'metrics.m1 DESC',
  'metric.`m 2` ASC',
  'params.p1',
  'params.p1 DESC',
  'tags.t1',
  'tags.t1 desc',
  'attributes.start_time ASC',
  'start_time DESC',
  'status',
  'run_name DESC',
  'end_time',
  'created',
  'metrics.none',
  'user_id',
  'dataset.name',
  'unknown',
  'metrics.m1 UP',
  'metrics',
  'p1',
  '',
  'metrics.m1 DESC, params.p1',
  'attributes.unknown',
  'attributes.experiment_id',
];

/** Runs found by every operator, ordered by everything, page by page. */
export const runSearch = async (session: Session): Promise<void> => {
  const { random } = session;
  const experiments = [await anExperiment(session), await anExperiment(session)];
  const maybe = <T>(probability: number, value: T): T[] => (random.chance(probability) ? [value] : []);
  for (let index = 0; index < 9; index++) {
    const run = await aRun(session, experiments[index % 3 === 0 ? 1 : 0] ?? '', {
      start_time: startedAtMs + index * 1000,
      run_name: random.pick(['alpha', 'beta', 'Alpha', 'gamma']),
      user_id: random.pick(['ann', 'bob']),
    });
    await session.send(
      post('runs/log-batch', {
        run_id: run,
        metrics: [
          ...maybe(0.8, {
            key: 'm1',
            value: random.pick([0, 0.5, 1, 2, -1, 'NaN', 'Infinity']),
            timestamp: 1,
            step: 0,
          }),
          ...maybe(0.5, { key: 'm 2', value: index, timestamp: 1, step: 0 }),
        ],
        params: [
          ...maybe(0.8, { key: 'p1', value: random.pick(['a', 'b', 'A1', 'a b', '']) }),
          ...maybe(0.4, { key: 'p 2', value: 'a' }),
        ],
        tags: [
          ...maybe(0.8, { key: 't1', value: random.pick(['x', 'y', 'X2', 'ü']) }),
          ...maybe(0.3, { key: 't 2', value: 'x' }),
        ],
      }),
    );
    if (random.chance(0.5))
      await session.send(
        post('runs/update', {
          run_id: run,
          status: random.pick(['FINISHED', 'FAILED']),
          end_time: startedAtMs + index * 1500,
        }),
      );
    if (random.chance(0.3))
      await session.send(
        post('runs/log-inputs', {
          run_id: run,
          datasets: [
            {
              tags: [{ key: 'mlflow.data.context', value: random.pick(['training', 'test']) }],
              dataset: {
                name: random.pick(['wine', 'Water']),
                digest: random.pick(['d1', 'd2']),
                source_type: 'local',
                source: 'x',
              },
            },
          ],
        }),
      );
    if (random.chance(0.12)) await session.send(post('runs/delete', { run_id: run }));
  }
  for (let count = 0; count < 22; count++) {
    const { filter, variant } = aFilter(fields, random);
    const order_by = random.chance(0.35) ? random.some(orders, random.pick([1, 1, 2])) : [];
    const run_view_type = random.chance(0.25)
      ? random.pick(['ALL', 'ACTIVE_ONLY', 'DELETED_ONLY', 'BOGUS', 2])
      : undefined;
    await session.send(
      post(
        'runs/search',
        {
          experiment_ids: random.chance(0.8) ? experiments : random.some(experiments, 1),
          filter,
          ...(order_by.length ? { order_by } : {}),
          ...(run_view_type ? { run_view_type } : {}),
          ...(random.chance(0.2) ? { max_results: random.pick([1, 3, 50_000, 50_001, 0, -1]) } : {}),
        },
        {
          variant: `${variant}${order_by.length ? `; order by ${order_by.join(' and ')}` : ''}${run_view_type === 'BOGUS' ? '; a view that is none' : ''}`,
        },
      ),
    );
  }
  await pages(session, experiments);
  await session.send(post('runs/search', { experiment_ids: ['987654321'] }, { variant: 'no such experiment' }));
  await session.send(post('runs/search', { experiment_ids: [] }, { variant: 'no experiments' }));
  await session.malform(
    post('runs/search', {
      experiment_ids: experiments,
      filter: "params.p1 = 'a'",
      order_by: ['metrics.m1'],
      max_results: 5,
      run_view_type: 'ALL',
    }),
    4,
  );
};

const pages = async (session: Session, experiment_ids: string[]): Promise<void> => {
  const body = { experiment_ids, max_results: 2, order_by: ['metrics.m1 DESC'] };
  let page_token: string | undefined;
  for (let page = 1; page <= 4; page++) {
    const step = post(
      'runs/search',
      { ...body, ...(page_token ? { page_token } : {}) },
      { variant: `page ${page} of two`, captures: { token: 'next_page_token' } },
    );
    const { theirs } = await session.send(step);
    if (!(theirs.json as { next_page_token?: string } | undefined)?.next_page_token) return;
    page_token = (await session.capture(step))['token'];
  }
  await session.send(post('runs/search', { ...body, page_token: 'bogus' }, { variant: 'a page token that is none' }));
};
