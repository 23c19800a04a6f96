import { get, patch, post, remove } from '../requests.ts';
import type { Session } from '../session.ts';
import { anExperiment } from './experiments.ts';
import { searchRegistry } from './registry-search.ts';
import { aRun } from './runs.ts';

const stages = ['Staging', 'production', 'ARCHIVED', 'None', 'Bogus', ''];
const oddNames = ['a/b', 'a:b', 'a.b', "a'b", 'ü', 'a b', '', ' ', '.', 'n'.repeat(255), 'n'.repeat(257)];
const oddAliases = [
  'latest',
  'v1',
  'V2',
  'v',
  'champion',
  'Ä',
  'a b',
  'a/b',
  '',
  'a'.repeat(255),
  'a'.repeat(256),
  'a-b_c',
  '1',
  'Latest',
];
const oddSources = [
  's3://bucket/x',
  'file:///etc/passwd',
  '/etc',
  'models:/none/1',
  'runs:/x/y/../z',
  'mlflow-artifacts:/../x',
  'http://169.254.169.254/',
  '',
  'runs:/abc/model',
  'dbfs:/x',
  'mlflow-artifacts:/a/b',
  '../x',
];

/** Registered models and their versions: names, aliases, stages, tags, and where they come from. */
export const registry = async (session: Session): Promise<void> => {
  const { random } = session;
  const name = session.name('model');
  const scrap = `scrap-${session.name('model')}`;
  await session.send(post('registered-models/create', { name: scrap }));
  await session.send(post('model-versions/create', { name: scrap, source: 's3://bucket/scrap' }));
  await session.send(
    post('registered-models/create', { name, description: 'first', tags: [{ key: 'team', value: 'red' }] }),
  );
  await session.send(post('registered-models/create', { name }, { variant: 'a name that is taken' }));
  const odd = random.pick(oddNames);
  await session.probe(
    post(
      'registered-models/create',
      { name: odd && odd.trim() ? `scrap-${session.name(odd)}` : odd },
      { variant: `name ${JSON.stringify(odd.slice(0, 8))} of ${odd.length}` },
    ),
  );
  await session.malform(
    post('registered-models/create', {
      name: `scrap-${session.name('odd')}`,
      description: 'x',
      tags: [{ key: 'k', value: 'v' }],
    }),
    3,
  );
  await session.send(get('registered-models/get', { name }));
  await session.malform(get('registered-models/get', { name: scrap }), 1);
  await session.send(patch('registered-models/update', { name, description: random.pick(['second', '', 'ü']) }));
  await session.malform(patch('registered-models/update', { name: scrap, description: 'x' }), 2);
  await session.send(
    post('registered-models/set-tag', {
      name,
      key: 'a b',
      value: random.pick(['', 'x', 'v'.repeat(5000), 'v'.repeat(100_001)]),
    }),
  );
  await session.malform(post('registered-models/set-tag', { name: scrap, key: 'k', value: 'v' }), 2);
  await session.send(remove('registered-models/delete-tag', { name, key: 'team' }));
  await session.send(remove('registered-models/delete-tag', { name, key: 'team' }, { variant: 'no such tag' }));
  await session.malform(remove('registered-models/delete-tag', { name: scrap, key: 'a b' }), 1);
  await versions(session, name, scrap);
  await aliases(session, name, scrap);
  await transitions(session, name, scrap);
  await searchRegistry(session, name);
  const renamed = session.name('renamed');
  await session.send(post('registered-models/rename', { name, new_name: renamed }));
  await session.malform(
    post('registered-models/rename', { name: scrap, new_name: `scrap-${session.name('again')}` }),
    2,
  );
  await session.send(get('registered-models/get', { name: renamed }, { variant: 'renamed' }));
  await session.send(get('registered-models/get', { name }, { variant: 'its former name' }));
  await session.send(get('model-versions/get', { name: renamed, version: '1' }, { variant: 'of a renamed model' }));
  await session.send(remove('registered-models/delete', { name: renamed }));
  await session.send(remove('registered-models/delete', { name: renamed }, { variant: 'deleted already' }));
  await session.malform(remove('registered-models/delete', { name: scrap }), 1);
  await session.send(get('model-versions/get', { name: renamed, version: '1' }, { variant: 'of a deleted model' }));
  for (const [step, variant] of [
    [patch('registered-models/update', { name: renamed, description: 'x' }), 'no such model'],
    [post('registered-models/set-tag', { name: renamed, key: 'a', value: 'b' }), 'no such model'],
    [post('model-versions/create', { name: renamed, source: 's3://x/y' }), 'no such model'],
    [post('registered-models/alias', { name: renamed, alias: 'a', version: '1' }), 'no such model'],
    [post('registered-models/rename', { name: renamed, new_name: 'x' }), 'no such model'],
  ] as const)
    await session.send({ ...step, variant });
};

const versions = async (session: Session, name: string, scrap: string): Promise<void> => {
  const { random } = session;
  const experiment = await anExperiment(session);
  const run = await aRun(session, experiment);
  for (let count = 0; count < 3; count++)
    await session.send(
      post('model-versions/create', {
        name,
        source: `runs:/${run}/model${count}`,
        ...(random.chance(0.6) ? { run_id: run } : {}),
        ...(random.chance(0.4) ? { description: 'd', run_link: 'http://x/y' } : {}),
        ...(random.chance(0.4) ? { tags: [{ key: 'k', value: 'v' }] } : {}),
      }),
    );
  const source = random.pick(oddSources);
  await session.probe(post('model-versions/create', { name: scrap, source }, { variant: `source ${source}` }));
  const { model } = await session.capture(
    post(
      'logged-models',
      { experiment_id: experiment, name: 'm', source_run_id: run },
      { captures: { model: 'model.info.model_id' } },
    ),
  );
  await session.send(
    post(
      'model-versions/create',
      { name, source: `models:/${model}`, model_id: model, run_id: run },
      { variant: 'of a logged model' },
    ),
  );
  await session.probe(
    post('model-versions/create', { name: scrap, source: `models:/${name}/1` }, { variant: 'of another version' }),
  );
  await session.malform(
    post('model-versions/create', {
      name: scrap,
      source: 's3://bucket/x',
      run_id: run,
      description: 'd',
      run_link: 'http://x',
      tags: [{ key: 'k', value: 'v' }],
    }),
    4,
  );
  for (const version of ['1', '2', '99', 'x', '0', '-1', ' 1'])
    if (random.chance(0.5))
      await session.probe(
        get('model-versions/get', { name: scrap, version }, { variant: `version ${JSON.stringify(version)}` }),
      );
  await session.malform(get('model-versions/get', { name: scrap, version: '1' }), 1);
  await session.send(get('model-versions/get-download-uri', { name, version: '1' }));
  await session.malform(get('model-versions/get-download-uri', { name: scrap, version: '1' }), 1);
  await session.send(patch('model-versions/update', { name, version: '1', description: 'changed' }));
  await session.malform(patch('model-versions/update', { name: scrap, version: '1', description: 'changed' }), 2);
  await session.send(post('model-versions/set-tag', { name, version: '1', key: 'k', value: 'v' }));
  await session.malform(post('model-versions/set-tag', { name: scrap, version: '1', key: 'k2', value: 'v' }), 2);
  await session.send(remove('model-versions/delete-tag', { name, version: '1', key: 'k' }));
  await session.send(remove('model-versions/delete-tag', { name, version: '1', key: 'k' }, { variant: 'no such tag' }));
  await session.malform(remove('model-versions/delete-tag', { name: scrap, version: '1', key: 'k' }), 1);
  await session.send(remove('model-versions/delete', { name, version: '3' }));
  await session.send(remove('model-versions/delete', { name, version: '3' }, { variant: 'deleted already' }));
  await session.malform(remove('model-versions/delete', { name: scrap, version: '3' }), 1);
  await session.send(get('model-versions/get', { name, version: '3' }, { variant: 'deleted' }));
  await session.send(get('registered-models/get', { name }, { variant: 'with versions' }));
};

const aliases = async (session: Session, name: string, scrap: string): Promise<void> => {
  const { random } = session;
  await session.send(post('registered-models/alias', { name, alias: 'champion', version: '1' }));
  await session.send(get('registered-models/alias', { name, alias: 'champion' }));
  await session.send(post('registered-models/alias', { name, alias: 'champion', version: '2' }, { variant: 'moved' }));
  await session.send(
    post('registered-models/alias', { name, alias: 'champion', version: '99' }, { variant: 'no such version' }),
  );
  for (const alias of random.some(oddAliases, 4)) {
    await session.probe(
      post(
        'registered-models/alias',
        { name: scrap, alias, version: '1' },
        { variant: `alias ${JSON.stringify(alias.slice(0, 9))} of ${alias.length}` },
      ),
    );
    await session.probe(
      get(
        'registered-models/alias',
        { name: scrap, alias },
        { variant: `alias ${JSON.stringify(alias.slice(0, 9))} of ${alias.length}` },
      ),
    );
  }
  await session.malform(post('registered-models/alias', { name: scrap, alias: 'b', version: '1' }), 3);
  await session.malform(get('registered-models/alias', { name: scrap, alias: 'champion' }), 1);
  await session.send(get('registered-models/get', { name }, { variant: 'with aliases' }));
  await session.send(get('model-versions/get', { name, version: '2' }, { variant: 'with aliases' }));
  await session.send(remove('registered-models/alias', { name, alias: 'champion' }));
  await session.send(remove('registered-models/alias', { name, alias: 'champion' }, { variant: 'no such alias' }));
  await session.send(get('registered-models/alias', { name, alias: 'champion' }, { variant: 'deleted' }));
  await session.malform(remove('registered-models/alias', { name: scrap, alias: 'b' }), 1);
};

const transitions = async (session: Session, name: string, scrap: string): Promise<void> => {
  const { random } = session;
  for (let count = 0; count < 4; count++) {
    const [stage, archive] = [random.pick(stages), random.chance(0.3)];
    await session.probe(
      post(
        'model-versions/transition-stage',
        { name, version: random.pick(['1', '2']), stage, archive_existing_versions: archive },
        { variant: `to ${JSON.stringify(stage)}${archive ? ', the others archived' : ''}` },
      ),
    );
  }
  await session.malform(
    post('model-versions/transition-stage', {
      name: scrap,
      version: '1',
      stage: 'Staging',
      archive_existing_versions: false,
    }),
    2,
  );
  await session.send(post('registered-models/get-latest-versions', { name }));
  await session.probe(
    post('registered-models/get-latest-versions', { name, stages: [random.pick(stages)] }, { variant: 'of one stage' }),
  );
  await session.send(get('registered-models/get-latest-versions', { name, stages: ['None', 'Staging'] }));
  await session.malform(post('registered-models/get-latest-versions', { name: scrap, stages: ['Staging'] }), 2);
};
