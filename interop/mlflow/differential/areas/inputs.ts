import { get, post } from '../requests.ts';
import type { Session } from '../session.ts';
import { anExperiment } from './experiments.ts';
import { aRun } from './runs.ts';

const searchDatasets = (experiment_ids: unknown, variant = 'valid') =>
  post(
    'experiments/search-datasets',
    { experiment_ids },
    { path: '/ajax-api/2.0/mlflow/experiments/search-datasets', variant },
  );

/** The data sets runs say they used. */
export const inputs = async (session: Session): Promise<void> => {
  const { random } = session;
  const experiment = await anExperiment(session);
  const run = await aRun(session, experiment);
  const scrap = await aRun(session, await anExperiment(session));
  const dataset = () => ({
    tags: random.pick([[], [{ key: 'mlflow.data.context', value: 'training' }], [{ key: 'x', value: 'ü' }]]),
    dataset: {
      name: random.pick(['wine', 'Water', 'Größe']),
      digest: random.pick(['d1', 'd2']),
      source_type: 'local',
      source: '{"uri": "x"}',
      ...(random.chance(0.5) ? { schema: '{"mlflow_colspec": []}', profile: '{"num_rows": 3}' } : {}),
    },
  });
  for (let count = 0; count < 3; count++) {
    await session.send(post('runs/log-inputs', { run_id: run, datasets: [dataset(), dataset()] }));
    await session.send(get('runs/get', { run_id: run }, { variant: 'with data sets' }));
  }
  const [field, length] = random.pick([
    ['name', 500],
    ['name', 501],
    ['digest', 36],
    ['digest', 37],
    ['source', 65_536],
    ['schema', 1_048_577],
  ] as const);
  await session.probe(
    post(
      'runs/log-inputs',
      {
        run_id: scrap,
        datasets: [
          { dataset: { name: 'n', digest: 'd', source_type: 'local', source: 's', [field]: 'x'.repeat(length) } },
        ],
      },
      { variant: `${field} of ${length} characters` },
    ),
  );
  const tag = random.pick([
    ['k'.repeat(255), 'v'],
    ['k'.repeat(256), 'v'],
    ['k', 'v'.repeat(500)],
    ['k', 'v'.repeat(501)],
  ]);
  await session.probe(
    post(
      'runs/log-inputs',
      { run_id: scrap, datasets: [{ ...dataset(), tags: [{ key: tag[0], value: tag[1] }] }] },
      { variant: `a tag of ${tag[0]?.length} and ${tag[1]?.length} characters` },
    ),
  );
  await session.malform(
    post('runs/log-inputs', {
      run_id: scrap,
      datasets: [
        {
          tags: [{ key: 'k', value: 'v' }],
          dataset: { name: 'n', digest: 'd', source_type: 'local', source: 's', schema: 'x', profile: 'y' },
        },
      ],
    }),
    8,
  );
  await session.send(get('runs/get', { run_id: run }, { variant: 'with data sets' }));
  await session.send(searchDatasets([experiment]));
  await session.send(searchDatasets([], 'no experiments'));
  await session.send(
    searchDatasets(
      Array.from({ length: 21 }, () => experiment),
      '21 experiments',
    ),
  );
  await session.malform(searchDatasets([experiment]), 2);
  await session.send(
    post('runs/log-model', {
      run_id: run,
      model_json: JSON.stringify({
        run_id: run,
        artifact_path: 'model',
        utc_time_created: '2026-01-01',
        flavors: { python_function: {} },
        model_uuid: 'x',
      }),
    }),
  );
  await session.malform(
    post('runs/log-model', {
      run_id: scrap,
      model_json: JSON.stringify({
        run_id: scrap,
        artifact_path: 'model',
        utc_time_created: '2026-01-01',
        flavors: {},
      }),
    }),
    3,
  );
  await session.send(get('runs/get', { run_id: run }, { variant: 'with a logged model’s history' }));
};
