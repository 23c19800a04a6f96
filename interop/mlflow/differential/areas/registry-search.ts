import { aFilter, type Field } from '../filters.ts';
import { get, post } from '../requests.ts';
import type { Session } from '../session.ts';

const modelFields = (prefix: string): readonly Field[] => [
  {
    left: ['name', 'attributes.name'],
    operators: ['=', '!=', 'LIKE', 'ILIKE', 'IN'],
    right: [`'${prefix}-model-1'`, "'%MODEL%'", `'${prefix}%'`],
  },
  {
    left: ['tags.team', 'tags.`a b`', 'tag.k'],
    operators: ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'],
    right: ["'red'", "'x'", "'R%'", '"v"'],
  },
];
const versionFields = (name: string): readonly Field[] => [
  { left: ['name'], operators: ['=', '!=', 'LIKE', 'ILIKE', 'IN'], right: [`'${name}'`, "'%MODEL%'"] },
  { left: ['version_number', 'version'], operators: ['=', '!=', '<', '>', '<=', '>='], right: ['1', '2', "'1'", '0'] },
  { left: ['run_id'], operators: ['=', '!=', 'IN', 'LIKE'], right: ["'«run 1»'", "'x'"] },
  {
    left: ['source_path', 'source'],
    operators: ['=', '!=', 'LIKE', 'ILIKE'],
    right: ["'runs:/%'", "'%MODEL1'", "'s3://bucket/x'"],
  },
  {
    left: ['tags.k', 'tag.`k`', 'tags."k"'],
    operators: ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL'],
    right: ["'v'", "'V'"],
  },
  {
    left: ['current_stage', 'stage', 'aliases', 'creation_timestamp'],
    operators: ['=', '>'],
    right: ["'Staging'", '1'],
  },
];
const modelOrders = [
  'name',
  'name DESC',
  'last_updated_timestamp DESC',
  'timestamp ASC',
  'last_updated_timestamp',
  'creation_timestamp',
  'unknown',
  'name UP',
  'name ASC, timestamp',
  'tags.team',
];
const versionOrders = [
  'name',
  'version_number',
  'version_number DESC',
  'creation_timestamp',
  'last_updated_timestamp DESC',
  'version',
  'unknown',
  'run_id',
  'name ASC, version_number ASC',
];

/** Models and versions found by every operator, among those of this sequence. */
export const searchRegistry = async (session: Session, name: string): Promise<void> => {
  const { random } = session;
  const prefix = name.replace(/-model-\d+$/, '');
  await session.send(
    post('registered-models/create', { name: session.name('model'), tags: [{ key: 'k', value: 'v' }] }),
  );
  await session.send(
    post(
      'registered-models/create',
      { name: session.name('prompt'), tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }] },
      { variant: 'a prompt' },
    ),
  );
  const within = (filter: string, own: string): string =>
    filter.trim() === ''
      ? own
      : /^[a-z]+(\.\S+)? .*\S/.test(filter) && !filter.includes(' OR ')
        ? `${own} AND ${filter}`
        : filter;
  for (let count = 0; count < 6; count++) {
    const { filter, variant } = aFilter(modelFields(prefix), random);
    const order_by = random.chance(0.5) ? random.some(modelOrders, random.pick([1, 1, 2])) : ['name'];
    await session.send(
      get(
        'registered-models/search',
        {
          filter: within(filter, `name LIKE '${prefix}-%'`),
          order_by,
          max_results: random.pick([undefined, undefined, '1', '1000', '1001', '0']),
        },
        { variant: `${variant}; order by ${order_by.join(' and ')}` },
      ),
    );
  }
  const page = get(
    'registered-models/search',
    { filter: `name LIKE '${prefix}-%'`, max_results: '1', order_by: 'name' },
    { captures: { token: 'next_page_token' } },
  );
  const { token } = await session.capture(page);
  await session.send(
    get(
      'registered-models/search',
      { filter: `name LIKE '${prefix}-%'`, max_results: '1', order_by: 'name', page_token: token },
      { variant: 'second page' },
    ),
  );
  await session.send(
    get(
      'registered-models/search',
      { filter: `name LIKE '${prefix}-%'`, page_token: 'bogus' },
      { variant: 'a page token that is none' },
    ),
  );
  await session.send(
    get(
      'registered-models/search',
      { filter: `name LIKE '${prefix}-%' AND tags.\`mlflow.prompt.is_prompt\` = 'true'` },
      { variant: 'prompts' },
    ),
  );
  await session.malform(
    get(
      'registered-models/search',
      { filter: `name LIKE '${prefix}-%'`, max_results: '5', order_by: 'name' },
      { fixed: ['filter'] },
    ),
    2,
  );
  for (let count = 0; count < 7; count++) {
    const { filter, variant } = aFilter(versionFields(name), random);
    const order_by = random.chance(0.5) ? random.some(versionOrders, 1) : ['version_number ASC'];
    await session.send(
      get(
        'model-versions/search',
        {
          filter: within(filter, `name = '${name}'`),
          order_by,
          max_results: random.pick([undefined, undefined, '1', '200000', '200001']),
        },
        { variant: `${variant}; order by ${order_by.join(' and ')}` },
      ),
    );
  }
  await session.malform(
    get(
      'model-versions/search',
      { filter: `name = '${name}'`, max_results: '5', order_by: 'version_number ASC' },
      { fixed: ['filter'] },
    ),
    3,
  );
};
