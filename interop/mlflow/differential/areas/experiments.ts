import { aFilter, type Field } from '../filters.ts';
import { get, post } from '../requests.ts';
import type { Session } from '../session.ts';

export const anExperiment = async (session: Session, extra: object = {}): Promise<string> => {
  const body = { name: session.name('experiment'), ...extra };
  const { experiment } = await session.capture(
    post('experiments/create', body, { captures: { experiment: 'experiment_id' } }),
  );
  return experiment as string;
};

const searchFields = (like: string): readonly Field[] => [
  {
    left: ['name', 'attributes.name', 'attribute.name'],
    operators: ['=', '!=', 'LIKE', 'ILIKE'],
    right: [`'${like}%'`, `'%EXPERIMENT-1'`, `'${like}-experiment-1'`],
  },
  {
    left: ['creation_time', 'last_update_time'],
    operators: ['>', '<', '>=', '<=', '=', '!='],
    right: ['0', '1000', '9999999999999'],
  },
  {
    left: ['tags.team', 'tag.team', 'tags.`a b`', 'tags."team"'],
    operators: ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'],
    right: ["'red'", "'R%'", '"blue"'],
  },
];

const orders = [
  'name',
  'name DESC',
  'creation_time ASC',
  'last_update_time DESC',
  'experiment_id',
  'experiment_id DESC',
  'attributes.name asc',
  'tags.team',
  'unknown',
  'name UP',
  'name, creation_time',
];

/** Experiments from their creation to their end, and every way to find them. */
export const experiments = async (session: Session): Promise<void> => {
  const { random } = session;
  const prefix = session.name('x').replace(/-x-\d+$/, '');
  const made: string[] = [];
  for (let count = 0; count < random.integer(2, 4); count++)
    made.push(
      await anExperiment(
        session,
        random.pick([
          {},
          {
            tags: [
              { key: 'team', value: random.pick(['red', 'blue', '']) },
              { key: 'a b', value: 'ü' },
            ],
          },
        ]),
      ),
    );
  const one = random.pick(made);
  const scrap = await anExperiment(session, { name: `scrap-${session.name('experiment')}` });
  await session.send(get('experiments/get', { experiment_id: one }));
  await session.malform(get('experiments/get', { experiment_id: scrap }), 1);
  const name = session.name('experiment');
  const create = post(
    'experiments/create',
    { name, tags: [{ key: 'k', value: 'v' }] },
    { captures: { experiment: 'experiment_id' } },
  );
  await session.send(create);
  await session.send({ ...create, variant: 'a name that is taken' });
  await session.send(get('experiments/get-by-name', { experiment_name: name }));
  await session.send(
    get('experiments/get-by-name', { experiment_name: session.name('none') }, { variant: 'no such name' }),
  );
  await session.malform(get('experiments/get-by-name', { experiment_name: name }), 1);
  await session.malform(
    post('experiments/create', {
      name: `scrap-${session.name('odd')}`,
      tags: [{ key: 'k', value: 'v' }],
      artifact_location: '',
    }),
    3,
  );
  await session.send(post('experiments/set-experiment-tag', { experiment_id: one, key: 'team', value: 'green' }));
  await session.malform(post('experiments/set-experiment-tag', { experiment_id: scrap, key: 'note', value: 'x' }), 3);
  await session.send(post('experiments/delete-experiment-tag', { experiment_id: one, key: 'team' }));
  await session.send(
    post('experiments/delete-experiment-tag', { experiment_id: one, key: 'team' }, { variant: 'no such tag' }),
  );
  await session.malform(post('experiments/delete-experiment-tag', { experiment_id: scrap, key: 'k' }), 1);
  await session.send(post('experiments/update', { experiment_id: one, new_name: session.name('renamed') }));
  await session.send(
    post('experiments/update', { experiment_id: one, new_name: name }, { variant: 'a name that is taken' }),
  );
  await session.malform(
    post('experiments/update', { experiment_id: scrap, new_name: `scrap-${session.name('renamed')}` }),
    2,
  );
  await session.send(get('experiments/get', { experiment_id: one }));
  const gone = random.pick(made);
  await session.send(post('experiments/delete', { experiment_id: gone }));
  await session.send(post('experiments/delete', { experiment_id: gone }, { variant: 'deleted already' }));
  await session.send(get('experiments/get', { experiment_id: gone }, { variant: 'deleted' }));
  await session.send(
    post('experiments/set-experiment-tag', { experiment_id: gone, key: 'a', value: 'b' }, { variant: 'deleted' }),
  );
  await session.send(
    post('experiments/update', { experiment_id: gone, new_name: session.name('late') }, { variant: 'deleted' }),
  );
  await session.send(post('runs/create', { experiment_id: gone }, { variant: 'experiment deleted' }));
  await search(session, prefix);
  await session.send(post('experiments/restore', { experiment_id: gone }));
  await session.send(post('experiments/restore', { experiment_id: gone }, { variant: 'not deleted' }));
  await session.malform(post('experiments/restore', { experiment_id: scrap }), 1);
  await session.malform(post('experiments/delete', { experiment_id: scrap }), 1);
  await session.send(get('experiments/get', { experiment_id: '987654321' }, { variant: 'no such experiment' }));
  await session.send(post('experiments/delete', { experiment_id: '987654321' }, { variant: 'no such experiment' }));
};

const search = async (session: Session, prefix: string): Promise<void> => {
  const { random } = session;
  const own = `name LIKE '${prefix}-%'`;
  for (let count = 0; count < 6; count++) {
    const { filter, variant } = aFilter(searchFields(prefix), random);
    const order_by = random.chance(0.5) ? random.some(orders, random.pick([1, 1, 2])) : [];
    const view_type = random.pick([undefined, 'ALL', 'ACTIVE_ONLY', 'DELETED_ONLY', 'BOGUS']);
    const told = `${variant}${order_by.length ? `; order by ${order_by.join(', ')}` : ''}${view_type === 'BOGUS' ? '; a view that is none' : ''}`;
    if (filter.trim() === '') continue;
    const whole =
      /^filter: [a-z]/.test(variant) && filter.includes(' ') && !variant.includes('filter: filter')
        ? `${own} AND ${filter}`
        : filter;
    const body = {
      max_results: random.pick([1, 2, 100]),
      filter: whole,
      ...(order_by.length ? { order_by } : {}),
      ...(view_type ? { view_type } : {}),
    };
    const step = random.chance(0.7)
      ? post('experiments/search', body)
      : get('experiments/search', { max_results: String(body.max_results), filter: whole, order_by, view_type });
    await session.send({ ...step, variant: told });
  }
  const page = await session.send(
    post(
      'experiments/search',
      { max_results: 1, filter: own, order_by: ['name'] },
      { captures: { token: 'next_page_token' } },
    ),
  );
  if (page.step.captures && (page.theirs.json as { next_page_token?: string })?.next_page_token)
    await session.send(
      post(
        'experiments/search',
        { max_results: 1, filter: own, order_by: ['name'], page_token: await tokenOf(session, own) },
        { variant: 'second page' },
      ),
    );
  await session.send(
    post(
      'experiments/search',
      { max_results: 2, filter: own, page_token: 'bogus' },
      { variant: 'a page token that is none' },
    ),
  );
  await session.malform(
    post(
      'experiments/search',
      { max_results: 2, filter: own, order_by: ['name'], view_type: 'ALL' },
      { fixed: ['filter'] },
    ),
    3,
  );
};

const tokenOf = async (session: Session, filter: string): Promise<string> => {
  const step = post(
    'experiments/search',
    { max_results: 1, filter, order_by: ['name'] },
    { captures: { token: 'next_page_token' } },
  );
  return (await session.capture(step))['token'] as string;
};
