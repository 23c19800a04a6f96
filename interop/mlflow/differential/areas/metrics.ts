import { get, post } from '../requests.ts';
import type { Session } from '../session.ts';
import { anExperiment } from './experiments.ts';
import { aRun } from './runs.ts';

const ajax = '/ajax-api/2.0/mlflow/';

/** Histories of metrics, in every form they are asked for. */
export const metrics = async (session: Session): Promise<void> => {
  const { random } = session;
  const experiment = await anExperiment(session);
  const runs = [await aRun(session, experiment), await aRun(session, experiment)];
  for (const run of runs) {
    const count = random.integer(5, 60);
    const points = Array.from({ length: count }, (_, index) => ({
      key: random.pick(['loss', 'acc', 'weird key/1']),
      value: random.chance(0.05) ? random.pick(['NaN', 'Infinity', '-Infinity']) : Math.round(random.next() * 1000) / 8,
      timestamp: 1000 + index,
      step: index - 3,
    }));
    await session.send(
      post(
        'runs/log-batch',
        { run_id: run, metrics: [...points, ...points.slice(0, 3)] },
        { variant: 'points, some twice' },
      ),
    );
    await session.send(get('runs/get', { run_id: run }, { variant: 'latest of each metric' }));
  }
  const [run = '', other = ''] = runs;
  for (let count = 0; count < 5; count++) {
    const key = random.pick(['loss', 'acc', 'weird key/1', 'none']);
    const max_results = random.pick([undefined, '1', '5', '25000', '25001', '0']);
    await session.send(
      get(
        'metrics/get-history',
        { run_id: run, metric_key: key, max_results },
        { variant: `max_results ${max_results}` },
      ),
    );
  }
  const page = get(
    'metrics/get-history',
    { run_id: run, metric_key: 'loss', max_results: '2' },
    { captures: { token: 'next_page_token' } },
  );
  const first = await session.send(page);
  if ((first.theirs.json as { next_page_token?: string }).next_page_token) {
    const { token } = await session.capture(page);
    await session.send(
      get(
        'metrics/get-history',
        { run_id: run, metric_key: 'loss', max_results: '2', page_token: token },
        { variant: 'second page' },
      ),
    );
  }
  await session.send(
    get('metrics/get-history', { run_uuid: run, metric_key: 'loss', max_results: '9' }, { variant: 'by run_uuid' }),
  );
  await session.send(
    get(
      'metrics/get-history',
      { run_id: run, metric_key: 'loss', max_results: '9', page_token: 'x' },
      { variant: 'a page token that is none' },
    ),
  );
  await session.send(
    get(
      'metrics/get-history',
      { run_id: 'f'.repeat(32), metric_key: 'loss', max_results: '9' },
      { variant: 'no such run' },
    ),
  );
  await session.malform(get('metrics/get-history', { run_id: run, metric_key: 'loss', max_results: '100' }), 3);
  for (const [run_id, variant] of [
    [[run, other], 'two runs'],
    [[run], 'one run'],
    [[run, 'f'.repeat(32)], 'one run is none'],
    [Array.from({ length: 101 }, () => run), '101 runs'],
  ] as const)
    await session.send(
      get(
        'metrics/get-history-bulk',
        {
          run_id,
          metric_key: 'acc',
          max_results: random.pick(run_id.length > 1 ? [undefined, '25000'] : [undefined, '3', '25000', '30000']),
        },
        { path: `${ajax}metrics/get-history-bulk`, variant },
      ),
    );
  await session.malform(
    get('metrics/get-history-bulk', { run_id: run, metric_key: 'loss' }, { path: `${ajax}metrics/get-history-bulk` }),
    2,
  );
  for (let count = 0; count < 5; count++) {
    const [start_step, end_step] = random.pick([
      [undefined, undefined],
      ['0', '10'],
      ['-3', '5'],
      ['5', '0'],
      ['0', undefined],
      [undefined, '3'],
      ['2', '2'],
    ]);
    const max_results = random.pick([undefined, '1', '4', '100', '2500', '2501']);
    await session.send(
      get(
        'metrics/get-history-bulk-interval',
        {
          run_ids: random.some(runs, random.pick([1, 2])),
          metric_key: random.pick(['loss', 'acc', 'none']),
          max_results,
          start_step,
          end_step,
        },
        { variant: `steps ${start_step} to ${end_step}, max_results ${max_results}` },
      ),
    );
  }
  await session.malform(
    get('metrics/get-history-bulk-interval', {
      run_ids: runs,
      metric_key: 'loss',
      max_results: '10',
      start_step: '0',
      end_step: '9',
    }),
    4,
  );
};
