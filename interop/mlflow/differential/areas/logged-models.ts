import { aFilter, type Field } from '../filters.ts';
import { get, patch, post, remove } from '../requests.ts';
import type { Session } from '../session.ts';
import { anExperiment } from './experiments.ts';
import { aRun } from './runs.ts';

const fields: readonly Field[] = [
  {
    left: ['metrics.acc', 'metrics.`acc`', 'metrics.none'],
    operators: ['=', '!=', '<', '<=', '>', '>='],
    right: ['0', '0.5', '1'],
  },
  { left: ['params.depth', 'params."depth"'], operators: ['=', '!=', 'LIKE', 'ILIKE'], right: ["'3'", "'%'", "'9'"] },
  { left: ['tags.team', 'tags.`team`'], operators: ['=', '!=', 'LIKE', 'ILIKE'], right: ["'red'", "'R%'"] },
  {
    left: ['name', 'attributes.name'],
    operators: ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'],
    right: ["'forest'", "'F%'", "'%e%'"],
  },
  { left: ['model_type', 'attributes.model_type'], operators: ['=', '!=', 'LIKE'], right: ["'classifier'", "'a%'"] },
  {
    left: ['source_run_id', 'model_id', 'status'],
    operators: ['=', '!=', 'IN'],
    right: ["'«run 1»'", "'«model 1»'", "'READY'"],
  },
  {
    left: ['creation_timestamp', 'last_updated_timestamp', 'creation_time'],
    operators: ['>', '<', '='],
    right: ['0', '1000'],
  },
];

const orders = [
  'creation_time',
  'creation_timestamp',
  'name',
  'metrics.acc',
  'params.depth',
  'unknown',
  'attributes.name',
  'last_updated_timestamp',
  'metrics.none',
];

const aModel = async (session: Session, experiment: string, extra: object = {}): Promise<string> => {
  const { random } = session;
  const body = {
    experiment_id: experiment,
    name: random.pick(['forest', 'tree', 'Fern']),
    model_type: random.pick(['classifier', 'agent']),
    params: [{ key: 'depth', value: random.pick(['3', '9']) }],
    tags: [{ key: 'team', value: random.pick(['red', 'blue']) }],
    ...extra,
  };
  const { model } = await session.capture(post('logged-models', body, { captures: { model: 'model.info.model_id' } }));
  return model as string;
};

/** Logged models: made, finished, described, measured and found. */
export const loggedModels = async (session: Session): Promise<void> => {
  const { random } = session;
  const experiment = await anExperiment(session);
  const run = await aRun(session, experiment);
  const made: string[] = [];
  for (let count = 0; count < 4; count++)
    made.push(await aModel(session, experiment, random.chance(0.6) ? { source_run_id: run } : {}));
  const [model = ''] = made;
  const route = `logged-models/${model}`;
  const scrapExperiment = await anExperiment(session);
  const scrapRun = await aRun(session, scrapExperiment);
  const scrap = await aModel(session, scrapExperiment);
  const scrapRoute = `logged-models/${scrap}`;
  await session.send(get(route));
  await session.send(
    patch(route, { model_id: model, status: random.pick(['LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED']) }),
  );
  await session.malform(patch(scrapRoute, { model_id: scrap, status: 'LOGGED_MODEL_READY' }), 3);
  await session.send(
    patch(`${route}/tags`, {
      model_id: model,
      tags: [
        { key: 'team', value: 'green' },
        { key: 'a b', value: 'ü' },
      ],
    }),
  );
  await session.malform(patch(`${scrapRoute}/tags`, { model_id: scrap, tags: [{ key: 'x', value: 'y' }] }), 3);
  await session.send(remove(`${route}/tags/team`));
  await session.send(remove(`${route}/tags/team`, undefined, { variant: 'no such tag' }));
  await session.send(post(`${route}/params`, { model_id: model, params: [{ key: 'extra', value: '1' }] }));
  await session.send(
    post(`${route}/params`, { model_id: model, params: [{ key: 'extra', value: '2' }] }, { variant: 'another value' }),
  );
  await session.malform(
    post(`${scrapRoute}/params`, { model_id: scrap, params: [{ key: session.name('p'), value: '1' }] }),
    2,
  );
  await session.malform(
    post('logged-models', {
      experiment_id: scrapExperiment,
      name: 'forest',
      model_type: 'x',
      source_run_id: scrapRun,
      params: [{ key: 'a', value: 'b' }],
      tags: [{ key: 'a', value: 'b' }],
    }),
    4,
  );
  await session.probe(post('logged-models', { experiment_id: scrapExperiment }, { variant: 'without a name' }));
  await session.probe(
    post(
      'logged-models',
      { experiment_id: scrapExperiment, name: random.pick(['a/b', 'a:b', 'a.b', 'a%b', "a'b", 'a b']) },
      { variant: 'an odd name' },
    ),
  );
  for (const one of made.slice(0, 3))
    await session.send(
      post(
        'runs/log-batch',
        {
          run_id: run,
          metrics: [
            {
              key: 'acc',
              value: random.pick([0, 0.5, 1]),
              timestamp: 5,
              step: 1,
              model_id: one,
              dataset_name: 'wine',
              dataset_digest: 'd1',
            },
          ],
        },
        { variant: 'a metric of a model' },
      ),
    );
  await session.send(
    post(
      'runs/log-metric',
      { run_id: run, key: 'none at all', value: 'NaN', timestamp: 5, model_id: model },
      { variant: 'NaN of a model' },
    ),
  );
  await session.send(get(route));
  await session.send(post('runs/outputs', { run_id: run, models: [{ model_id: model, step: 2 }] }));
  await session.malform(post('runs/outputs', { run_id: scrapRun, models: [{ model_id: scrap, step: 2 }] }), 3);
  await session.send(post('runs/log-inputs', { run_id: run, models: [{ model_id: made[1] }] }, { variant: 'a model' }));
  await session.send(get('runs/get', { run_id: run }, { variant: 'with models' }));
  await session.send(get(`${route}/artifacts/directories`));
  for (let count = 0; count < 9; count++) {
    const { filter, variant } = aFilter(fields, random);
    const order_by = random.chance(0.35)
      ? [
          {
            field_name: random.pick(orders),
            ...(random.chance(0.7) ? { ascending: random.chance(0.5) } : {}),
            ...(random.chance(0.2) ? { dataset_name: 'wine' } : {}),
          },
        ]
      : [];
    await session.send(
      post(
        'logged-models/search',
        {
          experiment_ids: [experiment],
          filter,
          ...(order_by.length ? { order_by } : {}),
          ...(random.chance(0.3) ? { max_results: random.pick([1, 2, 50, 51, 0]) } : {}),
          ...(random.chance(0.1)
            ? { datasets: [{ dataset_name: 'wine', ...(random.chance(0.5) ? { dataset_digest: 'd1' } : {}) }] }
            : {}),
        },
        { variant: `${variant}${order_by[0] ? `; order by ${order_by[0].field_name}` : ''}` },
      ),
    );
  }
  const page = post(
    'logged-models/search',
    { experiment_ids: [experiment], max_results: 2 },
    { captures: { token: 'next_page_token' } },
  );
  const { token } = await session.capture(page);
  await session.send(
    post(
      'logged-models/search',
      { experiment_ids: [experiment], max_results: 2, page_token: token },
      { variant: 'second page' },
    ),
  );
  await session.send(
    post(
      'logged-models/search',
      { experiment_ids: [experiment], max_results: 2, page_token: token, filter: "name = 'x'" },
      { variant: 'a page token of another search' },
    ),
  );
  await session.send(
    post(
      'logged-models/search',
      { experiment_ids: [experiment], page_token: 'bogus' },
      { variant: 'a page token that is none' },
    ),
  );
  await session.malform(
    post('logged-models/search', {
      experiment_ids: [experiment],
      filter: "name = 'x'",
      max_results: 2,
      order_by: [{ field_name: 'name', ascending: true }],
      datasets: [{ dataset_name: 'wine' }],
    }),
    4,
  );
  await session.send(remove(route));
  await session.send(get(route, {}, { variant: 'deleted' }));
  await session.send(remove(route, undefined, { variant: 'deleted already' }));
  for (const nobody of [`m-${'0'.repeat(32)}`, 'm-1', '..'])
    await session.send(
      get(
        `logged-models/${nobody}`,
        {},
        { endpoint: 'GET logged-models/{id}', variant: `no such model ${nobody.slice(0, 3)}` },
      ),
    );
};
